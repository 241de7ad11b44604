#include "inversion/trial_measures.h"

#include <gtest/gtest.h>

#include <string>

namespace terrace {
namespace {

constexpr double electrons = 1000;

/// A single step of 20 cells, found where it is.
TrialOutcome step_at(int depth) {
  TrialOutcome outcome{.trial = {.family = depth, .electrons_per_pattern = electrons}};
  outcome.truth = outcome.inversion.answered = InterfaceClass::rough;
  outcome.inversion.class_probability = outcome.inversion.answered_probability = 0.97;
  outcome.thickness_cells = outcome.inversion.found_thickness_cells = 20;
  outcome.step_count = 1;
  outcome.depth_cells = outcome.inversion.found_depth_cells = depth;
  outcome.inversion.depth_rank = 0.5;
  outcome.nearest_surface_cells = std::min(depth, 20 - depth);
  return outcome;
}

Measure measure(const std::vector<TrialOutcome>& outcomes, const std::string& name) {
  for (const auto& m : measures_of(outcomes, electrons))
    if (m.name == name) return m;
  ADD_FAILURE() << name;
  return {};
}

double false_confidence(const TrialOutcome& outcome) { return measure({outcome}, "false_confidence").value; }

TEST(TrialMeasures, false_confidence_is_a_sure_wrong_class) {
  auto outcome = step_at(7);
  EXPECT_EQ(false_confidence(outcome), 0);
  outcome.inversion.answered = InterfaceClass::diffuse;
  EXPECT_EQ(false_confidence(outcome), 1);
  outcome.inversion.answered_probability = 0.6;
  EXPECT_EQ(false_confidence(outcome), 0);
}

TEST(TrialMeasures, false_confidence_is_a_place_off_and_outside_the_interval) {
  auto outcome = step_at(7);
  outcome.inversion.found_depth_cells = 10;
  EXPECT_EQ(false_confidence(outcome), 0);  // the interval holds the truth
  outcome.inversion.depth_rank = 0.99;
  EXPECT_EQ(false_confidence(outcome), 1);
  outcome.inversion.found_depth_cells = 8;
  EXPECT_EQ(false_confidence(outcome), 0);
}

TEST(TrialMeasures, a_withheld_answer_is_never_falsely_confident) {
  auto outcome = step_at(7);
  outcome.inversion.answered = InterfaceClass::abrupt;
  outcome.inversion.abstained = true;
  EXPECT_EQ(false_confidence(outcome), 0);
}

TEST(TrialMeasures, steps_near_a_surface_are_counted_apart) {
  auto near = step_at(2);
  near.inversion.answered = InterfaceClass::diffuse;
  const std::vector<TrialOutcome> outcomes = {near, step_at(3), step_at(10)};
  EXPECT_NEAR(measure(outcomes, "rough_vs_twin").value, 2.0 / 3, 1e-12);
  EXPECT_EQ(measure(outcomes, "rough_vs_twin_inside").value, 1);
  EXPECT_EQ(measure(outcomes, "rough_vs_twin_inside").n, 2);
}

TEST(TrialMeasures, coverage_takes_the_whole_of_the_true_cell) {
  auto certain = step_at(7), missed = step_at(8);
  certain.inversion.exact_probability = 1;
  certain.inversion.depth_rank = place_in_cell(certain.trial);
  missed.inversion.exact_probability = 0;
  missed.inversion.depth_rank = 1;
  EXPECT_NEAR(measure({certain}, "coverage_90").value, 0.9, 1e-12);
  EXPECT_NEAR(measure({certain, missed}, "coverage_90").value, 0.45, 1e-12);
}

TEST(TrialMeasures, sure_answers_are_those_of_their_class_and_stand_beside_what_they_say) {
  auto wrong = step_at(7), unsure = step_at(8);
  wrong.inversion.answered = InterfaceClass::diffuse;
  wrong.inversion.answered_probability = 0.93;
  unsure.inversion.answered_probability = 0.8;
  const std::vector<TrialOutcome> outcomes = {wrong, unsure, step_at(9)};
  EXPECT_EQ(measure(outcomes, "sure_and_right").value, 0.5);
  EXPECT_NEAR(measure(outcomes, "sure_says").value, 0.95, 1e-12);
}

TEST(TrialMeasures, exact_cells_are_compared_with_the_bound_of_the_same_steps) {
  auto hit = step_at(7), missed = step_at(8), unbounded = step_at(9);
  hit.bound_exact = 0.6, missed.bound_exact = 0.9;
  missed.inversion.found_depth_cells = 9;
  const auto beyond = measure({hit, missed, unbounded}, "exact_cell_beyond_bound");
  EXPECT_NEAR(beyond.value, (0.4 - 0.9) / 2, 1e-12);
  EXPECT_EQ(beyond.n, 2);
}

TEST(TrialMeasures, each_kind_of_truth_is_counted_by_itself) {
  auto pair = step_at(4), abrupt = step_at(9);
  pair.step_count = 2;
  pair.inversion.answered = InterfaceClass::both;
  abrupt.truth = InterfaceClass::abrupt;
  abrupt.step_count = 0;
  const std::vector<TrialOutcome> outcomes = {step_at(7), pair, abrupt};
  EXPECT_EQ(measure(outcomes, "class_accuracy_of_one_step").value, 1);
  EXPECT_EQ(measure(outcomes, "class_accuracy_of_two_steps").value, 0);
  EXPECT_EQ(measure(outcomes, "false_confidence_of_two_steps").value, 1);
  EXPECT_EQ(measure(outcomes, "false_confidence_of_abrupt").value, 1);  // sure of a step
  for (const auto& m : measures_of(outcomes, electrons)) EXPECT_EQ(m.name.find("_of_diffuse"), std::string::npos);
}

TEST(TrialMeasures, untempered_answers_stand_beside_tempered_ones) {
  auto outcome = step_at(7);
  for (const auto& m : measures_of({outcome}, electrons)) EXPECT_EQ(m.name.find("untempered"), std::string::npos);
  outcome.inversion.interval_cells = 4;
  outcome.untempered = outcome.inversion;
  outcome.untempered->interval_cells = 2;
  EXPECT_EQ(measure({outcome}, "interval_cells").value, 4);
  EXPECT_EQ(measure({outcome}, "untempered_interval_cells").value, 2);
}

TEST(TrialMeasures, only_trials_of_the_dose_are_counted) {
  auto other = step_at(4);
  other.trial.electrons_per_pattern = 10 * electrons;
  EXPECT_EQ(measure({step_at(5), other}, "exact_cell").n, 1);
}

TEST(TrialMeasures, the_network_is_judged_as_the_inversion_is) {
  auto outcome = step_at(7);
  EXPECT_EQ(measures_of({outcome}, electrons).back().name.find("network_"), std::string::npos);
  outcome.network = outcome.inversion;
  outcome.network->found_depth_cells = 9;
  EXPECT_EQ(measure({outcome}, "exact_cell").value, 1);
  EXPECT_EQ(measure({outcome}, "network_exact_cell").value, 0);
  EXPECT_EQ(measure({outcome}, "network_depth_error_cells").value, 2);
}

TEST(TrialOutcome, survives_its_file) {
  auto outcome = step_at(7);
  outcome.network = outcome.inversion;
  outcome.network->found_depth_cells = 9;
  outcome.network_name = "a network";
  outcome.untempered = outcome.inversion;
  outcome.untempered->interval_cells = 0.5;
  outcome.tempering = 1.4;
  const auto json = to_json(outcome);
  EXPECT_EQ(to_json(trial_outcome_from_json(json)), json);
  EXPECT_EQ(json["network"]["found_depth_cells"], 9);
  EXPECT_EQ(json["untempered"]["tempering"], 1.4);
  EXPECT_EQ(json["untempered"]["interval_cells"], 0.5);
}

}  // namespace
}  // namespace terrace
