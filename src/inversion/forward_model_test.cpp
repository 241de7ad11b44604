#include "inversion/forward_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "dataset/family_simulation.h"
#include "inversion/inversion_setting.h"
#include "inversion/truth.h"

namespace terrace {
namespace {

/// Largest difference in units of the brightest pixel.
double distance(const Patterns& a, std::span<const float> b) {
  double most = 0, brightest = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    most = std::max(most, static_cast<double>(std::abs(a.data()[i] - b[i])));
    brightest = std::max(brightest, static_cast<double>(b[i]));
  }
  return most / brightest;
}

// Sums in float over some hundred beams: rounding is below 1e-5 of the brightest pixel.
constexpr double rounding = 1e-5;

TEST(ForwardModel, truth_in_its_terms_gives_the_data_sets_patterns) {
  const auto recipe = small_inversion();
  int compared = 0;
  for (int family = 0; family < 2; ++family) {
    const auto plan = plan_family(recipe, family);
    const auto samples = simulate_family(recipe, plan, Passage::multislice);
    for (std::size_t i = 0; i < plan.samples.size(); ++i) {
      const auto truth = truth_of(recipe, plan, plan.samples[i], {});
      if (!truth) continue;
      const ForwardModel model(recipe, plan.samples[i].conditions, 1);
      const auto patterns = model.expected({&*truth, 1});
      EXPECT_LT(distance(patterns[0], samples[i].patterns.span()), rounding) << family << " " << i;
      ++compared;
    }
  }
  EXPECT_GE(compared, 8);
}

TEST(ForwardModel, sums_around_a_propagation_equal_propagation_there) {
  const auto recipe = small_inversion();
  const auto conditions = conditions_of_inversion(8);
  const ForwardModel model(recipe, conditions, 1);
  const Hypothesis step{
      .interface_class = InterfaceClass::rough, .thickness_cells = 8, .step_depth_cells = 3, .step_height_cells = 1};
  const auto around = expected_circumstances(recipe, conditions);
  const auto propagated = model.propagate(step, around);
  auto there = around;
  there.defocus_nm = 1.5;
  there.C12_b_nm = 0.7;
  there.tilt_x_mrad = 0.6;
  there.tilt_y_mrad = -0.5;
  there.semiangle_mrad *= 1.01;
  there.source_fwhm_angstrom = 0.55;
  there.shift_x_angstrom = 0.08;
  there.centre_y_pixels = 0.05;
  there.background_share = 0.05;
  there.dose_share = 0.03;
  ASSERT_TRUE(propagated.covers(there));
  const Explanation explanation{step, there};
  EXPECT_LT(distance(propagated.expected(there), model.expected({&explanation, 1})[0].span()), rounding);
}

/// As a scan of coarse steps is laid on the grid: half the pattern of one stop, half that of the next.
TEST(ForwardModel, patterns_seen_from_two_places_are_the_mean_of_theirs) {
  const auto recipe = small_inversion();
  const auto conditions = conditions_of_inversion(8);
  const std::vector<std::pair<double, double>> shifts = {{0.3, -0.2}, {-0.3, 0.1}};  // Å, x and y
  Sample sample;
  for (int i = 0; i < recipe.grid.positions(); ++i) {
    sample.seen_from.emplace_back();
    for (const auto& [x, y] : shifts)
      sample.seen_from.back().push_back(
          {y / recipe.substrate.cell_angstrom, x / recipe.substrate.cell_across_angstrom, 0.5});
  }
  const Hypothesis step{
      .interface_class = InterfaceClass::rough, .thickness_cells = 8, .step_depth_cells = 3, .step_height_cells = 1};
  const auto there = expected_circumstances(recipe, conditions);
  const Explanation explanation{step, there};
  const ForwardModel seen(recipe, conditions, 1, spreads_of(recipe, sample)), plain(recipe, conditions, 1);
  Patterns mean({recipe.grid.positions(), recipe.grid.pixels * recipe.grid.pixels});
  for (const auto& [x, y] : shifts) {
    auto shifted = explanation;
    shifted.circumstances.shift_x_angstrom += x;
    shifted.circumstances.shift_y_angstrom += y;
    const auto patterns = plain.expected({&shifted, 1})[0];
    for (std::int64_t i = 0; i < mean.size(); ++i) mean.data()[i] += patterns.data()[i] / 2;
  }
  EXPECT_LT(distance(seen.expected({&explanation, 1})[0], mean.span()), rounding);
  EXPECT_LT(distance(seen.propagate(step, there).expected(there), mean.span()), rounding);
  EXPECT_GT(distance(plain.expected({&explanation, 1})[0], mean.span()), 100 * rounding);
}

TEST(ForwardModel, what_needs_another_specimen_is_not_covered) {
  const auto recipe = small_inversion();
  const auto conditions = conditions_of_inversion(8);
  const auto around = expected_circumstances(recipe, conditions);
  const ForwardModel model(recipe, conditions, 1);
  const auto propagated = model.propagate({.thickness_cells = 8}, around);
  for (const auto& parameter : nuisances_of(recipe, conditions)) {
    if (parameter.name == "thickness" || parameter.reach != Reach::specimen) continue;
    Explanation changed{{.thickness_cells = 8}, around};
    parameter.set(changed, parameter.value(changed) + parameter.step);
    EXPECT_FALSE(propagated.covers(changed.circumstances)) << parameter.name;
  }
  auto tilted = around;
  tilted.tilt_x_mrad += 2;
  EXPECT_FALSE(propagated.covers(tilted));
  auto beside = around;
  beside.centre_x_pixels += 0.5;  // plane waves that were not kept
  EXPECT_FALSE(propagated.covers(beside));
}

}  // namespace
}  // namespace terrace
