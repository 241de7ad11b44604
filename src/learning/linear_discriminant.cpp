#include "learning/linear_discriminant.h"

#include <numeric>

#include "learning/linear_algebra.h"

namespace terrace {
namespace {

constexpr double shrinkage = 0.02;

std::vector<double> mean_of(const std::vector<std::vector<double>>& rows) {
  std::vector<double> mean(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) mean[i] += row[i] / rows.size();
  return mean;
}

void add_scatter(const std::vector<std::vector<double>>& rows, const std::vector<double>& mean, Image& scatter) {
  Image differences({std::ssize(rows), std::ssize(mean)});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < mean.size(); ++k) differences(i, k) = static_cast<float>(rows[i][k] - mean[k]);
  add_covariance(differences, scatter);
}

/// (L Lᵀ)⁻¹ x by substitution down and up again.
std::vector<double> solve(const std::vector<double>& factor, std::vector<double> x) {
  const auto n = static_cast<std::ptrdiff_t>(x.size());
  for (std::ptrdiff_t row = 0; row < n; ++row) {
    for (std::ptrdiff_t k = 0; k < row; ++k) x[row] -= factor[row * n + k] * x[k];
    x[row] /= factor[row * n + row];
  }
  for (std::ptrdiff_t row = n - 1; row >= 0; --row) {
    for (std::ptrdiff_t k = row + 1; k < n; ++k) x[row] -= factor[k * n + row] * x[k];
    x[row] /= factor[row * n + row];
  }
  return x;
}

}  // namespace

LinearDiscriminant::LinearDiscriminant(const std::vector<std::vector<double>>& first,
                                       const std::vector<std::vector<double>>& second) {
  const auto low = mean_of(first), high = mean_of(second);
  const auto n = std::ssize(low);
  Image scatter({n, n});
  add_scatter(first, low, scatter);
  add_scatter(second, high, scatter);
  std::vector<double> covariance(scatter.begin(), scatter.end());
  double trace = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) trace += covariance[i * n + i];
  for (auto& value : covariance) value *= 1 - shrinkage;
  for (std::ptrdiff_t i = 0; i < n; ++i) covariance[i * n + i] += shrinkage * trace / n + 1e-9;
  std::vector<double> difference(n);
  for (std::ptrdiff_t i = 0; i < n; ++i) difference[i] = high[i] - low[i];
  direction_ = solve(cholesky_factor(std::move(covariance), static_cast<int>(n)), difference);
  for (std::ptrdiff_t i = 0; i < n; ++i) threshold_ += 0.5 * direction_[i] * (high[i] + low[i]);
}

double LinearDiscriminant::score(std::span<const double> numbers) const {
  return std::inner_product(numbers.begin(), numbers.end(), direction_.begin(), -threshold_);
}

}  // namespace terrace
