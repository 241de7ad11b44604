#include "learning/ensemble.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/random.h"
#include "dataset/depth_distribution.h"

namespace terrace {
namespace {

constexpr int bins = 20;

/// Widths of 1 with an error of 0.2 cells, a film cell with one of 0.01 Å; the network says half, twice and just that.
void draw_regressions(Random& random, CalibrationCase& one, NetworkOutput& output) {
  one.labels.sigma_a_cells = 1 + 0.2 * random.normal();
  one.labels.sigma_b_cells = 1 + 0.2 * random.normal();
  one.labels.film_cell_angstrom = 3.75 + 0.01 * random.normal();
  output.values[0] = output.values[1] = 1;
  output.log_variances[0] = 2 * std::log(0.1);
  output.log_variances[1] = 2 * std::log(0.4);
  output.log_variances[4] = 2 * std::log(0.01 / regressions[4].scale);
}

/// A case whose truth is drawn from exactly the probabilities that logits / `boast` stand for.
CalibrationCase honest_case(double boast, Random& random) {
  CalibrationCase one;
  NetworkOutput output;
  std::array<double, 4> share{};
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    const double logit = 1.5 * random.normal();
    output.class_logits[i] = boast * logit;
    sum += share[i] = std::exp(logit);
  }
  double draw = sum * random.uniform();
  int found = 0;
  while (found < 3 && draw > share[found]) draw -= share[found++];
  one.labels.interface_class = static_cast<InterfaceClass>(found);
  std::vector<double> depth_share;
  double depth_sum = 0;
  const double centre = random.uniform(4, 15);
  for (int bin = 0; bin < bins; ++bin) {
    const double logit = -0.5 * std::pow((bin - centre) / 1.7, 2);
    output.depth_logits.push_back(boast * logit);
    depth_share.push_back(std::exp(logit));
    depth_sum += depth_share.back();
  }
  draw = depth_sum * random.uniform();
  int depth = 0;
  while (depth < bins - 1 && draw > depth_share[depth]) draw -= depth_share[depth++];
  one.labels.step_depth_cells = depth;
  draw_regressions(random, one, output);
  one.members = {output};
  return one;
}

std::vector<CalibrationCase> honest_cases(int count, double boast, std::uint64_t seed) {
  std::vector<CalibrationCase> cases;
  for (int i = 0; i < count; ++i) {
    Random random(seed, {static_cast<std::uint64_t>(i)});
    cases.push_back(honest_case(boast, random));
  }
  return cases;
}

TEST(Calibration, finds_the_temperature_that_undoes_a_boast) {
  const auto calibration = calibrate(honest_cases(4000, 3, 1), 1);
  EXPECT_NEAR(calibration.class_temperature, 3, 0.25);
  EXPECT_NEAR(calibration.depth_temperature, 3, 0.25);
}

TEST(Calibration, scales_the_errors_of_regressions_to_what_they_are) {
  const auto calibration = calibrate(honest_cases(4000, 1, 2), 1);
  EXPECT_NEAR(calibration.error_scale[0], 2, 0.15);
  EXPECT_NEAR(calibration.error_scale[1], 0.5, 0.04);
  EXPECT_NEAR(calibration.error_scale[4], 1, 0.08);
}

TEST(Calibration, survives_its_file) {
  const auto calibration = calibrate(honest_cases(500, 2, 5), 1);
  const auto again = calibration_from_json(to_json(calibration));
  EXPECT_EQ(again.class_temperature, calibration.class_temperature);
  EXPECT_EQ(again.step_count_temperature, calibration.step_count_temperature);
  EXPECT_EQ(again.error_scale, calibration.error_scale);
}

TEST(Calibration, its_intervals_cover_nine_tenths_and_half_of_new_truths_whatever_the_boast) {
  for (const double boast : {0.4, 1.0, 5.0}) {
    const auto calibration = calibrate(honest_cases(2000, boast, 3), 1);
    double inside = 0, inside_half = 0;
    const auto fresh = honest_cases(4000, boast, 4);
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      const auto answer = combine(fresh[i].members, calibration);
      const bool step = fresh[i].labels.interface_class == InterfaceClass::rough ||
                        fresh[i].labels.interface_class == InterfaceClass::both;
      if (!step) continue;
      const double rank =
          depth_rank(answer.depth_probability, fresh[i].labels.step_depth_cells, Random(9, {i}).uniform());
      inside += central_share(rank) <= calibration.interval_share;
      inside_half += central_share(rank) <= calibration.half_interval_share;
    }
    // About 2,000 steps on 1,000 to fit on: the share of nine tenths is known to 0.012, that of half to 0.02; "about"
    // is another 0.02 of the share itself.
    EXPECT_NEAR(inside / 2000, 0.9, 0.06) << boast;
    EXPECT_NEAR(inside_half / 2000, 0.5, 0.07) << boast;
  }
}

TEST(Ensemble, members_that_disagree_share_the_probability_and_widen_the_error) {
  NetworkOutput a, b;
  a.class_logits = {50, 0, 0, 0};
  b.class_logits = {0, 50, 0, 0};
  a.depth_logits = b.depth_logits = {0, 0};
  a.values[0] = 1, b.values[0] = 3;
  a.values[1] = b.values[1] = 1;
  a.step_count_logits = {0, 50, 0}, b.step_count_logits = {0, 0, 50};
  const auto answer = combine(std::vector{a, b}, {});
  EXPECT_NEAR(answer.class_probability[0], 0.5, 1e-9);
  EXPECT_NEAR(answer.class_probability[1], 0.5, 1e-9);
  EXPECT_NEAR(answer.step_count_probability[2], 0.5, 1e-9);
  EXPECT_NEAR(answer.values[0], 2, 1e-12);
  EXPECT_NEAR(answer.errors[0], std::sqrt(2), 1e-12);
  EXPECT_NEAR(answer.errors[1], 1, 1e-12);
  // In their own units: Å, about a middle.
  EXPECT_NEAR(answer.values[4], regressions[4].middle, 1e-12);
  EXPECT_NEAR(answer.errors[4], regressions[4].scale, 1e-12);
}

TEST(DepthDistribution, quantiles_lie_inside_their_bins) {
  const std::vector<double> certain = {0, 0, 1, 0}, even = {0.25, 0.25, 0.25, 0.25};
  EXPECT_DOUBLE_EQ(depth_quantile(certain, 0.5), 2);
  EXPECT_DOUBLE_EQ(depth_quantile(certain, 0.05), 1.55);
  EXPECT_DOUBLE_EQ(depth_quantile(even, 0.5), 1.5);
  EXPECT_DOUBLE_EQ(depth_quantile(even, 0.25), 0.5);
}

TEST(DepthDistribution, rank_and_quantile_are_inverse) {
  const std::vector<double> p = {0.1, 0.2, 0.4, 0.3};
  EXPECT_NEAR(depth_rank(p, 2, 0.25), 0.4, 1e-12);
  EXPECT_NEAR(depth_quantile(p, 0.4), 1.75, 1e-12);
}

}  // namespace
}  // namespace terrace
