#include "inversion/candidates.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

Hypothesis step_at(int depth) {
  return {.interface_class = InterfaceClass::rough,
          .thickness_cells = 10,
          .step_depth_cells = depth,
          .step_height_cells = 1};
}

TEST(Candidates, stand_best_first) {
  Candidates candidates;
  candidates.add({step_at(4), -3, false});
  candidates.add({step_at(5), -1, false});
  candidates.add({step_at(6), -2, true});
  EXPECT_EQ(candidates.best().hypothesis.step_depth_cells, 5);
  EXPECT_EQ(candidates.best_fitted_step()->step_depth_cells, 6);
}

TEST(Candidates, a_fit_outlives_scores) {
  Candidates candidates;
  candidates.add({step_at(4), -3, false});
  candidates.add({step_at(4), -2, false});
  candidates.add({step_at(4), -4, false});
  EXPECT_EQ(candidates.best().log_evidence, -2) << "of two scores the better one";
  candidates.add({step_at(4), -5, true});
  candidates.add({step_at(4), -1, false});
  ASSERT_EQ(candidates.all().size(), 1U);
  EXPECT_EQ(candidates.best().log_evidence, -5);
  EXPECT_FALSE(candidates.take_score(step_at(4)));
  candidates.add({step_at(5), -1, false});
  candidates.drop_scores();
  ASSERT_EQ(candidates.all().size(), 1U);
  EXPECT_TRUE(candidates.best().fitted);
}

TEST(Candidates, a_fit_that_ended_short_is_raised_and_one_far_short_counts_no_more) {
  Candidates candidates;
  candidates.add({step_at(4), -5, true});
  candidates.raise({step_at(4), -6, false}, 1);
  EXPECT_EQ(candidates.best().log_evidence, -5);
  candidates.raise({step_at(4), -4.5, false}, 1);
  EXPECT_EQ(candidates.best().log_evidence, -4.5);
  EXPECT_TRUE(candidates.best().fitted);
  candidates.raise({step_at(4), -3, false}, 1);
  EXPECT_EQ(candidates.best().log_evidence, -3);
  EXPECT_FALSE(candidates.best().fitted);
  candidates.raise({step_at(5), -2, false}, 1);
  EXPECT_EQ(candidates.best().hypothesis.step_depth_cells, 5);
}

TEST(Candidates, a_fit_comes_back_where_the_score_that_displaced_it_is_not_kept) {
  Hypothesis thicker = step_at(4);
  thicker.thickness_cells = 11;
  Candidates candidates;
  candidates.add({step_at(4), 0, true});
  candidates.add({step_at(5), -5, true});
  candidates.raise({thicker, 20, false}, 1);
  EXPECT_EQ(candidates.take_score(thicker), 20);
  candidates.add({thicker, -9, true});
  EXPECT_EQ(candidates.best().log_evidence, 0);
  EXPECT_EQ(candidates.best().hypothesis.thickness_cells, 10);
  candidates.raise({thicker, 20, false}, 1);
  candidates.drop_scores();
  ASSERT_EQ(candidates.all().size(), 2U);
  EXPECT_EQ(candidates.best().log_evidence, 0);
}

TEST(Candidates, a_later_fit_that_is_worse_changes_nothing) {
  Candidates candidates;
  candidates.add({step_at(4), -1, true});
  candidates.add({step_at(4), -3, true});
  EXPECT_EQ(candidates.best().log_evidence, -1);
  candidates.add({step_at(4), -0.5, true});
  EXPECT_EQ(candidates.best().log_evidence, -0.5);
}

TEST(Candidates, a_score_is_taken_once) {
  Candidates candidates;
  candidates.add({step_at(4), -3, false});
  EXPECT_EQ(candidates.take_score(step_at(4)), -3);
  EXPECT_FALSE(candidates.take_score(step_at(4)));
}

/// What is fitted has other numbers than it started from, and is the same structure.
TEST(Candidates, know_a_structure_at_another_thickness_and_width) {
  Candidates candidates;
  Hypothesis profile{.interface_class = InterfaceClass::diffuse, .thickness_cells = 10, .sigma_a_cells = 0.2};
  candidates.add({profile, -3, false});
  profile.thickness_cells = 11;
  profile.sigma_a_cells = 0.6;
  candidates.add({profile, -2, true});
  EXPECT_EQ(candidates.all().size(), 1U);
  profile.sigma_a_cells = 0;
  candidates.add({profile, -2, true});
  EXPECT_EQ(candidates.all().size(), 2U) << "a mixed cell is another structure than a profile";
}

}  // namespace
}  // namespace terrace
