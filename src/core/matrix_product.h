// The product of two matrices. matrix_product.cpp is the only file of the simulation that includes a BLAS.
#pragma once

#include <string_view>

#include "core/instruction_set.h"

namespace terrace {

/// product[rows][columns] = left[rows][inner] · right[inner][columns], row-major, single precision, on the calling
/// thread alone: the caller shares out the work, and the same shape gives the same bytes.
void multiply_matrices(const float* left, const float* right, int rows, int inner, int columns, float* product);

/// A block of a larger row-major matrix: its first number, and how far one row is from the next.
template <class T>
struct MatrixBlock {
  T* first = nullptr;
  int stride = 0;
};

/// product = scale · product + left · right, as multiply_matrices.
void add_product(MatrixBlock<const float> left, MatrixBlock<const float> right, int rows, int inner, int columns,
                 float scale, MatrixBlock<float> product);

/// The kernels that OpenBLAS chose when it was loaded, by the processor's model: "Haswell", "SkylakeX", "armv8" …
std::string_view matrix_kernels();

/// What OPENBLAS_CORETYPE has to be for faster ones where it has `chosen` those on a processor with `best`; empty where
/// there are none. Before version 0.3.25 (Debian 12 has 0.3.21) it takes an Intel model that is newer than itself for a
/// Prescott, which has SSE3 alone (OpenBLAS, pull request 4268).
std::string_view better_matrix_kernels(std::string_view chosen, InstructionSet best);

}  // namespace terrace
