#include "multislice/quadrature.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

constexpr int order = 16;

struct Legendre {
  double value, slope;
};

/// P_16 and its derivative at x, by the three-term recurrence.
Legendre legendre(double x) {
  double previous = 1, value = x;
  for (int n = 2; n <= order; ++n) {
    const double next = ((2 * n - 1) * x * value - (n - 1) * previous) / n;
    previous = value;
    value = next;
  }
  return {value, order * (x * value - previous) / (x * x - 1)};
}

/// Roots of P_16 by Newton's method, weights 2 / ((1 − x²) P′²) (Abramowitz & Stegun 25.4.29).
std::array<QuadraturePoint, order> unit_panel() {
  std::array<QuadraturePoint, order> points;
  for (int i = 0; i < order; ++i) {
    double x = std::cos(pi * (i + 0.75) / (order + 0.5));
    for (int step = 0; step < 8; ++step) x -= legendre(x).value / legendre(x).slope;
    const double slope = legendre(x).slope;
    points[order - 1 - i] = {x, 2 / ((1 - x * x) * slope * slope)};
  }
  return points;
}

}  // namespace

std::vector<QuadraturePoint> gauss_legendre_panels(const std::vector<double>& edges) {
  static const auto unit = unit_panel();
  std::vector<QuadraturePoint> points;
  for (std::size_t i = 1; i < edges.size(); ++i) {
    const double middle = (edges[i] + edges[i - 1]) / 2, half = (edges[i] - edges[i - 1]) / 2;
    for (const auto& [at, weight] : unit) points.push_back({middle + half * at, half * weight});
  }
  return points;
}

std::vector<double> graded_edges(double first, double widest, double last) {
  std::vector<double> edges{0};
  double width = std::min(first, widest);
  while (edges.back() + width < last) {
    edges.push_back(edges.back() + width);
    width = std::min(edges.back(), widest);
  }
  edges.push_back(last);
  return edges;
}

}  // namespace terrace
