#include "registration/pacbed_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/error.h"
#include "core/random.h"
#include "specimen/perovskite.h"

namespace terrace {
namespace {

Structure strontium_titanate_cell() { return zone_axis_box(unit_cell(strontium_titanate()), {0, 0, 1}); }

PacbedRange range_to(double thickest_nm) {
  PacbedRange range;
  range.widest_mrad = 17;
  range.reach_mrad = 21;
  range.thickest_nm = thickest_nm;
  return range;
}

const PacbedSeries& series_to_40_nm() {
  static const auto series = make_series(strontium_titanate_cell(), range_to(40), 2);
  return series;
}

/// What a camera would see, and where.
struct Truth {
  double thickness_nm = 24, semiangle_mrad = 14, tilt_y = 0, tilt_x = 0;  ///< tilt in the crystal's axes
  double row = 47.3, column = 52.8, mrad_per_pixel = 0.55, rotation_deg = 0, electrons = 0, background = 0;
};

/// Made with its own table (other directions, other thickness), so that the fit does not meet its own numbers.
Array<double, 2> pattern_of(const Truth& truth) {
  PacbedPlan plan;
  plan.period = cut_into_slabs(strontium_titanate_cell(), 1.9525);
  plan.periods = {static_cast<int>(std::lround(truth.thickness_nm / 0.3905))};
  plan.widest_mrad = 18;
  plan.reach_mrad = 30;
  plan.step_mrad = 0.32;
  const PacbedTable table(plan, 2);
  const auto fine = table.pattern(0, {truth.semiangle_mrad, truth.tilt_y, truth.tilt_x});
  Array<double, 2> camera({96, 100});
  const double turn = truth.rotation_deg * pi / 180;
  for (int row = 0; row < 96; ++row)
    for (int column = 0; column < 100; ++column)
      for (int part = 0; part < 16; ++part) {
        const double dy = truth.mrad_per_pixel * (row + (part / 4 + 0.5) / 4 - 0.5 - truth.row);
        const double dx = truth.mrad_per_pixel * (column + (part % 4 + 0.5) / 4 - 0.5 - truth.column);
        const double ky = std::sin(turn) * dx + std::cos(turn) * dy + truth.tilt_y;
        const double kx = std::cos(turn) * dx - std::sin(turn) * dy + truth.tilt_x;
        const double y = fine.extent(0) / 2 + ky / table.step_y_mrad(),
                     x = fine.extent(1) / 2 + kx / table.step_x_mrad();
        const auto iy = static_cast<std::int64_t>(y), ix = static_cast<std::int64_t>(x);
        if (iy < 0 || ix < 0 || iy + 1 >= fine.extent(0) || ix + 1 >= fine.extent(1)) continue;
        const double fy = y - iy, fx = x - ix;
        camera(row, column) += (1 - fy) * ((1 - fx) * fine(iy, ix) + fx * fine(iy, ix + 1)) +
                               fy * ((1 - fx) * fine(iy + 1, ix) + fx * fine(iy + 1, ix + 1));
      }
  double total = 0, highest = 0;
  for (const double value : camera) total += value, highest = std::max(highest, value);
  Random random(7);
  for (double& value : camera) {
    value += truth.background * highest;
    if (truth.electrons > 0) value = random.poisson(value / total * truth.electrons);
  }
  return camera;
}

PacbedFit fit(const Truth& truth, PacbedKnown known = {}) {
  if (known.semiangle_mrad == 0) known.semiangle_mrad = truth.semiangle_mrad;
  known.most_tilt_mrad = 3;
  return fit_pacbed(pattern_of(truth), series_to_40_nm(), known, 2);
}

TEST(PacbedFit, finds_thickness_and_place_of_a_turned_pattern) {
  const Truth truth{.thickness_nm = 21.1, .rotation_deg = 17};
  const auto found = fit(truth);
  EXPECT_NEAR(found.thickness_nm.value, truth.thickness_nm, 1);
  EXPECT_NEAR(found.rotation_deg.value, 17, 0.3);
  EXPECT_NEAR(found.centre_row.value, truth.row, 0.1);
  EXPECT_NEAR(found.centre_column.value, truth.column, 0.1);
  EXPECT_NEAR(found.mrad_per_pixel.value, truth.mrad_per_pixel, 0.005 * truth.mrad_per_pixel);
  EXPECT_NEAR(found.tilt_y_mrad.value, 0, 0.3);
  EXPECT_NEAR(found.tilt_x_mrad.value, 0, 0.3);
  EXPECT_GT(found.correlation, 0.995);
}

TEST(PacbedFit, finds_the_tilt_in_the_detectors_axes) {
  const auto found = fit({.thickness_nm = 30, .tilt_y = 1.1, .tilt_x = -1.6, .rotation_deg = 90});
  EXPECT_NEAR(found.thickness_nm.value, 30, 1);
  // Turned by a quarter: k_x of the crystal is −k_y' of the detector, k_y is k_x'.
  EXPECT_NEAR(found.tilt_y_mrad.value, 1.6, 0.3);
  EXPECT_NEAR(found.tilt_x_mrad.value, 1.1, 0.3);
}

TEST(PacbedFit, a_hundred_patterns_of_ten_thousand_electrons_on_a_background_are_enough) {
  const auto found = fit({.thickness_nm = 26.2, .tilt_x = 0.6, .electrons = 1e6, .background = 0.05});
  EXPECT_NEAR(found.thickness_nm.value, 26.2, 1);
  EXPECT_NEAR(found.tilt_x_mrad.value, 0.6, 0.3);
}

TEST(PacbedFit, a_single_pattern_of_ten_thousand_electrons_is_right_within_its_error) {
  const auto found = fit({.thickness_nm = 26.2, .tilt_x = 0.6, .electrons = 1e4});
  ASSERT_GT(found.thickness_nm.error, 0);
  EXPECT_LT(found.thickness_nm.error, 2);
  EXPECT_NEAR(found.thickness_nm.value, 26.2, 4 * found.thickness_nm.error);
  EXPECT_NEAR(found.tilt_x_mrad.value, 0.6, 4 * found.tilt_x_mrad.error);
}

TEST(PacbedFit, finds_the_semi_angle_where_it_is_not_known) {
  const Truth truth{.thickness_nm = 21.1, .semiangle_mrad = 12.2};
  const auto found = fit_pacbed(pattern_of(truth), series_to_40_nm(), {.most_tilt_mrad = 1}, 2);
  EXPECT_NEAR(found.thickness_nm.value, truth.thickness_nm, 1);
  EXPECT_NEAR(found.semiangle_mrad.value, 12.2, 0.2);
}

TEST(PacbedFit, what_fits_nothing_is_said) {
  Array<double, 2> disc({64, 64});
  Random random(3);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x)
      disc(y, x) = (std::hypot(y - 31.0, x - 32.0) < 20 ? 100 : 1) * (0.2 + random.uniform());
  const auto found = fit_pacbed(disc, series_to_40_nm(), {.semiangle_mrad = 14}, 2);
  EXPECT_THAT(found.reasons, testing::Contains(testing::HasSubstr("fits well")));
  EXPECT_THROW(fit_pacbed(Array<double, 2>({64, 64}), series_to_40_nm(), {.semiangle_mrad = 14}), InputError);
}

}  // namespace
}  // namespace terrace
