#include "multislice/source_grid.h"

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

struct Wave {
  double cosine, sine;
};

/// exp(2πi Δ position / length), damped by the source and shared out over the points, −Δ included, for Δ = 0 … reach.
std::vector<Wave> damped_waves(const SourceGridAxis& axis, double position, double sigma) {
  std::vector<Wave> waves;
  for (int number = 0; number <= axis.reach; ++number) {
    const double phase = 2 * pi * number / axis.length * position, width = 2 * pi * sigma * number / axis.length;
    const double size = (number == 0 ? 1.0 : 2.0) / axis.points * std::exp(-width * width / 2);
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

SourceGridAxis SourceGridAxis::holding(int reach, double length, int multiple) {
  const int fewest = 2 * reach + 1;
  return {reach, length, (fewest + multiple - 1) / multiple * multiple};
}

std::vector<double> source_weights(const SourceGridAxis& axis, const std::vector<double>& positions, double sigma) {
  const auto roots = roots_of_one(axis.points);
  std::vector<double> weights(axis.points * positions.size());
  for (std::size_t p = 0; p < positions.size(); ++p) {
    const auto waves = damped_waves(axis, positions[p], sigma);
    for (int point = 0; point < axis.points; ++point) {
      double sum = 0;
      for (int number = 0, root = 0; number <= axis.reach; ++number) {
        sum += waves[number].cosine * roots[root].cosine + waves[number].sine * roots[root].sine;
        if ((root += point) >= axis.points) root -= axis.points;
      }
      weights[point * positions.size() + p] = sum;
    }
  }
  return weights;
}

}  // namespace terrace
