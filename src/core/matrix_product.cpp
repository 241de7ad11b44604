#include "core/matrix_product.h"

#include <cblas.h>

#include <mutex>

namespace terrace {

void multiply_matrices(const float* left, const float* right, int rows, int inner, int columns, float* product) {
  add_product({left, inner}, {right, columns}, rows, inner, columns, 0.0f, {product, columns});
}

void add_product(MatrixBlock<const float> left, MatrixBlock<const float> right, int rows, int inner, int columns,
                 float scale, MatrixBlock<float> product) {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner, 1.0f, left.first, left.stride,
              right.first, right.stride, scale, product.first, product.stride);
}

std::string_view matrix_kernels() { return openblas_get_corename(); }

std::string_view better_matrix_kernels(std::string_view chosen, InstructionSet best) {
  if (chosen != "Prescott") return "";
  switch (best) {
    case InstructionSet::avx512:
      return "SkylakeX";
    case InstructionSet::avx2:
      return "Haswell";
    case InstructionSet::portable:
      break;
  }
  return "";
}

}  // namespace terrace
