#include "core/matrix_product.h"

#include <cblas.h>

#include <mutex>

namespace terrace {

void multiply_matrices(const float* left, const float* right, int rows, int inner, int columns, float* product) {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner, 1.0f, left, inner, right, columns, 0.0f,
              product, columns);
}

}  // namespace terrace
