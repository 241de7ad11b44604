#include "learning/limits.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

constexpr std::int64_t scans_at_once = 256;
constexpr std::uint64_t calibration_seed = 0x63616c6962;

using MakeFeatures = std::function<Features(std::int64_t)>;

/// Calls use(first, features) for parts of a table of `size` samples, in order.
void in_parts(std::int64_t size, int threads, const MakeFeatures& make,
              const std::function<void(std::int64_t, std::span<const Features* const>)>& use) {
  for (std::int64_t first = 0; first < size; first += scans_at_once) {
    const auto count = std::min(scans_at_once, size - first);
    const auto features = make_features(count, threads, [&](std::int64_t i) { return make(first + i); });
    std::vector<const Features*> pointers;
    for (const auto& one : features) pointers.push_back(&one);
    use(first, pointers);
  }
}

Calibration calibration_at(double dose, const SampleTable& validation, const std::vector<Network>& members,
                           int threads) {
  std::vector<CalibrationCase> cases;
  for (std::int64_t i = 0; i < validation.size(); ++i)
    cases.push_back({{}, validation.labels(i), validation.conditions(i)});
  in_parts(
      validation.size(), threads, [&](std::int64_t i) { return validation.at_dose(i, dose); },
      [&](std::int64_t first, std::span<const Features* const> features) {
        for (const auto& member : members) {
          const auto outputs = member.forward(features, threads);
          for (std::size_t i = 0; i < outputs.size(); ++i) cases[first + i].members.push_back(outputs[i]);
        }
      });
  return calibrate(cases, calibration_seed);
}

struct Descriptions {
  std::vector<std::vector<double>> embeddings;
  std::vector<double> residuals;
};

/// What a network makes of the whole scans of a table.
Descriptions descriptions_of(const SampleTable& table, const Network& network, int threads) {
  Descriptions result;
  in_parts(
      table.size(), threads, [&](std::int64_t i) { return table.plain(i); },
      [&](std::int64_t, std::span<const Features* const> features) {
        for (auto& output : network.forward(features, threads)) result.embeddings.push_back(output.embedding);
        for (const auto* one : features) result.residuals.push_back(one->residual);
      });
  return result;
}

}  // namespace

void fit_limits(const SampleTable& training, const SampleTable& validation, const DetectionRanges& detection,
                int threads, Model& model) {
  const auto& doses = detection.electrons_per_pattern;
  for (const double dose : doses_to_calibrate_at(doses[0], doses[1]))
    model.calibration.entries.push_back({dose, calibration_at(dose, validation, model.members, threads)});
  auto judged = descriptions_of(validation, model.members[0], threads);
  model.cloud = fit_cloud(descriptions_of(training, model.members[0], threads).embeddings, judged.embeddings);
  std::ranges::sort(judged.residuals);
  const double rank = 0.99 * (std::ssize(judged.residuals) - 1);
  // Unseen families may well double what the components miss: no alarm below that.
  model.residual_limit = std::max(judged.residuals[static_cast<std::size_t>(rank)], std::log(2.0));
}

}  // namespace terrace
