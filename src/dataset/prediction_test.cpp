// What a prediction says survives its file.
#include "dataset/prediction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terrace {
namespace {

/// A prediction in which no two numbers are alike.
Prediction distinct_prediction() {
  Prediction p;
  p.class_probability = {0.1, 0.6, 0.2, 0.1};
  p.depth_probability = {0.25, 0.5, 0.25};
  p.depth_nm = 4.5, p.depth_low_nm = 2, p.depth_high_nm = 7;
  p.depth_half_low_nm = 3.5, p.depth_half_high_nm = 5.25;
  p.thickness_nm = 12, p.estimated_thickness_nm = 12.5, p.estimated_thickness_error = 0.75;
  p.abstains = true;
  p.reasons = {"why"};
  p.summary = "Rough.";
  return p;
}

TEST(Prediction, comes_back_from_json_as_it_was) {
  const auto json = to_json(distinct_prediction());
  EXPECT_EQ(to_json(prediction_from_json(json)), json);
  EXPECT_EQ(prediction_from_json(json).depth_half_high_nm, 5.25);
}

TEST(Prediction, withheld_before_anything_was_read_holds_no_numbers) {
  const auto json = to_json(withheld("no interface.", {"why"}));
  EXPECT_TRUE(json.at("depth_nm").is_null());
  EXPECT_TRUE(json.at("out_of_domain").is_null());
  EXPECT_EQ(json.at("summary"), "Cannot tell: no interface.");
  EXPECT_EQ(to_json(prediction_from_json(json)), json);
}

TEST(Prediction, of_two_steps_says_so) {
  auto prediction = distinct_prediction();
  EXPECT_THAT(finding_in_words(prediction), testing::StartsWith("a step 4.5 nm below"));
  prediction.step_count_probability = {0.1, 0.2, 0.7};
  EXPECT_THAT(finding_in_words(prediction), testing::StartsWith("two steps, the first 4.5 nm below"));
}

TEST(Prediction, of_a_stretch_keeps_its_place) {
  const auto json = to_json(StretchPrediction{-0.25, 39, distinct_prediction()});
  const auto again = stretch_prediction_from_json(json);
  EXPECT_EQ(again.from_angstrom, -0.25);
  EXPECT_EQ(again.to_angstrom, 39);
  EXPECT_EQ(to_json(again.prediction), to_json(distinct_prediction()));
}

}  // namespace
}  // namespace terrace
