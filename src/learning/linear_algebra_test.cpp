#include "learning/linear_algebra.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/random.h"
#include "learning/linear_discriminant.h"

namespace terrace {
namespace {

Image random_rows(int rows, int columns) {
  Image image({rows, columns});
  Random random(3);
  for (auto& value : image) value = static_cast<float>(random.normal());
  return image;
}

TEST(LinearAlgebra, products_agree_with_direct_sums) {
  const auto a = random_rows(3, 5), b = random_rows(4, 5);
  const auto product = multiply_by_transpose(a, b);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j) {
      double sum = 0;
      for (int k = 0; k < 5; ++k) sum += double{a(i, k)} * b(j, k);
      EXPECT_NEAR(product(i, j), sum, 1e-5);
    }
}

TEST(LinearAlgebra, eigenvectors_are_stretched_by_their_values_largest_first) {
  Image matrix({6, 6});
  add_covariance(random_rows(20, 6), matrix);
  const auto eigen = symmetric_eigen(matrix);
  const auto stretched = multiply_by_transpose(eigen.vectors, matrix);
  for (int i = 0; i < 6; ++i) {
    EXPECT_LE(eigen.values[i], eigen.values[std::max(i - 1, 0)]);
    for (int k = 0; k < 6; ++k) EXPECT_NEAR(stretched(i, k), eigen.values[i] * eigen.vectors(i, k), 1e-4);
  }
}

TEST(LinearAlgebra, mahalanobis_length_counts_standard_deviations) {
  const auto factor = cholesky_factor({4, 0, 0, 9}, 2);
  EXPECT_DOUBLE_EQ(mahalanobis_length(factor, std::vector{2.0, 0.0}), 1);
  EXPECT_DOUBLE_EQ(mahalanobis_length(factor, std::vector{0.0, 6.0}), 2);
  EXPECT_THROW(cholesky_factor({1, 2, 2, 1}, 2), std::domain_error);
}

TEST(LinearDiscriminant, separates_shifted_clouds_where_a_common_direction_dominates) {
  std::vector<std::vector<double>> first, second;
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    const double common = 10 * random.normal();
    first.push_back({common + 0.1 * random.normal(), common});
    second.push_back({common + 1 + 0.1 * random.normal(), common});
  }
  const LinearDiscriminant discriminant(first, second);
  int right = 0;
  for (int i = 0; i < 400; ++i) right += discriminant.score(second[i]) > 0, right += discriminant.score(first[i]) < 0;
  EXPECT_GT(right, 640);  // either number alone gives about 0.52 of 800
}

}  // namespace
}  // namespace terrace
