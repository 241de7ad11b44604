#include "dataset/projected_profile.h"

#include <cmath>
#include <map>

#include "core/constants.h"

namespace terrace {
namespace {

/// Σ Z^1.7 of each plane x across the interface.
std::map<double, double> plane_strengths(const Specimen& specimen, int depth_count) {
  std::map<int, int> repeats;
  for (int depth = 0; depth < depth_count; ++depth) ++repeats[specimen.stack[depth]];
  std::map<double, double> strengths;
  for (const auto& [slab, count] : repeats)
    for (const auto& atom : specimen.slabs[slab].atoms)
      strengths[atom.x] += count * atom.occupancy * std::pow(atom.atomic_number, 1.7);
  return strengths;
}

}  // namespace

std::vector<float> projected_profile(const Specimen& specimen, int depth_count, std::span<const double> positions_x,
                                     double blur) {
  const auto strengths = plane_strengths(specimen, depth_count);
  double total = 0;
  for (const auto& [x, strength] : strengths) total += strength;
  const double mean = total / specimen.width_x, height = 1 / (blur * std::sqrt(2 * pi));
  std::vector<float> profile;
  for (const double position : positions_x) {
    double sum = 0;
    for (const auto& [x, strength] : strengths) {
      const double distance = std::remainder(position - x, specimen.width_x) / blur;
      sum += strength * height * std::exp(-distance * distance / 2);
    }
    profile.push_back(static_cast<float>(sum / mean));
  }
  return profile;
}

double airy_blur(double energy_kev, double semiangle_mrad) {
  return 0.514 * wavelength(energy_kev) / (semiangle_mrad * 1e-3) / (2 * std::sqrt(2 * std::log(2.0)));
}

}  // namespace terrace
