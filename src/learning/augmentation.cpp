#include "learning/augmentation.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

// Above this mean the rounded normal draw differs from Poisson by less than its own third moment shows in a pattern.
constexpr double large_mean = 64;

double counts(double mean, Random& random) {
  if (mean < large_mean) return static_cast<double>(random.poisson(mean));
  return std::max(0.0, std::round(mean + std::sqrt(mean) * random.normal()));
}

}  // namespace

void add_shot_noise(Sample& sample, double electrons, Random& random) {
  if (electrons <= 0) return;
  for (auto& value : sample.patterns)
    if (value > 0) value = static_cast<float>(counts(value * electrons, random) / electrons);
  sample.conditions.electrons_per_pattern = electrons;
}

std::vector<float> random_window(const StandardGrid& grid, double largest_share, Random& random) {
  const int most = std::clamp(static_cast<int>(std::floor(largest_share * grid.across)), 0, grid.across - 2);
  const auto left_out = static_cast<int>(random.below(most + 1));
  const auto first = static_cast<int>(random.below(left_out + 1));
  const int last = first + grid.across - left_out;
  std::vector<float> covered;
  for (int position = 0; position < grid.positions(); ++position) {
    const int column = position % grid.across;
    covered.push_back(column >= first && column < last ? 1.0f : 0.0f);
  }
  return covered;
}

Sample mirrored(const Sample& sample) {
  Sample image = sample;
  const auto& extents = sample.patterns.extents();
  const auto along = extents[0], across = extents[1], rows = extents[2], columns = extents[3];
  for (std::int64_t y = 0; y < along; ++y)
    for (std::int64_t x = 0; x < across; ++x) {
      const auto from = (along - y) % along;
      image.covered(y, x) = sample.covered(from, x);
      for (std::int64_t ky = 0; ky < rows; ++ky) {
        const auto partner = 2 * (rows / 2) - ky;
        const auto source = partner < rows ? partner : ky;
        std::copy_n(&sample.patterns(from, x, source, 0), columns, &image.patterns(y, x, ky, 0));
      }
    }
  return image;
}

}  // namespace terrace
