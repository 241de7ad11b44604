#include "learning/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/checksum.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/random.h"
#include "learning/all_reduce.h"
#include "learning/limits.h"
#include "learning/linear_algebra.h"
#include "learning/member_training.h"

namespace terrace {
namespace {

// So many scans say well enough what patterns look like; more would only cost memory.
constexpr std::int64_t scans_to_fit_on = 1500;
constexpr std::uint64_t fit_seed = 0x666974;

std::vector<std::int64_t> split_or_refuse(const SampleSource& samples, const char* split) {
  auto positions = positions_in_split(samples, split);
  if (positions.empty())
    throw InputError(fmt::format("No sample of the data set belongs to the split '{}'. Make more families.", split));
  return positions;
}

/// A sample as the camera would see it on average and without faults, under the conditions of a draw.
Sample expected(Sample sample, const SampleSource& samples) {
  Random random(fit_seed, {static_cast<std::uint64_t>(sample.origin.index)});
  auto detection = draw_detection(samples.detection(), random);
  const double dose = std::exchange(detection.electrons_per_pattern, 0);
  detection.dead_pixel_share = detection.hot_pixel_share = 0;
  detect(detection, samples.grid().mrad_per_pixel_at(sample.conditions.semiangle_mrad), sample, random);
  sample.conditions.electrons_per_pattern = dose;
  return sample;
}

Preprocessing fit_on_part(const SampleSource& samples, const std::vector<std::int64_t>& positions,
                          const TrainingSettings& settings, const Progress& progress) {
  const auto count = std::min<std::int64_t>(scans_to_fit_on, std::ssize(positions));
  std::vector<Sample> part;
  for (std::int64_t i = 0; i < count; ++i) {
    part.push_back(expected(samples.read(positions[i * std::ssize(positions) / count]), samples));
    if (progress) progress("reading samples for the preprocessing", i + 1, count);
  }
  return fit_preprocessing(part, samples.grid(),
                           {.components = settings.components,
                            .electrons_per_pattern = samples.detection().electrons_per_pattern[1],
                            .input = settings.input,
                            .use_conditions = settings.use_conditions});
}

/// A whole number that a double holds exactly.
double fingerprint_of(const Preprocessing& preprocessing) {
  const auto& basis = preprocessing.basis;
  return static_cast<double>(checksum(basis.data(), basis.size() * sizeof(*basis.data())) >> 12);
}

int depth_bins_of(const SampleSource& samples, const std::vector<std::int64_t>& positions) {
  double deepest = 1;
  for (const auto i : positions)
    deepest = std::max({deepest, samples.labels(i).step_depth_cells, samples.labels(i).second_step_depth_cells});
  return static_cast<int>(std::lround(deepest)) + 2;
}

Domain domain_of(const SampleSource& samples, const std::vector<std::int64_t>& positions,
                 const TrainingSettings& settings) {
  Domain domain;
  const double gain_error = samples.detection().gain_error_share;
  for (const auto i : positions) {
    Conditions conditions = samples.conditions(i);
    for (const double dose : samples.detection().electrons_per_pattern)
      for (const double error : {-gain_error, gain_error}) {
        conditions.electrons_per_pattern = dose * (1 + error);
        domain.include(conditions, samples.labels(i).thickness_nm);
      }
  }
  domain.least_covered_share = settings.masked_probability > 0 ? 1 - settings.masked_share : 0.99;
  return domain;
}

std::string identity_of(const SampleSource& samples, const TrainingSettings& settings) {
  const std::string text = samples.manifest().dump() + to_json(samples.detection()).dump() + to_json(settings).dump() +
                           std::to_string(samples.size());
  return fmt::format("{:016x}", stable_hash(text.data(), text.size()));
}

nlohmann::ordered_json record_of(const SampleSource& samples, const TrainingSettings& settings,
                                 const std::vector<EpochReport>& curve) {
  nlohmann::ordered_json record;
  record["labels"] = label_definitions();
  record["settings"] = to_json(settings);
  record["seed"] = settings.seed;
  record["data"] = samples.manifest();  // the recipe and its hash among it
  record["detection"] = to_json(samples.detection());
  record["learning_curve"] = nlohmann::ordered_json::array();
  for (const auto& report : curve) record["learning_curve"].push_back(to_json(report));
  return record;
}

void check(const DetectionRanges& detection) {
  for (const auto* range : {&detection.electrons_per_pattern, &detection.background_share, &detection.psf_pixels,
                            &detection.overdispersion, &detection.brightest_over_saturation})
    if (range->size() != 2 || (*range)[0] > (*range)[1])
      throw InputError("A range of the detection is not its lowest and its highest value, like [1000, 100000].");
}

NetworkShape shape_of(const Preprocessing& preprocessing, int depth_bins, const TrainingSettings& settings) {
  return {.positions = preprocessing.positions(),
          .components = preprocessing.components(),
          .conditions = preprocessing.conditions(),
          .along = preprocessing.grid.along,
          .depth_bins = depth_bins,
          .width = settings.width,
          .blocks = settings.blocks,
          .exchange = settings.exchange,
          .steering = settings.steering,
          .depth_head = settings.depth_head,
          .embedding = settings.embedding};
}

}  // namespace

double learning_rate_share(double progress) {
  constexpr double rise = 0.1, least = 0.01;
  if (progress < rise) return least + (1 - least) * progress / rise;
  const double fall = std::min(1.0, (progress - rise) / (1 - rise));
  return least + (1 - least) * 0.5 * (1 + std::cos(pi * fall));
}

Model train(const SampleSource& given, const TrainingSettings& settings, const TrainingHooks& hooks) {
  check(given.detection());
  const ShuffledSource shuffled(given, settings.seed);
  const SampleSource& samples = settings.shuffle_labels == "yes" ? shuffled : given;
  set_blas_threads(1);  // so that the preprocessing is the same for any number of threads
  const auto training_positions = split_or_refuse(samples, "train");
  const auto validation_positions = split_or_refuse(samples, "calibration");
  const auto start = std::chrono::steady_clock::now();
  Model model;
  model.preprocessing = fit_on_part(samples, training_positions, settings, hooks.progress);
  refuse_disagreement(fingerprint_of(model.preprocessing), hooks.ranks,
                      "The ranks compute different preprocessings from the same data (their processors or numbers of "
                      "threads differ). Choose machines of one kind.");
  const int bins = depth_bins_of(samples, training_positions);
  const SampleTable training(samples, training_positions, model.preprocessing, settings, bins, hooks.progress);
  const SampleTable validation(samples, validation_positions, model.preprocessing, settings, bins, hooks.progress);
  TrainingRun run{settings,
                  hooks,
                  training,
                  validation,
                  shape_of(model.preprocessing, bins, settings),
                  identity_of(samples, settings),
                  start};
  TrainingState state;
  auto checkpoint = open_checkpoint(run, state);
  while (std::ssize(state.finished) < settings.members) {
    train_member(run, state, checkpoint.get());
    checkpoint.reset();
  }
  model.members = std::move(state.finished);
  fit_limits(training, validation, samples.detection(), settings.threads, model);
  model.domain = domain_of(samples, training_positions, settings);
  model.record = record_of(samples, settings, state.curve);
  return model;
}

}  // namespace terrace
