#include "inversion/scores.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

constexpr double cell_nm = 0.3905;

Hypothesis step(int depth, int height, int plane = 0) {
  return {.interface_class = InterfaceClass::rough,
          .thickness_cells = 10,
          .plane = plane,
          .step_depth_cells = depth,
          .step_height_cells = height,
          .prior = 0.5};
}

/// The posterior that is sure of `answer`.
Posterior sure_of(const Hypothesis& answer) {
  const Hypothesis all[] = {answer};
  const double likelihoods[] = {0.0};
  return posterior_of(all, likelihoods);
}

TEST(Scores, the_truth_scores_full) {
  const auto scores = scores_of(sure_of(step(3, 1)), step(3, 1), cell_nm);
  for (const char* name :
       {"class_accuracy", "rough_vs_diffuse_matched", "step_exact_cell", "step_within_one_cell", "step_direction"})
    EXPECT_EQ(scores.at(name), 1) << name;
  EXPECT_EQ(scores.at("step_depth_mae_nm"), 0);
  EXPECT_EQ(scores.at("mirror_confusion"), 0);
}

TEST(Scores, the_next_cell_is_a_neighbour_and_not_exact) {
  const auto scores = scores_of(sure_of(step(4, 1)), step(3, 1), cell_nm);
  EXPECT_EQ(scores.at("step_exact_cell"), 0);
  EXPECT_EQ(scores.at("step_within_one_cell"), 1);
  EXPECT_NEAR(scores.at("step_depth_mae_nm"), cell_nm, 1e-12);
}

TEST(Scores, the_mirror_image_is_confusion_and_the_next_cell_is_none) {
  EXPECT_EQ(scores_of(sure_of(step(7, -1)), step(3, 1), cell_nm).at("mirror_confusion"), 1);
  EXPECT_EQ(scores_of(sure_of(step(7, 1)), step(3, 1), cell_nm).at("mirror_confusion"), 0);
  EXPECT_EQ(scores_of(sure_of(step(5, -1)), step(5, 1), cell_nm).at("mirror_confusion"), 0);
}

TEST(Scores, an_abrupt_interface_has_no_part_in_steps) {
  const Hypothesis abrupt{.thickness_cells = 10, .prior = 1};
  const auto scores = scores_of(sure_of(abrupt), abrupt, cell_nm);
  EXPECT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores.at("abrupt_recall"), 1);
}

TEST(Scores, the_nearest_rival_of_each_kind_settles_last) {
  // The truth, both next cells, its mirror image (upper terrace a cell on, step seen from below), a twin, a far step.
  const std::vector<Hypothesis> all = {
      step(3, 1),
      step(2, 1),
      step(4, 1),
      step(7, -1, 1),
      {.interface_class = InterfaceClass::diffuse, .thickness_cells = 10, .film_cells = 3},
      step(4, -1)};
  const auto electrons = settling_electrons(all, all[0], std::vector<double>{0, 0.02, 0.01, 0.5, 0.1, 1e-9});
  EXPECT_NEAR(electrons.at("step_from_next_cell"), 500, 1e-9);
  EXPECT_NEAR(electrons.at("step_from_mirror"), 10, 1e-9);
  EXPECT_NEAR(electrons.at("rough_from_diffuse"), 50, 1e-9);
}

}  // namespace
}  // namespace terrace
