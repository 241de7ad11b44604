// Integrals of smooth functions by Gauss-Legendre panels: set-up work, in double.
#pragma once

#include <vector>

namespace terrace {

/// One point of a quadrature rule: ∫ f ≈ Σ weight · f(at).
struct QuadraturePoint {
  double at, weight;
};

/// 16 Gauss-Legendre points in each panel between neighbouring `edges` (ascending). An oscillating integrand is
/// resolved to about 1e-8 while a panel spans no more than 4 periods.
std::vector<QuadraturePoint> gauss_legendre_panels(const std::vector<double>& edges);

/// Edges from 0 to `last` whose panels double in width from `first` on until they are `widest` wide: fine at the
/// origin, where integrands with a logarithm need it.
std::vector<double> graded_edges(double first, double widest, double last);

}  // namespace terrace
