#include "specimen/interface_labels.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

Interface with_steps(std::vector<int> depths, std::vector<int> heights) {
  Interface interface;
  interface.step_depths_cells = std::move(depths);
  interface.step_heights_cells = std::move(heights);
  return interface;
}

TEST(InterfaceLabels, the_first_step_is_the_one_nearest_the_entrance) {
  const auto labels = labels_of(with_steps({30, 10}, {1, -1}));
  EXPECT_EQ(labels.step_count, 2);
  EXPECT_EQ(labels.step_depth_cells, 10);
  EXPECT_EQ(labels.step_height_cells, -1);
  EXPECT_TRUE(labels.rough);
  EXPECT_FALSE(labels.diffuse);
  EXPECT_DOUBLE_EQ(labels.boundary_offset_cells, -20.0 / 40);
}

TEST(InterfaceLabels, steps_near_a_surface_count_as_none) {
  const LabelRules rules{.surface_margin_cells = 3};
  EXPECT_EQ(labels_of(with_steps({2, 38}, {1, 1}), rules).step_count, 0);
  EXPECT_FALSE(labels_of(with_steps({2}, {1}), rules).rough);
  EXPECT_EQ(labels_of(with_steps({2, 3, 37}, {1, 1, -1}), rules).step_count, 2);
  EXPECT_EQ(labels_of(with_steps({2, 3, 37}, {1, 1, -1}), rules).step_depth_cells, 3);
}

TEST(InterfaceLabels, a_narrow_profile_counts_as_abrupt) {
  Interface interface;
  interface.sigma_b_cells = 0.29;
  EXPECT_FALSE(labels_of(interface).diffuse);
  interface.sigma_b_cells = 0.3;
  EXPECT_TRUE(labels_of(interface).diffuse);
  EXPECT_FALSE(labels_of(Interface{}, {.least_sigma_cells = 0}).diffuse);
}

TEST(InterfaceLabels, a_twin_shares_the_offset_of_its_original_and_is_diffuse) {
  const auto interface = with_steps({10}, {1});
  const auto twin = labels_of_diffuse(projected_twin(composition(interface)), interface.substrate_cells);
  EXPECT_NEAR(twin.boundary_offset_cells, labels_of(interface).boundary_offset_cells, 1e-12);
  EXPECT_NEAR(twin.sigma_a_cells, std::sqrt(0.25 * 0.75), 1e-12);
  EXPECT_TRUE(twin.diffuse);
  EXPECT_EQ(twin.step_count, 0);
}

}  // namespace
}  // namespace terrace
