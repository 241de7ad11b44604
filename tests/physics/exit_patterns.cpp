#include "physics/exit_patterns.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "microscope/probe.h"
#include "multislice/multislice.h"

namespace terrace {
namespace {

/// Adds the pattern of one exit wave.
void add_pattern(const Waves& waves, int wave, double weight, HalfWidth half, std::span<float> pattern) {
  std::int64_t pixel = 0;
  for (int y = -half.y; y <= half.y; ++y)
    for (int x = -half.x; x <= half.x; ++x)
      pattern[pixel++] += static_cast<float>(weight * std::norm(waves.amplitude(wave, y, x)));
}

struct Sums {
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0, pixels = 0;
};

Sums sums_of(std::span<const float> a, std::span<const float> b, std::span<const char> mask) {
  Sums s;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!mask.empty() && !mask[i]) continue;
    const double x = a[i], y = b[i];
    s.a += x, s.b += y, s.aa += x * x, s.bb += y * y, s.ab += x * y, s.pixels += 1;
  }
  return s;
}

double r_factor(std::span<const float> a, std::span<const float> b, std::span<const char> mask, const Sums& s) {
  double r = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (mask.empty() || mask[i]) r += std::abs(a[i] / s.a - b[i] / s.b);
  return r;
}

double correlation(const Sums& s) {
  const double covariance = s.ab - s.a * s.b / s.pixels;
  return covariance / std::sqrt((s.aa - s.a * s.a / s.pixels) * (s.bb - s.b * s.b / s.pixels));
}

}  // namespace

Array<float, 3> exit_patterns(const Specimen& specimen, const Microscope& microscope, const Sampling& sampling,
                              std::span<const ProbePosition> positions, HalfWidth half) {
  const Grid grid = grid_for(specimen, sampling);
  const ProbeFormer probe(grid, microscope);
  const TransmissionSource transmissions(grid, microscope.energy_kev, sampling);
  const auto plane_waves = std::make_shared<const PlaneWaves>(grid);
  Multislice multislice(plane_waves, microscope.energy_kev);
  const int count = static_cast<int>(positions.size());
  Array<float, 3> patterns({count, 2 * half.y + 1, 2 * half.x + 1});
  for (const auto& state : probe.states())
    for (int configuration = 0; configuration < configurations(sampling); ++configuration) {
      Waves waves(plane_waves, count);
      for (int i = 0; i < count; ++i) set_probe(waves, i, probe, positions[i], state);
      for (int depth = 0; depth < specimen.depth_count(); ++depth) {
        const auto& slab = specimen.slab_at(depth);
        const Slice slice{transmissions.at(slab, depth, configuration), slab.thickness};
        multislice.run(waves, std::span(&slice, 1));
      }
      for (int i = 0; i < count; ++i) add_pattern(waves, i, state.weight / configurations(sampling), half, patterns[i]);
    }
  return patterns;
}

std::vector<char> disc_of(const Specimen& specimen, double energy_kev, HalfWidth half, double mrad) {
  const double to_mrad = 1e3 * wavelength(energy_kev);
  std::vector<char> mask;
  for (int y = -half.y; y <= half.y; ++y)
    for (int x = -half.x; x <= half.x; ++x)
      mask.push_back(to_mrad * std::hypot(y / specimen.width_y, x / specimen.width_x) <= mrad);
  return mask;
}

Difference difference_of(const Array<float, 3>& a, const Array<float, 3>& b, std::span<const char> mask) {
  Difference result{.mean_r = 0, .worst_r = 0, .mean_correlation = 0, .worst_correlation = 1};
  const double share = 1.0 / static_cast<double>(a.extent(0));
  for (std::int64_t i = 0; i < a.extent(0); ++i) {
    const auto sums = sums_of(a[i], b[i], mask);
    const double r = r_factor(a[i], b[i], mask, sums), c = correlation(sums);
    result.mean_r += r * share;
    result.mean_correlation += c * share;
    result.worst_r = std::max(result.worst_r, r);
    result.worst_correlation = std::min(result.worst_correlation, c);
  }
  return result;
}

}  // namespace terrace
