#include "learning/augmentation.h"

#include <algorithm>
#include <cmath>

namespace terrace {

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

Sample seen_through(const std::vector<float>& covered, Sample sample) {
  const auto pixels = sample.patterns.size() / sample.covered.size();
  for (std::int64_t position = 0; position < sample.covered.size(); ++position) {
    if (covered[position] != 0) continue;
    sample.covered.data()[position] = 0;
    std::fill_n(sample.patterns.data() + position * pixels, pixels, 0.0f);
  }
  return sample;
}

Sample mirrored(const Sample& sample) {
  Sample image = sample;
  image.seen_from.clear();  // of no use to a network, and not mirrored here
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
