// A map says how many stretches are what, and greys those that give no answer.
#include "report/prediction_map.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

StretchPrediction stretch_of(int number, InterfaceClass kind, double probability) {
  StretchPrediction stretch{number * 10.0, (number + 1) * 10.0, {}};
  auto& p = stretch.prediction;
  p.class_probability.fill((1 - probability) / 3);
  p.class_probability[static_cast<int>(kind)] = probability;
  p.depth_nm = 4 + number, p.depth_low_nm = 3 + number, p.depth_high_nm = 5 + number;
  p.depth_half_low_nm = 3.6 + number, p.depth_half_high_nm = 4.4 + number;
  p.thickness_nm = 15;
  p.estimated_thickness_nm = 15, p.estimated_thickness_error = 0.5;
  p.step_height_probability_up = 0.9;
  return stretch;
}

std::vector<StretchPrediction> three_rough_one_abrupt() {
  return {stretch_of(0, InterfaceClass::rough, 0.9), stretch_of(1, InterfaceClass::rough, 0.9),
          stretch_of(2, InterfaceClass::abrupt, 0.7), stretch_of(3, InterfaceClass::rough, 0.9)};
}

TEST(PredictionMap, counts_stretches_by_class_with_the_number_expected) {
  // Expected: 3 × 0.9 + 0.1; variance: 4 × 0.09.
  const auto text = map_in_words(three_rough_one_abrupt());
  EXPECT_TRUE(says(text, "Rough along 3 of 4 stretches (2.8 ± 0.6 by their probabilities), abrupt along 1.")) << text;
  EXPECT_TRUE(says(text, "4.0 to 7.0 nm deep")) << text;
  EXPECT_TRUE(says(text, "substrate advances along 3 of 3")) << text;
}

TEST(PredictionMap, stretches_without_an_answer_are_counted_and_greyed_alone) {
  auto map = three_rough_one_abrupt();
  map[3].prediction.abstains = true;
  const auto text = map_in_words(map);
  EXPECT_TRUE(says(text, "Rough along 2 of 4 stretches")) << text;
  EXPECT_TRUE(says(text, "No answer along 1.")) << text;
  for (const auto& chart : map_section(map).charts) {
    ASSERT_EQ(chart.withheld.size(), 1u) << chart.title;
    EXPECT_DOUBLE_EQ(chart.withheld[0].low, 3);
    EXPECT_DOUBLE_EQ(chart.withheld[0].high, 4);
  }
  for (auto& stretch : map) stretch.prediction.abstains = true;
  EXPECT_EQ(map_in_words(map), "None of the 4 stretches is answered for.");
}

TEST(PredictionMap, a_wedge_is_told_by_its_slope_and_a_flat_specimen_is_none) {
  auto map = three_rough_one_abrupt();
  EXPECT_TRUE(says(map_in_words(map), "no wedge is seen"));
  for (int i = 0; i < 4; ++i) map[i].prediction.estimated_thickness_nm += i;
  // Four points of 0.5 nm, 1 apart: the slope is known to 0.5 / √5, three of them end to end.
  const auto text = map_in_words(map);
  EXPECT_TRUE(says(text, "+3.0 ± 0.7 nm")) << text;
  EXPECT_TRUE(says(text, "a wedge")) << text;
}

TEST(PredictionMap, depths_are_drawn_only_where_a_step_is_likely) {
  const auto map = three_rough_one_abrupt();
  const auto& curve = map_section(map).charts[1].curves[0];
  EXPECT_DOUBLE_EQ(curve.x[1], 1.5);
  EXPECT_DOUBLE_EQ(curve.low[1], 4.6);
  EXPECT_TRUE(std::isnan(curve.y[2]));
  EXPECT_FALSE(std::isnan(curve.y[3]));
}

}  // namespace
}  // namespace terrace
