#include "microscope/point_spread.h"

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

/// e^(−t) I_n(t) as the inverse transform of exp(t(cos ω − 1)), summed over `samples` angles: exact but for what the
/// kernel holds at distances beyond samples − n.
double discrete_gaussian(int n, double t, int samples) {
  double sum = 0;
  for (int j = 0; j < samples; ++j) {
    const double omega = 2 * pi * j / samples;
    sum += std::exp(t * (std::cos(omega) - 1)) * std::cos(n * omega);
  }
  return sum / samples;
}

/// The pixel that `index` falls on when the pattern is mirrored at its edges, again and again.
int mirrored(int index, int count) {
  index %= 2 * count;
  if (index < 0) index += 2 * count;
  return index < count ? index : 2 * count - 1 - index;
}

}  // namespace

PointSpread::PointSpread(double sigma) {
  if (sigma == 0) return;
  const int reach = static_cast<int>(std::ceil(6 * sigma)) + 6;  // leaves less than 1e-8 outside
  std::vector<double> kernel;
  for (int n = 0; n <= reach; ++n) kernel.push_back(discrete_gaussian(n, sigma * sigma, 4 * reach));
  double sum = kernel[0];
  for (int n = 1; n <= reach; ++n) sum += 2 * kernel[n];
  for (const double value : kernel) kernel_.push_back(static_cast<float>(value / sum));
}

void PointSpread::blur(int pixels, std::span<float> pattern) const {
  if (kernel_.empty()) return;
  const int reach = static_cast<int>(kernel_.size()) - 1;
  std::vector<float> line(pixels), blurred(pixels);
  const auto blur_line = [&](float* first, int step) {
    for (int i = 0; i < pixels; ++i) line[i] = first[std::int64_t{i} * step];
    for (int i = 0; i < pixels; ++i) {
      float sum = kernel_[0] * line[i];
      for (int n = 1; n <= reach; ++n)
        sum += kernel_[n] * (line[mirrored(i - n, pixels)] + line[mirrored(i + n, pixels)]);
      blurred[i] = sum;
    }
    for (int i = 0; i < pixels; ++i) first[std::int64_t{i} * step] = blurred[i];
  };
  for (int row = 0; row < pixels; ++row) blur_line(&pattern[std::int64_t{row} * pixels], 1);
  for (int column = 0; column < pixels; ++column) blur_line(&pattern[column], pixels);
}

}  // namespace terrace
