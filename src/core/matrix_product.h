// The product of two matrices. matrix_product.cpp is the only file of the simulation that includes a BLAS.
#pragma once

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

}  // namespace terrace
