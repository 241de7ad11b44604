#include "core/averages.h"

#include <algorithm>
#include <numeric>

namespace terrace {

double mean_of(const Array<double, 2>& image) {
  const double sum = std::accumulate(image.begin(), image.end(), 0.0);
  return image.size() ? sum / static_cast<double>(image.size()) : 0;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace terrace
