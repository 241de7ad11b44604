#include "microscope/point_spread.h"

#include <algorithm>
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

/// to[i] = Σ_n kernel[|n|] from[i + n · step] for i = 0 … count − 1.
void weigh(std::span<const float> kernel, const float* from, int step, int count, float* to) {
  for (int i = 0; i < count; ++i) to[i] = kernel[0] * from[i];
  for (int n = 1; n < static_cast<int>(kernel.size()); ++n) {
    const std::int64_t away = std::int64_t{n} * step;
    for (int i = 0; i < count; ++i) to[i] += kernel[n] * (from[i - away] + from[i + away]);
  }
}

}  // namespace

PointSpread::PointSpread(double sigma) {
  if (sigma == 0) return;
  const int reach = static_cast<int>(std::ceil(6 * sigma)) + 6;
  std::vector<double> kernel{discrete_gaussian(0, sigma * sigma, 4 * reach)};
  for (int n = 1; n <= reach && kernel.back() > 1e-10; ++n)
    kernel.push_back(discrete_gaussian(n, sigma * sigma, 4 * reach));
  double sum = kernel[0];
  for (std::size_t n = 1; n < kernel.size(); ++n) sum += 2 * kernel[n];
  for (const double value : kernel) kernel_.push_back(static_cast<float>(value / sum));
}

void PointSpread::blur(int pixels, std::span<float> pattern) const {
  if (kernel_.empty()) return;
  const int reach = static_cast<int>(kernel_.size()) - 1;
  // Each line is copied with its mirrored surroundings and weighted from there; all columns move as one.
  Image wide({pixels + 2 * reach, pixels});
  for (int row = -reach; row < pixels + reach; ++row)
    std::copy_n(&pattern[std::int64_t{mirrored(row, pixels)} * pixels], pixels, &wide(row + reach, 0));
  for (int row = 0; row < pixels; ++row)
    weigh(kernel_, &wide(row + reach, 0), pixels, pixels, &pattern[std::int64_t{row} * pixels]);

  std::vector<float> line(pixels + 2 * reach);
  for (int row = 0; row < pixels; ++row) {
    float* to = &pattern[std::int64_t{row} * pixels];
    for (int i = -reach; i < pixels + reach; ++i) line[i + reach] = to[mirrored(i, pixels)];
    weigh(kernel_, &line[reach], 1, pixels, to);
  }
}

}  // namespace terrace
