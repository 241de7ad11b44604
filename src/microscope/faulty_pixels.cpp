#include "microscope/faulty_pixels.h"

#include <algorithm>
#include <cmath>

namespace terrace {

namespace {

template <class Visit>
void for_neighbours(int row, int column, int height, int width, Visit visit) {
  for (int y = std::max(0, row - 1); y <= std::min(height - 1, row + 1); ++y)
    for (int x = std::max(0, column - 1); x <= std::min(width - 1, column + 1); ++x)
      if (y != row || x != column) visit(y, x);
}

double neighbour_median(const Array<double, 2>& image, int row, int column) {
  std::vector<double> values;
  for_neighbours(row, column, static_cast<int>(image.extent(0)), static_cast<int>(image.extent(1)),
                 [&](int y, int x) { values.push_back(image(y, x)); });
  if (values.empty()) return image(row, column);
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

}  // namespace

std::vector<int> find_faulty_pixels(const Array<double, 2>& mean_pattern) {
  const int height = static_cast<int>(mean_pattern.extent(0)), width = static_cast<int>(mean_pattern.extent(1));
  double mean = 0;
  for (const double value : mean_pattern) mean += value / mean_pattern.size();
  std::vector<int> faulty;
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) {
      const double value = mean_pattern(row, column), around = neighbour_median(mean_pattern, row, column);
      const bool hot = value > hottest_sound(around, mean), dead = value < around / 50 && around > 0.2 * mean;
      if (hot || dead) faulty.push_back(row * width + column);
    }
  // A detector does not lose whole regions: that would be a mask or a tiny disc, better left as it is.
  if (static_cast<double>(faulty.size()) > 0.05 * height * width) faulty.clear();
  return faulty;
}

Repaired repair(std::span<float> pattern, int height, int width, const std::vector<int>& faulty) {
  std::vector<int> unsound;
  for (int i = 0; i < std::ssize(pattern); ++i)
    if (!std::isfinite(pattern[i])) unsound.push_back(i);
  Repaired repaired{.no_numbers = static_cast<int>(unsound.size())};
  unsound.insert(unsound.end(), faulty.begin(), faulty.end());
  std::ranges::sort(unsound);
  std::vector<float> replaced;
  for (const int index : unsound) {
    double sum = 0;
    int count = 0;
    for_neighbours(index / width, index % width, height, width, [&](int y, int x) {
      const int other = y * width + x;
      if (std::binary_search(unsound.begin(), unsound.end(), other)) return;
      sum += pattern[other];
      ++count;
    });
    repaired.alone += count == 0 && !std::isfinite(pattern[index]);
    replaced.push_back(count ? static_cast<float>(sum / count) : 0.0f);
  }
  for (std::size_t i = 0; i < unsound.size(); ++i) pattern[unsound[i]] = replaced[i];
  return repaired;
}

}  // namespace terrace
