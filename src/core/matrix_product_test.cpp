#include "core/matrix_product.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace terrace {
namespace {

TEST(MatrixKernels, are_better_where_a_processor_with_vectors_was_taken_for_one_without) {
  EXPECT_EQ(better_matrix_kernels("Prescott", InstructionSet::avx512), "SkylakeX");
  EXPECT_EQ(better_matrix_kernels("Prescott", InstructionSet::avx2), "Haswell");
  EXPECT_EQ(better_matrix_kernels("Prescott", InstructionSet::portable), "");
}

TEST(MatrixKernels, are_left_as_they_were_chosen_where_the_processor_was_known) {
  for (const auto* chosen : {"Zen", "Haswell", "SkylakeX", "Cooperlake", "armv8", "neoversen1"})
    EXPECT_EQ(better_matrix_kernels(chosen, best_instruction_set()), "") << chosen;
}

TEST(MatrixKernels, of_this_process_are_the_better_ones) {
  const char* asked_for = std::getenv("OPENBLAS_CORETYPE");
  if (asked_for && asked_for == std::string_view("Prescott")) GTEST_SKIP() << "OPENBLAS_CORETYPE asks for slow ones";
  EXPECT_EQ(better_matrix_kernels(matrix_kernels(), best_instruction_set()), "");
}

}  // namespace
}  // namespace terrace
