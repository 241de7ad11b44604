// The few dense operations that preprocessing and the out-of-domain distance need; linear_algebra.cpp alone speaks to
// OpenBLAS.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"

namespace terrace {

/// a · bᵀ: (rows × n) times (columns × n) gives rows × columns. Throws std::invalid_argument where n differs.
Image multiply_by_transpose(const Image& a, const Image& b);

/// Adds rowsᵀ · rows to `sum` (n × n).
void add_covariance(const Image& rows, Image& sum);

/// The eigenvalues of a symmetric matrix, largest first, and its eigenvectors as rows.
struct Eigen {
  std::vector<double> values;
  Image vectors;
};
Eigen symmetric_eigen(const Image& matrix);

/// The lower Cholesky factor of a positive definite matrix, row-major n × n, and the length of factor⁻¹ · x, which is
/// the Mahalanobis length of x. Throws std::domain_error where the matrix is not positive definite.
std::vector<double> cholesky_factor(std::vector<double> matrix, int n);
double mahalanobis_length(std::span<const double> factor, std::span<const double> x);

/// Threads for OpenBLAS in this process, each product.
void set_blas_threads(int threads);

}  // namespace terrace
