#include "registration/least_squares.h"

#include <cmath>
#include <cstdlib>
#include <utility>

namespace terrace {

LeastSquares::LeastSquares(int unknowns)
    : unknowns_(unknowns), normal_(static_cast<std::size_t>(unknowns) * unknowns, 0.0), right_(unknowns, 0.0) {}

void LeastSquares::add(const std::vector<double>& basis, double value, double weight) {
  for (int i = 0; i < unknowns_; ++i) {
    right_[i] += weight * basis[i] * value;
    for (int j = 0; j < unknowns_; ++j) normal_[i * unknowns_ + j] += weight * basis[i] * basis[j];
  }
}

/// Gauss–Jordan on the matrix scaled to a unit diagonal, so that the pivot says how well the unknown is settled.
std::vector<double> LeastSquares::invert() const {
  const int n = unknowns_;
  std::vector<double> a = normal_, inverse(a.size(), 0.0), scale(n);
  for (int i = 0; i < n; ++i) {
    if (!(a[i * n + i] > 0)) return {};
    scale[i] = 1 / std::sqrt(a[i * n + i]);
    inverse[i * n + i] = 1;
  }
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) a[i * n + j] *= scale[i] * scale[j];
  for (int i = 0; i < n; ++i) {
    const double pivot = a[i * n + i];
    if (!(pivot > 1e-8)) return {};
    for (int j = 0; j < n; ++j) {
      a[i * n + j] /= pivot;
      inverse[i * n + j] /= pivot;
    }
    for (int k = 0; k < n; ++k) {
      const double factor = a[k * n + i];
      if (k == i || factor == 0) continue;
      for (int j = 0; j < n; ++j) {
        a[k * n + j] -= factor * a[i * n + j];
        inverse[k * n + j] -= factor * inverse[i * n + j];
      }
    }
  }
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) inverse[i * n + j] *= scale[i] * scale[j];
  return inverse;
}

std::vector<double> LeastSquares::solve() const {
  const auto inverse = invert();
  if (inverse.empty()) return {};
  std::vector<double> unknowns(unknowns_, 0.0);
  for (int i = 0; i < unknowns_; ++i)
    for (int j = 0; j < unknowns_; ++j) unknowns[i] += inverse[i * unknowns_ + j] * right_[j];
  return unknowns;
}

std::vector<double> LeastSquares::variances() const {
  const auto inverse = invert();
  std::vector<double> diagonal;
  for (int i = 0; i < unknowns_ && !inverse.empty(); ++i) diagonal.push_back(inverse[i * unknowns_ + i]);
  return diagonal;
}

}  // namespace terrace
