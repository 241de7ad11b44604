#include "core/averages.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

TEST(Averages, mean_is_the_sum_over_the_number_and_of_nothing_0) {
  Array<double, 2> image({2, 3});
  for (int i = 0; i < 6; ++i) image.data()[i] = i * i;
  EXPECT_DOUBLE_EQ(mean_of(image), 55.0 / 6);
  EXPECT_EQ(mean_of(Array<double, 2>({0, 0})), 0);
}

TEST(Averages, an_outlier_does_not_move_the_median) {
  EXPECT_EQ(median({3, 1e9, 1}), 3);
  EXPECT_EQ(median({4, 1, 3, 2}), 3);
  EXPECT_EQ(median({7}), 7);
}

}  // namespace
}  // namespace terrace
