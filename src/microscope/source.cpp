#include "microscope/source.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "core/constants.h"
#include "core/error.h"

namespace terrace {
namespace {

/// The points of `rings` hexagons around the middle, nearest neighbours `spacing` apart, weighted by a Gaussian of σ
/// = 1.
std::vector<CoherentState> hexagonal_lattice(int rings, double spacing) {
  std::vector<CoherentState> points;
  for (int i = -rings; i <= rings; ++i)
    for (int j = -rings; j <= rings; ++j) {
      if (std::abs(i + j) > rings) continue;
      const double y = spacing * j * std::sqrt(0.75), x = spacing * (i + 0.5 * j);
      points.push_back({y, x, 0, std::exp(-(x * x + y * y) / 2)});
    }
  return points;
}

/// Weights that sum to 1, and positions stretched until their variance along each axis is `sigma`².
void normalise(std::vector<CoherentState>& points, double sigma) {
  double sum = 0, second = 0;
  for (const auto& point : points) sum += point.weight, second += point.weight * point.dx * point.dx;
  const double stretch = sigma / std::sqrt(second / sum);
  for (auto& point : points) {
    point.dy *= stretch;
    point.dx *= stretch;
    point.weight /= sum;
  }
}

/// `width` is FWHM α/λ; the limits hold the error stated in source.h.
int rings_for(double width) { return width <= 0.4 ? 1 : width <= 0.8 ? 2 : width <= 1.2 ? 3 : 4; }

std::vector<CoherentState> source_points(const Microscope& m, int rings) {
  if (m.source_fwhm_angstrom == 0) return {CoherentState{}};
  // Spacings in σ. The first makes the middle six times as heavy as a corner, hence exactness to fifth order; the
  // others balance what lies beyond the last ring against what falls between the points.
  static const std::array<double, 4> spacings = {std::sqrt(2 * std::log(6.0)), 1.265, 0.984, 0.844};
  if (rings == 0) rings = rings_for(m.source_fwhm_angstrom * m.semiangle_mrad * 1e-3 / wavelength(m.energy_kev));
  auto points = hexagonal_lattice(rings, spacings[rings - 1]);
  normalise(points, source_sigma(m));
  return points;
}

struct Node {
  double position, weight;
};

/// Gauss–Hermite rules for a Gaussian of σ = 1 (Abramowitz & Stegun 1964, 25.4.46).
std::vector<Node> gauss_hermite(int count) {
  if (count == 3) return {{-std::sqrt(3.0), 1.0 / 6}, {0, 2.0 / 3}, {std::sqrt(3.0), 1.0 / 6}};
  const double root = std::sqrt(10.0), near = std::sqrt(5 - root), far = std::sqrt(5 + root);
  const double heavy = (7 + 2 * root) / 60, light = (7 - 2 * root) / 60;
  return {{-far, light}, {-near, heavy}, {0, 8.0 / 15}, {near, heavy}, {far, light}};
}

std::vector<Node> defocus_nodes(const Microscope& m) {
  const double sigma = m.defocus_spread_nm * 10, alpha = m.semiangle_mrad * 1e-3;
  if (sigma == 0) return {{0, 1}};
  auto nodes = gauss_hermite(pi * alpha * alpha * sigma / wavelength(m.energy_kev) < 1 ? 3 : 5);
  for (auto& node : nodes) node.position *= sigma;
  return nodes;
}

}  // namespace

double source_sigma(const Microscope& microscope) {
  return microscope.source_fwhm_angstrom / std::sqrt(8 * std::log(2.0));
}

std::vector<CoherentState> defocus_states(const Microscope& microscope) {
  std::vector<CoherentState> states;
  for (const auto& node : defocus_nodes(microscope)) states.push_back({0, 0, node.position, node.weight});
  return states;
}

std::vector<CoherentState> coherent_states(const Microscope& microscope, int rings) {
  if (rings < 0 || rings > 4)
    throw InputError(
        fmt::format("A source of {} rings of points is not known. Use 1 to 4, or 0 to have it chosen.", rings));
  std::vector<CoherentState> states;
  for (const auto& node : defocus_nodes(microscope))
    for (auto state : source_points(microscope, rings)) {
      state.ddefocus = node.position;
      state.weight *= node.weight;
      states.push_back(state);
    }
  return states;
}

}  // namespace terrace
