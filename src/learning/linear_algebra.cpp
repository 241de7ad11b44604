#include "learning/linear_algebra.h"

#include <cblas.h>

#include <cmath>
#include <stdexcept>

extern "C" void ssyevd_(const char* job, const char* triangle, const int* n, float* a, const int* lda, float* values,
                        float* work, const int* work_size, int* integers, const int* integers_size, int* info);

namespace terrace {

Image multiply_by_transpose(const Image& a, const Image& b) {
  if (a.extent(1) != b.extent(1)) throw std::invalid_argument("multiply_by_transpose: the inner lengths differ.");
  const auto rows = static_cast<int>(a.extent(0)), columns = static_cast<int>(b.extent(0));
  const auto inner = static_cast<int>(a.extent(1));
  Image product({rows, columns});
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, 1, a.data(), inner, b.data(), inner, 0,
              product.data(), columns);
  return product;
}

void add_covariance(const Image& rows, Image& sum) {
  const auto count = static_cast<int>(rows.extent(0)), n = static_cast<int>(rows.extent(1));
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, count, 1, rows.data(), n, rows.data(), n, 1, sum.data(),
              n);
}

Eigen symmetric_eigen(const Image& matrix) {
  const auto n = static_cast<int>(matrix.extent(0));
  Image vectors = matrix;
  std::vector<float> values(n), work(1 + 6 * n + 2 * n * n);
  std::vector<int> integers(3 + 5 * n);
  const int work_size = static_cast<int>(work.size()), integers_size = static_cast<int>(integers.size());
  int info = 0;
  ssyevd_("V", "U", &n, vectors.data(), &n, values.data(), work.data(), &work_size, integers.data(), &integers_size,
          &info);
  if (info != 0) throw std::domain_error("symmetric_eigen: the matrix holds numbers that are not finite.");
  // LAPACK's columns are our rows, smallest value first; turn the order round.
  Eigen result{std::vector<double>(values.rbegin(), values.rend()), Image({n, n})};
  for (int i = 0; i < n; ++i) std::ranges::copy(vectors[n - 1 - i], result.vectors[i].begin());
  return result;
}

std::vector<double> cholesky_factor(std::vector<double> matrix, int n) {
  for (int row = 0; row < n; ++row)
    for (int column = 0; column <= row; ++column) {
      double value = matrix[row * n + column];
      for (int k = 0; k < column; ++k) value -= matrix[row * n + k] * matrix[column * n + k];
      if (column < row) {
        matrix[row * n + column] = value / matrix[column * n + column];
        matrix[column * n + row] = 0;
      } else {
        if (!(value > 0)) throw std::domain_error("cholesky_factor: the matrix is not positive definite.");
        matrix[row * n + row] = std::sqrt(value);
      }
    }
  return matrix;
}

double mahalanobis_length(std::span<const double> factor, std::span<const double> x) {
  const auto n = x.size();
  std::vector<double> solution(n);
  double square = 0;
  for (std::size_t row = 0; row < n; ++row) {
    double value = x[row];
    for (std::size_t k = 0; k < row; ++k) value -= factor[row * n + k] * solution[k];
    solution[row] = value / factor[row * n + row];
    square += solution[row] * solution[row];
  }
  return std::sqrt(square);
}

void set_blas_threads(int threads) { openblas_set_num_threads(threads); }

}  // namespace terrace
