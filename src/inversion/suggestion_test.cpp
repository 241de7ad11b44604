#include "inversion/suggestion.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

Prediction rough_at(int depth_cells) {
  Prediction prediction;
  prediction.class_probability = {0.1, 0.7, 0.1, 0.1};
  prediction.depth_probability.assign(10, 0.02);
  prediction.depth_probability[depth_cells] = 0.82;
  prediction.step_height_probability_up = 0.2;
  return prediction;
}

TEST(StepOf, names_the_commonest_cell_and_the_direction) {
  const auto step = step_of(rough_at(7));
  ASSERT_TRUE(step);
  EXPECT_EQ(step->step_depth_cells, 7);
  EXPECT_EQ(step->step_height_cells, -1);
}

TEST(StepOf, is_silent_where_the_prediction_is_or_sees_none) {
  auto prediction = rough_at(7);
  prediction.abstains = true;
  EXPECT_FALSE(step_of(prediction));
  prediction = rough_at(7);
  prediction.class_probability = {0.7, 0.1, 0.1, 0.1};
  EXPECT_FALSE(step_of(prediction));
}

}  // namespace
}  // namespace terrace
