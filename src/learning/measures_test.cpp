#include <gtest/gtest.h>

#include "learning/evaluation.h"

namespace terrace {
namespace {

JudgedSample judged(InterfaceClass truth, std::array<double, 4> probability, int family = 0) {
  JudgedSample s;
  s.labels.interface_class = truth;
  s.origin.family = family;
  s.origin.index = family;
  s.prediction.class_probability = probability;
  return s;
}

JudgedSample step(double truth_cells, double answer_cells, double probability_up, int height = 1) {
  auto s = judged(InterfaceClass::rough, {0, 1, 0, 0});
  s.labels.step_depth_cells = truth_cells;
  s.labels.step_depth_nm = truth_cells * 0.3905;
  s.labels.step_height_cells = height;
  s.labels.thickness_nm = 30 * 0.3905;
  s.labels.step_count = 1;
  s.prediction.depth_nm = answer_cells * 0.3905;
  s.prediction.depth_low_nm = (answer_cells - 1.5) * 0.3905;
  s.prediction.depth_high_nm = (answer_cells + 1.5) * 0.3905;
  s.prediction.step_height_probability_up = probability_up;
  return s;
}

double value_of(const std::vector<JudgedSample>& samples, std::string_view name) {
  const auto evaluation = evaluation_of(samples);
  const auto* measure = evaluation.find(name);
  return measure ? measure->value : -1;
}

TEST(Measures, rough_against_diffuse_asks_only_which_of_the_two_is_likelier) {
  const std::vector samples = {
      judged(InterfaceClass::rough, {0.9, 0.06, 0.04, 0}),  // "abrupt", but rather rough than diffuse: right
      judged(InterfaceClass::diffuse, {0, 0.6, 0.4, 0}),    // wrong
      judged(InterfaceClass::abrupt, {1, 0, 0, 0}),         // not asked
      judged(InterfaceClass::both, {0, 0, 0, 1}),           // not asked
  };
  EXPECT_DOUBLE_EQ(value_of(samples, "rough_vs_diffuse"), 0.5);
  EXPECT_EQ(value_of(samples, "rough_vs_diffuse_matched"), -1);  // no twins, no figure
  EXPECT_DOUBLE_EQ(value_of(samples, "class_accuracy"), 0.5);
  EXPECT_DOUBLE_EQ(value_of(samples, "abrupt_recall"), 1);
}

TEST(Measures, twins_are_judged_apart) {
  auto twin = judged(InterfaceClass::rough, {0, 0.1, 0.9, 0});
  twin.origin.pair = 3;
  const std::vector samples = {twin, judged(InterfaceClass::rough, {0, 1, 0, 0})};
  EXPECT_DOUBLE_EQ(value_of(samples, "rough_vs_diffuse"), 0.5);
  EXPECT_DOUBLE_EQ(value_of(samples, "rough_vs_diffuse_matched"), 0);
}

TEST(Measures, depth_is_judged_in_whole_cells) {
  const std::vector samples = {step(10, 10.4, 1), step(10, 11.2, 1), step(10, 12.4, 1), step(10, 9.6, 1)};
  EXPECT_DOUBLE_EQ(value_of(samples, "step_exact_cell"), 0.5);
  EXPECT_DOUBLE_EQ(value_of(samples, "step_within_one_cell"), 0.75);
  EXPECT_NEAR(value_of(samples, "step_depth_mae_nm"), (0.4 + 1.2 + 2.4 + 0.4) / 4 * 0.3905, 1e-9);
}

TEST(Measures, of_three_steps_two_or_more_is_the_right_count) {
  auto none = judged(InterfaceClass::diffuse, {0, 0, 1, 0}), one = step(10, 10, 1), many = step(10, 10, 1);
  many.labels.step_count = 3;
  for (auto* s : {&none, &one, &many}) s->prediction.step_count_probability = {0.1, 0.3, 0.6};
  EXPECT_DOUBLE_EQ(value_of({none, one, many}, "step_count_accuracy"), 1.0 / 3);
}

TEST(Measures, the_thickness_is_judged_against_the_true_one_not_the_given_one) {
  auto s = step(10, 10, 1);
  s.labels.thickness_nm = 10;
  s.conditions.thickness_nm = 12;
  s.prediction.estimated_thickness_nm = 10.5;
  EXPECT_DOUBLE_EQ(value_of({s}, "thickness_mae_nm"), 0.5);
  EXPECT_DOUBLE_EQ(value_of({s}, "given_thickness_mae_nm"), 2);
}

TEST(Measures, a_mirror_answer_has_the_other_depth_and_the_other_direction) {
  EXPECT_TRUE(is_mirror_answer(step(10, 20, 0.1)));
  EXPECT_FALSE(is_mirror_answer(step(10, 20, 0.9)));  // the direction is right
  EXPECT_FALSE(is_mirror_answer(step(10, 25, 0.1)));  // another depth altogether
  EXPECT_FALSE(is_mirror_answer(step(15, 15, 0.1)));  // in the middle the depth says nothing
}

TEST(Measures, coverage_counts_truths_inside_the_interval) {
  EXPECT_TRUE(interval_covers(step(10, 10, 1)));
  EXPECT_TRUE(interval_covers(step(10, 10.9, 1)));
  EXPECT_FALSE(interval_covers(step(10, 12.1, 1)));
}

TEST(Measures, calibration_error_of_a_boaster_is_its_excess) {
  std::vector<JudgedSample> samples;
  std::vector<std::int64_t> all;
  for (int i = 0; i < 10; ++i) {
    samples.push_back(judged(i < 6 ? InterfaceClass::rough : InterfaceClass::diffuse, {0.02, 0.95, 0.02, 0.01}, i));
    all.push_back(i);
  }
  EXPECT_NEAR(expected_calibration_error(samples, all), 0.35, 1e-12);
  const auto bins = reliability_of(samples);
  ASSERT_EQ(bins.size(), 1u);
  EXPECT_NEAR(bins[0].confidence, 0.95, 1e-12);
  EXPECT_NEAR(bins[0].right, 0.6, 1e-12);
  EXPECT_EQ(bins[0].n, 10);
}

TEST(Evaluation, its_record_holds_every_measure_by_name_and_the_confusion_by_truth) {
  const std::vector samples = {judged(InterfaceClass::abrupt, {0, 0, 1, 0}), step(10, 10, 1)};
  const auto json = to_json(evaluation_of(samples));
  EXPECT_EQ(json.at("confusion_matrix").at("counts").at(0).at(2), 1);
  EXPECT_EQ(json.at("confusion_matrix").at("counts").at(1).at(1), 1);
  EXPECT_EQ(json.at("class_accuracy").at("n"), 2);
  EXPECT_EQ(json.at("depth_scatter").size(), 1u);
  EXPECT_FALSE(json.contains("rough_vs_diffuse_matched"));
}

}  // namespace
}  // namespace terrace
