#include "multislice/source_grid.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

/// Points come in whole registers.
constexpr int point_multiple = 8;

int whole_registers(double points) { return static_cast<int>(std::ceil(points / point_multiple)) * point_multiple; }

struct Wave {
  double cosine, sine;
};

/// exp(2πi Δ position / length) as the source damps it, shared out over `points`, with its partner at −Δ, for Δ = 0 …
/// reach.
std::vector<Wave> damped_waves(const IntensityBand& band, double position, double sigma, int points) {
  std::vector<Wave> waves;
  for (int number = 0; number <= band.reach; ++number) {
    const double phase = 2 * pi * number / band.length * position, width = 2 * pi * sigma * number / band.length;
    const double size = (number == 0 ? 1.0 : 2.0) / points * std::exp(-width * width / 2);
    waves.push_back({size * std::cos(phase), size * std::sin(phase)});
  }
  return waves;
}

std::vector<Wave> roots_of_one(int count) {
  std::vector<Wave> roots;
  for (int i = 0; i < count; ++i) roots.push_back({std::cos(2 * pi * i / count), std::sin(2 * pi * i / count)});
  return roots;
}

}  // namespace

SourceGridAxis::SourceGridAxis(const IntensityBand& band, std::span<const double> positions, double sigma)
    : band_(band), sigma_(sigma), periodic_(true), points_(whole_registers(2 * band.reach + 1)) {
  spacing_ = band.length / points_;
  if (sigma == 0) return;
  const auto [least, most] = std::minmax_element(positions.begin(), positions.end());
  const double margin = std::sqrt(32.0) * sigma;  // where the Gaussian is exp(−16)
  const double spacing = 1 / (band.reach / band.length + std::sqrt(32.0) / (2 * pi * sigma));
  const double fewest = (*most - *least + 2 * margin) / spacing + 1;
  if (fewest >= points_) return;
  periodic_ = false;
  points_ = whole_registers(fewest);
  first_ = *least - margin;
  spacing_ = spacing;
}

std::vector<double> SourceGridAxis::weights(std::span<const double> positions) const {
  return periodic_ ? periodic_weights(positions) : local_weights(positions);
}

std::vector<double> SourceGridAxis::local_weights(std::span<const double> positions) const {
  std::vector<double> weights(points_ * positions.size());
  for (int point = 0; point < points_; ++point)
    for (std::size_t p = 0; p < positions.size(); ++p) {
      const double distance = (position(point) - positions[p]) / sigma_;
      weights[point * positions.size() + p] =
          spacing_ / (std::sqrt(2 * pi) * sigma_) * std::exp(-distance * distance / 2);
    }
  return weights;
}

std::vector<double> SourceGridAxis::periodic_weights(std::span<const double> positions) const {
  const auto roots = roots_of_one(points_);
  std::vector<double> weights(points_ * positions.size());
  for (std::size_t p = 0; p < positions.size(); ++p) {
    const auto waves = damped_waves(band_, positions[p], sigma_, points_);
    for (int point = 0; point < points_; ++point) {
      double sum = 0;
      for (int number = 0, root = 0; number <= band_.reach; ++number) {
        sum += waves[number].cosine * roots[root].cosine + waves[number].sine * roots[root].sine;
        if ((root += point) >= points_) root -= points_;
      }
      weights[point * positions.size() + p] = sum;
    }
  }
  return weights;
}

}  // namespace terrace
