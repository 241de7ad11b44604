#include "learning/profile_baseline.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "learning/trainer.h"
#include "learning/training.h"

namespace terrace {
namespace {

constexpr int profile_epochs = 60, profile_batch = 64;

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

}  // namespace

std::vector<bool> profile_says_rough(const std::vector<Sample>& training, const std::vector<Sample>& test,
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

std::vector<float> dark_field_profile(const Sample& sample, const StandardGrid& grid) {
  const double radius = 1.1 * grid.semiangle_in_pixels(sample.conditions.semiangle_mrad);
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

}  // namespace terrace
