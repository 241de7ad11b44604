#include "learning/target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace terrace {
namespace {

Labels step_at(double cells) {
  Labels labels;
  labels.interface_class = InterfaceClass::rough;
  labels.step_count = 1;
  labels.step_depth_cells = cells;
  labels.step_height_cells = 1;
  return labels;
}

double sum(const std::vector<float>& shares) { return std::accumulate(shares.begin(), shares.end(), 0.0); }

TEST(Target, a_depth_is_spread_evenly_about_its_bin) {
  const auto target = target_of(step_at(8), {}, 20, 0.7);
  EXPECT_NEAR(sum(target.depth), 1, 1e-6);
  EXPECT_FLOAT_EQ(target.depth[7], target.depth[9]);
  EXPECT_NEAR(target.depth[9] / target.depth[8], std::exp(-0.5 / 0.49), 1e-6);
  EXPECT_EQ(target.up, 1);
}

TEST(Target, two_steps_share_the_depth_distribution) {
  Labels labels = step_at(5);
  labels.step_count = 2;
  labels.second_step_depth_cells = 14;
  const auto target = target_of(labels, {}, 20, 0);
  EXPECT_EQ(target.step_count, 2);
  EXPECT_NEAR(target.depth[5], 0.5, 1e-6);
  EXPECT_NEAR(target.depth[14], 0.5, 1e-6);
  EXPECT_NEAR(sum(target.depth), 1, 1e-6);
}

TEST(Target, without_a_step_there_is_no_depth) {
  EXPECT_TRUE(target_of(Labels{}, {}, 20, 0.7).depth.empty());
  Labels hidden = step_at(8);
  hidden.interface_class = InterfaceClass::abrupt;  // too near a surface to count
  EXPECT_TRUE(target_of(hidden, {}, 20, 0.7).depth.empty());
}

TEST(Target, regressions_are_in_the_networks_units_and_thickness_is_what_exceeds_the_measured_one) {
  Labels labels;
  labels.sigma_a_cells = 1.5;
  labels.thickness_nm = 21;
  labels.film_cell_angstrom = regressions[4].middle + 2 * regressions[4].scale;
  Conditions conditions;
  conditions.thickness_nm = 20;
  const auto values = target_of(labels, conditions, 20, 0).values;
  EXPECT_FLOAT_EQ(values[0], 1.5f);
  EXPECT_NEAR(values[3] * regressions[3].scale, 1, 1e-6);
  EXPECT_NEAR(values[4], 2, 1e-4);
}

}  // namespace
}  // namespace terrace
