#include "inversion/steps_near.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

bool has_step(const std::vector<Hypothesis>& steps, int plane, int depth, int height) {
  return std::ranges::any_of(steps, [&](const Hypothesis& h) {
    return h.plane == plane && h.step_depth_cells == depth && h.step_height_cells == height;
  });
}

/// A step and its mirror image project alike: film from cell 1 on above depth 6 of 20, from 0 on below it.
TEST(StepsNear, hold_the_step_and_its_mirror_image) {
  const double boundary = 6.0 / 20;
  const auto steps = steps_near(boundary, 1e-6, 20);
  EXPECT_EQ(steps.size(), 2U);
  EXPECT_TRUE(has_step(steps, 1, 6, -1));
  EXPECT_TRUE(has_step(steps, 0, 14, 1));
}

TEST(StepsNear, lie_within_the_tolerance_and_miss_none_there) {
  const auto steps = steps_near(0.25, 0.1, 20);
  for (const auto& step : steps) EXPECT_NEAR(mean_boundary(step), 0.25, 0.1 + 1e-12);
  // 15, 25 and 35 % of a cell are three to seven of twenty cells, either way.
  EXPECT_EQ(steps.size(), 2U * 5);
}

TEST(StepsNear, pairs_keep_the_boundary_and_their_terraces) {
  const int thickness = 20;
  const auto pairs = pairs_near(0.3, 5, thickness, 3);
  EXPECT_GT(pairs.size(), 5U);
  for (const auto& pair : pairs) {
    EXPECT_NEAR(mean_boundary(pair), 0.3, 0.5 / thickness + 1e-12);
    const int first = pair.step_depth_cells, second = pair.second_step_depth_cells;
    EXPECT_GE(std::min({first, second - first, thickness - second}), 3);
  }
}

TEST(StepsNear, neighbours_differ_by_a_cell) {
  const Hypothesis pair{.interface_class = InterfaceClass::rough,
                        .thickness_cells = 20,
                        .step_depth_cells = 3,
                        .step_height_cells = 1,
                        .second_step_depth_cells = 12,
                        .second_step_height_cells = -1};
  const auto near = neighbours_of_pair(pair, 3);
  EXPECT_EQ(near.size(), 5U) << "a first step at two cells would be none";
  EXPECT_EQ(neighbours_of_pair(pair, 1).size(), 8U);
  for (const auto& one : near) {
    const int first = std::abs(one.step_depth_cells - 3), second = std::abs(one.second_step_depth_cells - 12);
    EXPECT_EQ(std::max(first, second), 1);
  }
}

}  // namespace
}  // namespace terrace
