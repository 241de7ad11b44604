#include "inversion/answer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "inversion/inversion_setting.h"

namespace terrace {
namespace {

Findings two_candidates(double log_evidence_apart) {
  const Hypothesis step{
      .interface_class = InterfaceClass::rough, .thickness_cells = 10, .step_depth_cells = 4, .step_height_cells = 1};
  Hypothesis next = step;
  next.step_depth_cells = 5;
  Findings findings;
  findings.candidates = {{step, 0, true}, {next, -log_evidence_apart, false}};
  return findings;
}

TEST(Answer, odds_are_those_of_the_evidence) {
  const auto posterior = weigh(two_candidates(2), {}, 1);
  EXPECT_NEAR(posterior[0].probability / posterior[1].probability, std::exp(2), 1e-9);
  EXPECT_NEAR(posterior[0].probability + posterior[1].probability, 1, 1e-12);
}

TEST(Answer, tempering_counts_every_electron_less) {
  const auto posterior = weigh(two_candidates(2), {}, 2);
  EXPECT_NEAR(posterior[0].probability / posterior[1].probability, std::exp(1), 1e-9);
  EXPECT_EQ(tempering_of({.ratio = 0.9}), 1);
  EXPECT_EQ(tempering_of({.ratio = 1.5}), 1.5);
  EXPECT_EQ(tempering_of({.ratio = 1.5, .coherent = 4}), 4);
}

TEST(Answer, thicknesses_are_weighed_whatever_the_structure) {
  auto findings = two_candidates(std::log(3));
  findings.candidates[1].hypothesis.thickness_cells = 11;
  const auto json = to_json(findings, weigh(findings, {.of_class = {0.25, 0.25, 0.25, 0.25}}, 1))["thickness_cells"];
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[1]["cells"], 11);
  // One of 20 steps of 11 cells for one of 18 of 10.
  EXPECT_NEAR(json[0]["probability"].get<double>() / json[1]["probability"].get<double>(), 3 * 20.0 / 18, 1e-9);
}

TEST(Answer, a_thickness_that_the_fit_leaves_open_is_open) {
  auto findings = two_candidates(50);
  Parameter thickness;
  thickness.name = "thickness";
  thickness.value = [](const Explanation& e) { return 1.0 * e.hypothesis.thickness_cells; };
  findings.parameters = {thickness};
  findings.best.errors = {0.7};
  double sum = 0, at_10 = 0, at_11 = 0;
  const auto json = to_json(findings, weigh(findings, {}, 1));
  for (const auto& one : json["thickness_cells"]) {
    const double probability = one["probability"];
    sum += probability;
    if (one["cells"] == 10) at_10 = probability;
    if (one["cells"] == 11) at_11 = probability;
  }
  EXPECT_NEAR(sum, 1, 1e-5);
  EXPECT_NEAR(at_11 / at_10, std::exp(-1 / (2 * 0.7 * 0.7)), 1e-9);
}

Candidate mixed_cell(double film_cells) {
  return {.hypothesis = {.interface_class = InterfaceClass::diffuse, .thickness_cells = 10, .film_cells = film_cells},
          .fitted = true};
}

/// What the prior says of a structure's numbers is no electron's; what counts leave open of them is wider by
/// √tempering.
TEST(Answer, tempering_leaves_the_prior_as_it_is) {
  Findings findings;
  findings.candidates = {{.hypothesis = {.thickness_cells = 10}, .fitted = true}, mixed_cell(4)};
  findings.candidates[1].log_evidence = 6 - 3;
  findings.candidates[1].log_occam = -3;
  findings.candidates[1].continuous_numbers = 1;
  const StructurePrior equal{.of_class = {0.25, 0.25, 0.25, 0.25}, .profile = 0};
  const auto posterior = weigh(findings, equal, 4);
  const auto probability_of = [&](InterfaceClass wanted) {
    for (const auto& one : posterior)
      if (one.candidate.hypothesis.interface_class == wanted) return one.probability;
    return 0.0;
  };
  EXPECT_NEAR(std::log(probability_of(InterfaceClass::diffuse) / probability_of(InterfaceClass::abrupt)),
              6 / 4.0 - 3 + std::log(4) / 2, 1e-9);
}

TEST(Answer, every_class_is_as_probable_whatever_kinds_it_has) {
  Candidate profile = mixed_cell(0);
  profile.hypothesis.sigma_a_cells = profile.hypothesis.sigma_b_cells = 0.5;
  Findings findings;
  findings.candidates = {{.hypothesis = {.thickness_cells = 10}, .fitted = true}, mixed_cell(4), profile};
  const auto posterior = weigh(findings, {}, 1);
  double abrupt = 0, diffuse = 0;
  for (const auto& [candidate, probability] : posterior)
    (candidate.hypothesis.interface_class == InterfaceClass::diffuse ? diffuse : abrupt) += probability;
  EXPECT_NEAR(abrupt, diffuse, 1e-12);
}

TEST(Answer, errors_are_those_of_the_fit_where_one_structure_has_all) {
  Findings findings;
  findings.candidates = {mixed_cell(2)};
  findings.best.explanation.hypothesis = findings.candidates[0].hypothesis;
  findings.parameters = structure_parameters(small_inversion(), findings.candidates[0].hypothesis);
  findings.best.errors = {0.5};  // of ten cells
  const auto answer = answer_of(findings, weigh(findings, {}, 1), small_inversion(), conditions_of_inversion(10));
  EXPECT_NEAR(answer.interface_offset_cells, 0.8, 1e-12);
  EXPECT_NEAR(answer.interface_offset_error, 0.05, 1e-12);
  // σ = √(s (1 − s)): by differences of the share.
  const auto width = [](double share) { return std::sqrt(share * (1 - share)); };
  EXPECT_NEAR(answer.sigma_a_error, (width(0.2005) - width(0.1995)) / 0.001 * 0.05, 1e-6);
}

TEST(Answer, depth_intervals_hold_their_share) {
  auto findings = two_candidates(0);
  findings.best.explanation.hypothesis = findings.candidates[0].hypothesis;
  const auto posterior = weigh(findings, {}, 1);
  const auto answer = answer_of(findings, posterior, small_inversion(), conditions_of_inversion(10));
  const double cell = answer.depth_bin_nm;
  // Half in cell 4, half in cell 5, each spread over its cell.
  EXPECT_NEAR(answer.depth_nm, 4.5 * cell, 1e-9);
  EXPECT_NEAR(answer.depth_low_nm, 3.6 * cell, 1e-9);
  EXPECT_NEAR(answer.depth_high_nm, 5.4 * cell, 1e-9);
  EXPECT_EQ(answer.step_count_probability[1], 1);
}

TEST(Answer, what_a_fit_needs_beyond_expectation_is_noted_and_far_beyond_withheld) {
  auto findings = two_candidates(3);
  findings.best.explanation.hypothesis = findings.candidates[0].hypothesis;
  const auto conditions = conditions_of_inversion(10);
  findings.parameters = nuisances_of(small_inversion(), conditions);
  for (const auto& p : findings.parameters) p.set(findings.best.explanation, p.expected);
  const auto answer = [&] { return answer_of(findings, weigh(findings, {}, 1), small_inversion(), conditions); };
  EXPECT_TRUE(answer().reasons.empty());
  const auto defocus = std::ranges::find(findings.parameters, "defocus", &Parameter::name);
  defocus->set(findings.best.explanation, defocus->expected + 4 * defocus->sigma);
  EXPECT_EQ(answer().reasons.size(), 1u);
  EXPECT_FALSE(answer().abstains);
  defocus->set(findings.best.explanation, defocus->most);
  EXPECT_TRUE(answer().abstains);
  EXPECT_NEAR(defocus->most, defocus->expected + farthest_deviations * defocus->sigma, 1e-12);
  defocus->set(findings.best.explanation, defocus->expected);
  const auto film_b = std::ranges::find(findings.parameters, "film B scale", &Parameter::name);
  film_b->set(findings.best.explanation, 0.2);
  EXPECT_FALSE(answer().abstains);
  film_b->set(findings.best.explanation, 0.06);  // atoms that hardly move, as far as the model has it
  EXPECT_TRUE(answer().abstains);
}

TEST(Answer, counts_that_scatter_too_little_for_their_dose_are_named) {
  auto findings = two_candidates(3);
  findings.best.explanation.hypothesis = findings.candidates[0].hypothesis;
  const auto reasons = [&](const GoodnessOfFit& goodness) {
    findings.goodness = goodness;
    return answer_of(findings, weigh(findings, {}, 1), small_inversion(), conditions_of_inversion(10)).reasons;
  };
  EXPECT_TRUE(reasons({.ratio = 0.8, .deviations = -20}).empty());
  ASSERT_EQ(reasons({.ratio = 0.3, .deviations = -20}).size(), 1u);
  EXPECT_NE(reasons({.ratio = 0.3, .deviations = -20})[0].find("0.30 times as much as their dose says"),
            std::string::npos);
}

TEST(Answer, a_whole_number_beside_what_is_expected_is_what_was_expected) {
  auto findings = two_candidates(3);
  auto conditions = conditions_of_inversion(10);
  conditions.thickness_nm = 12.63, conditions.thickness_error_nm = 0.05;  // 32.34 ± 0.07 cells
  findings.best.explanation.hypothesis = findings.candidates[0].hypothesis;
  findings.parameters = nuisances_of(small_inversion(), conditions);
  for (const auto& p : findings.parameters)
    p.set(findings.best.explanation, p.whole ? std::round(p.expected) : p.expected);
  EXPECT_TRUE(answer_of(findings, weigh(findings, {}, 1), small_inversion(), conditions).reasons.empty());
  conditions.thickness_nm = 12.7, conditions.thickness_error_nm = 0.01;  // 32.52 ± 0.01
  for (const auto& p : nuisances_of(small_inversion(), conditions)) EXPECT_LT(p.least, p.most) << p.name;
}

TEST(Answer, a_misfit_beyond_chance_is_refused_and_a_small_one_is_said) {
  EXPECT_TRUE(fits({.ratio = 1.0, .deviations = 0.3}));
  EXPECT_TRUE(fits({.ratio = 1.1, .deviations = 30}));
  EXPECT_TRUE(fits({.ratio = 1.4, .deviations = 2}));
  EXPECT_FALSE(fits({.ratio = 1.4, .deviations = 30}));
}

}  // namespace
}  // namespace terrace
