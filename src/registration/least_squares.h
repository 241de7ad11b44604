// Small linear least-squares problems of registration: a handful of unknowns, many samples.
#pragma once

#include <vector>

namespace terrace {

/// Gathers weighted equations Σ basis_j · unknown_j = value and solves them by normal equations.
class LeastSquares {
 public:
  explicit LeastSquares(int unknowns);
  void add(const std::vector<double>& basis, double value, double weight = 1);
  /// The unknowns, or an empty vector where the equations do not settle them (reciprocal condition below 1e-8).
  std::vector<double> solve() const;
  /// The inverse of the normal matrix's diagonal: variance of each unknown per unit noise variance.
  std::vector<double> variances() const;

 private:
  std::vector<double> invert() const;
  int unknowns_;
  std::vector<double> normal_, right_;
};

}  // namespace terrace
