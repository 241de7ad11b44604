#include "core/matrix_product.h"

#include <cblas.h>

#include <mutex>

namespace terrace {

void multiply_matrices(const float* left, const float* right, int rows, int inner, int columns, float* product) {
  add_product({left, inner}, right, rows, inner, columns, 0.0f, product);
}

void add_product(MatrixBlock left, const float* right, int rows, int inner, int columns, float scale, float* product) {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner, 1.0f, left.first, left.stride, right,
              columns, scale, product, columns);
}

}  // namespace terrace
