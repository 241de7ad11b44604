// What an interval holds of the true cell is what drawing places in it comes to.
#include "dataset/depth_distribution.h"

#include <gtest/gtest.h>

#include <vector>

namespace terrace {
namespace {

TEST(DepthDistribution, a_cell_that_holds_everything_lies_inside_by_the_share_itself) {
  EXPECT_NEAR(share_inside(0.9, 0.3, 1, 0.3), 0.9, 1e-12);
  EXPECT_NEAR(share_inside(0.9, 0.99, 1, 0.99), 0.9, 1e-12);
}

TEST(DepthDistribution, what_is_inside_is_the_mean_over_places) {
  const std::vector<double> p = {0.02, 0.3, 0.62, 0.06};
  for (int truth = 0; truth < 4; ++truth) {
    double inside = 0;
    constexpr int places = 100000;
    for (int i = 0; i < places; ++i)
      inside += central_share(depth_rank(p, truth, (i + 0.5) / places)) <= 0.9 ? 1.0 / places : 0;
    for (const double place : {0.0, 0.4, 1.0})
      EXPECT_NEAR(share_inside(0.9, depth_rank(p, truth, place), p[truth], place), inside, 2e-5) << truth;
  }
}

TEST(DepthDistribution, a_cell_that_was_never_probable_is_inside_where_it_lies) {
  EXPECT_EQ(share_inside(0.9, 0.5, 0, 0.2), 1);
  EXPECT_EQ(share_inside(0.9, 0, 0, 0.2), 0);
}

}  // namespace
}  // namespace terrace
