#include "learning/pattern_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace terrace {
namespace {

// A pixel weighs as if its mean were never below this share of an even pattern's.
constexpr double least_mean = 0.02;

std::vector<bool> silent_pixels(const Image& patterns) {
  std::vector<float> most(patterns.extent(1), 0);
  for (std::int64_t position = 0; position < patterns.extent(0); ++position)
    std::ranges::transform(most, patterns[position], most.begin(), [](float a, float b) { return std::max(a, b); });
  std::vector<bool> silent;
  for (const float value : most) silent.push_back(value == 0);
  return silent;
}

/// The sum of a pattern, whose number is `position`.
double checked_total(std::span<const float> pattern, std::int64_t position) {
  const auto is_sound = [](float value) { return value >= 0 && value <= std::numeric_limits<float>::max(); };
  double total = 0;
  bool sound = true;
  for (const float value : pattern) total += value, sound &= is_sound(value);
  if (sound) return total;
  const auto wrong = std::ranges::find_if_not(pattern, is_sound);
  throw InputError(fmt::format("Pixel {} of pattern {} is {}. Intensities are finite and not negative.",
                               wrong - pattern.begin(), position, *wrong));
}

/// Every pixel becomes the mean of its pattern.
void flatten(Image& patterns) {
  for (std::int64_t position = 0; position < patterns.extent(0); ++position) {
    const auto row = patterns[position];
    std::ranges::fill(row, static_cast<float>(std::accumulate(row.begin(), row.end(), 0.0) / std::ssize(row)));
  }
}

}  // namespace

Image normalised_patterns(const Sample& sample, std::vector<float>& totals) {
  const auto positions = sample.covered.size(), pixels = sample.patterns.size() / positions;
  Image patterns({positions, pixels});
  totals.assign(positions, 0);
  double sum = 0;
  int covered = 0;
  for (std::int64_t position = 0; position < positions; ++position) {
    if (!sample.covered.data()[position]) continue;
    const double total = checked_total(sample.patterns.span().subspan(position * pixels, pixels), position);
    totals[position] = static_cast<float>(total);
    sum += total;
    ++covered;
  }
  if (covered == 0 || sum <= 0) throw InputError("The sample has no covered position with any intensity in it.");
  const double factor = covered / sum;
  for (std::int64_t position = 0; position < positions; ++position)
    if (sample.covered.data()[position])
      std::ranges::transform(sample.patterns.span().subspan(position * pixels, pixels), patterns[position].begin(),
                             [factor](float value) { return static_cast<float>(value * factor); });
  return patterns;
}

Image seen_patterns(const Sample& sample, const std::string& input, std::vector<float>& totals) {
  Image patterns = normalised_patterns(sample, totals);
  if (input == "totals") flatten(patterns);
  return patterns;
}

Image weights_of(const Image& mean) {
  Image weight({mean.extent(0), mean.extent(1)});
  const auto floor = static_cast<float>(least_mean / mean.extent(1));
  for (std::int64_t i = 0; i < mean.size(); ++i) weight.data()[i] = 1 / std::sqrt(mean.data()[i] + floor);
  return weight;
}

void take_differences(Image& patterns, const Image& mean, const Image& weight, std::span<const float> covered) {
  const auto silent = silent_pixels(patterns);
  for (std::int64_t position = 0; position < patterns.extent(0); ++position) {
    auto row = patterns[position];
    if (covered[position] == 0) continue;  // zero already
    const auto expected = mean[position], weights = weight[position];
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = (row[i] - expected[i]) * weights[i];
  }
  for (std::size_t pixel = 0; pixel < silent.size(); ++pixel)
    if (silent[pixel])
      for (std::int64_t position = 0; position < patterns.extent(0); ++position) patterns(position, pixel) = 0;
}

}  // namespace terrace
