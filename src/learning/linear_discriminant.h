// Fisher's linear discriminant between two sets of numbers: a baseline.
#pragma once

#include <span>
#include <vector>

namespace terrace {

/// The direction that best separates `second` from `first` under their common covariance, which is shrunk a little
/// towards its diagonal mean (Fisher 1936; Ledoit & Wolf 2004 for why one shrinks).
class LinearDiscriminant {
 public:
  /// Rows of equal length, neither set empty.
  LinearDiscriminant(const std::vector<std::vector<double>>& first, const std::vector<std::vector<double>>& second);
  /// Above 0: nearer to `second`.
  double score(std::span<const double> numbers) const;

 private:
  std::vector<double> direction_;
  double threshold_ = 0;
};

}  // namespace terrace
