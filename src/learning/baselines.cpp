#include "learning/baselines.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/random.h"
#include "learning/bootstrap.h"
#include "learning/linear_discriminant.h"
#include "learning/measures.h"
#include "learning/trainer.h"
#include "learning/training.h"

namespace terrace {
namespace {

constexpr std::int64_t most_samples = 2000;
constexpr int linear_components = 12, profile_epochs = 60, profile_batch = 64;

bool is_rough(const Labels& labels) { return labels.interface_class == InterfaceClass::rough; }
bool is_in_question(const Labels& labels) {
  return is_rough(labels) || labels.interface_class == InterfaceClass::diffuse;
}

std::vector<Sample> read_in_question(const SampleSource& source, std::string_view split, const char* what,
                                     const Progress& progress) {
  std::vector<std::int64_t> positions;
  for (const auto i : positions_in_split(source, split))
    if (is_in_question(source.labels(i))) positions.push_back(i);
  const auto count = std::min<std::int64_t>(most_samples, std::ssize(positions));
  std::vector<Sample> samples;
  for (std::int64_t i = 0; i < count; ++i) {
    samples.push_back(source.read(positions[i * std::ssize(positions) / count]));
    if (progress) progress(what, i + 1, count);
  }
  return samples;
}

bool has_both(const std::vector<Sample>& samples) {
  const auto rough = std::ranges::count_if(samples, [](const auto& s) { return is_rough(s.labels); });
  return rough > 0 && rough < std::ssize(samples);
}

/// says_rough[i] beside samples[i] as measures, over all and over the twins.
void add_measures(const std::string& name, const std::string& meaning, const std::vector<Sample>& samples,
                  const std::vector<bool>& says_rough, std::vector<Measure>& measures) {
  std::vector<Contribution> all, twins;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Contribution one{samples[i].origin.family, says_rough[i] == is_rough(samples[i].labels) ? 1.0 : 0.0};
    all.push_back(one);
    if (samples[i].origin.pair >= 0) twins.push_back(one);
  }
  measures.push_back(mean_over_families(name + "_rough_vs_diffuse", meaning, all));
  if (!twins.empty()) measures.push_back(mean_over_families(name + "_matched", meaning + ", twins only", twins));
}

void standardise_profiles(std::vector<Features>& training, std::vector<Features>& test) {
  const auto n = training[0].components.size();
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0, squares = 0;
    for (const auto& one : training) sum += one.components(0, i), squares += std::pow(one.components(0, i), 2);
    const double mean = sum / training.size(), variance = squares / training.size() - mean * mean;
    const double scale = std::sqrt(std::max(variance, 1e-12));
    for (auto* list : {&training, &test})
      for (auto& one : *list) one.components(0, i) = static_cast<float>((one.components(0, i) - mean) / scale);
  }
}

/// One number for each column across the grid.
using Profile = std::function<std::vector<float>(const Sample&)>;

std::vector<Features> profile_features(const std::vector<Sample>& samples, const Preprocessing& preprocessing,
                                       const Profile& profile_of) {
  std::vector<Features> features;
  for (const auto& sample : samples) {
    Features one = preprocessing.apply(sample);  // for the conditions
    const auto profile = profile_of(sample);
    one.components = Image({1, std::ssize(profile)});
    std::ranges::copy(profile, one.components.begin());
    one.covered = {1};
    features.push_back(std::move(one));
  }
  return features;
}

void teach(Network& network, const std::vector<Features>& features, const std::vector<Sample>& samples) {
  Trainer trainer(network, {.weights = class_alone});
  std::vector<Target> targets;
  for (const auto& sample : samples) targets.push_back(target_of(sample.labels, sample.conditions, 2, 0));
  const auto count = std::ssize(features);
  for (int epoch = 0; epoch < profile_epochs; ++epoch) {
    Random random(1, {static_cast<std::uint64_t>(epoch)});
    for (std::int64_t first = 0; first < count; first += profile_batch) {
      std::vector<const Features*> batch;
      std::vector<const Target*> truths;
      for (std::int64_t i = 0; i < profile_batch; ++i) {
        const auto drawn = random.below(count);
        batch.push_back(&features[drawn]);
        truths.push_back(&targets[drawn]);
      }
      const double done = (epoch + static_cast<double>(first) / count) / profile_epochs;
      trainer.step(batch, truths, 3e-3 * learning_rate_share(done));
    }
  }
}

std::vector<bool> profile_answers(const std::vector<Sample>& training, const std::vector<Sample>& test,
                                  const Preprocessing& preprocessing, const Profile& profile_of) {
  auto known = profile_features(training, preprocessing, profile_of);
  auto asked = profile_features(test, preprocessing, profile_of);
  standardise_profiles(known, asked);
  Network network({.positions = 1,
                   .components = preprocessing.grid.across,
                   .conditions = preprocessing.conditions(),
                   .along = 1,
                   .depth_bins = 2,
                   .width = 64,
                   .blocks = 0,
                   .embedding = 32},
                  1);
  teach(network, known, training);
  std::vector<bool> says_rough;
  for (const auto& one : asked) {
    const Features* pointer = &one;
    const auto logits = network.forward(std::span(&pointer, 1))[0].class_logits;
    says_rough.push_back(logits[1] > logits[2]);
  }
  return says_rough;
}

std::vector<double> linear_features(const Sample& sample, const Preprocessing& preprocessing) {
  const auto features = preprocessing.apply(sample);
  std::vector<double> numbers(features.components.begin(), features.components.end());
  numbers.insert(numbers.end(), features.conditions.begin(), features.conditions.end());
  return numbers;
}

std::vector<bool> linear_answers(const std::vector<Sample>& training, const std::vector<Sample>& test,
                                 const Preprocessing& preprocessing) {
  std::vector<std::vector<double>> rough, diffuse;
  for (const auto& sample : training)
    (is_rough(sample.labels) ? rough : diffuse).push_back(linear_features(sample, preprocessing));
  const LinearDiscriminant discriminant(diffuse, rough);
  std::vector<bool> says_rough;
  for (const auto& sample : test) says_rough.push_back(discriminant.score(linear_features(sample, preprocessing)) > 0);
  return says_rough;
}

}  // namespace

std::vector<float> dark_field_profile(const Sample& sample, const StandardGrid& grid) {
  const double radius = 1.1 * sample.conditions.semiangle_mrad / grid.mrad_per_pixel;
  const int middle = grid.pixels / 2;
  std::vector<float> profile(grid.across, 0);
  double sum = 0, columns = 0;
  for (int column = 0; column < grid.across; ++column) {
    double total = 0, count = 0;
    for (int row = 0; row < grid.along; ++row) {
      if (!sample.covered(row, column)) continue;
      ++count;
      for (int y = 0; y < grid.pixels; ++y)
        for (int x = 0; x < grid.pixels; ++x)
          if (std::hypot(y - middle, x - middle) > radius) total += sample.patterns(row, column, y, x);
    }
    if (count == 0) continue;
    profile[column] = static_cast<float>(total / count);
    sum += total / count;
    ++columns;
  }
  for (auto& value : profile) value = value > 0 ? static_cast<float>(value * columns / sum) : 1.0f;
  return profile;
}

std::vector<Measure> baseline_measures(const SampleSource& samples, std::string_view split, const Progress& progress) {
  const auto training = read_in_question(samples, "train", "reading samples for the baselines", progress);
  const auto test = read_in_question(samples, split, "reading samples to judge the baselines", progress);
  if (!has_both(training) || test.empty()) return {};
  const auto preprocessing = fit_preprocessing(training, samples.grid(), {.components = linear_components});
  std::vector<Measure> measures;
  if (!training[0].projected_profile.empty())
    add_measures(
        "baseline_projected_profile", "the projection alone (sum of Z^1.7 per column), read by a small network", test,
        profile_answers(training, test, preprocessing, [](const Sample& s) { return s.projected_profile; }), measures);
  const auto dark_field = [&](const Sample& s) { return dark_field_profile(s, preprocessing.grid); };
  add_measures("baseline_dark_field", "the dark-field signal of the same patterns, read by a small network", test,
               profile_answers(training, test, preprocessing, dark_field), measures);
  add_measures("baseline_linear", "a linear discriminant on the leading components of every pattern", test,
               linear_answers(training, test, preprocessing), measures);
  return measures;
}

TrainingSettings twin_classifier_settings() {
  TrainingSettings settings;
  settings.epochs = 15;
  settings.masked_probability = 0;
  return settings;
}

Measure twin_classifier_accuracy(const SampleSource& samples, const TrainingSettings& settings,
                                 const Progress& progress) {
  const TwinSource twins(samples);
  const Model model = train(twins, settings, {progress, {}, {}});
  std::vector<Contribution> right;
  for (const auto i : positions_in_split(twins, "test")) {
    const auto p = model.predict(twins.read(i)).class_probability;
    right.push_back({twins.origin(i).family, (p[1] > p[2]) == is_rough(twins.labels(i)) ? 1.0 : 0.0});
  }
  return mean_over_families("twin_classifier_accuracy", "a network that saw twins alone tells unseen twins apart",
                            right);
}

}  // namespace terrace
