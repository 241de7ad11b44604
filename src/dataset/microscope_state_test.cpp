#include "dataset/microscope_state.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

MicroscopeState state_of(const Recipe& recipe, std::uint64_t number) {
  Random random(7, {number});
  return draw_state(recipe, recipe.ranges, draw_family_microscope(recipe, recipe.ranges, random), random);
}

TEST(MicroscopeState, without_ranges_it_is_the_recipes_microscope_on_the_standard_grid) {
  Recipe recipe;
  recipe.ranges.position_error_angstrom = 0;
  const auto state = state_of(recipe, 1);
  Microscope expected = recipe.microscope;
  expected.phi12_deg = state.microscope.phi12_deg;  // an azimuth of nothing
  EXPECT_EQ(state.microscope, expected);
  EXPECT_EQ(state.camera, (Camera{.pixels = recipe.grid.pixels, .mrad_per_pixel = recipe.grid.mrad_per_pixel}));
  EXPECT_EQ(state.thickness_error_nm, 0);
  ASSERT_EQ(std::ssize(state.offsets), recipe.grid.positions());
  EXPECT_NEAR(state.offsets[0].x, recipe.grid.offset_x(0) * 3.905, 1e-12);
  EXPECT_NEAR(state.offsets.back().y, recipe.grid.offset_y(recipe.grid.along - 1) * 3.905, 1e-12);
}

/// Astigmatisms add as vectors of twice the azimuth: over all azimuths of a drawn one, the square of their sum is the
/// sum of their squares.
TEST(MicroscopeState, drawn_astigmatism_adds_to_the_microscopes_own) {
  Recipe recipe;
  recipe.microscope.C12_nm = 3;
  recipe.microscope.phi12_deg = 30;
  const auto own = state_of(recipe, 1).microscope;
  EXPECT_NEAR(own.C12_nm, 3, 1e-12);
  EXPECT_NEAR(own.phi12_deg, 30, 1e-12);
  recipe.ranges.astigmatism_nm = {4, 4};
  double squares = 0;
  constexpr int draws = 400;
  for (int i = 0; i < draws; ++i) squares += std::pow(state_of(recipe, i).microscope.C12_nm, 2) / draws;
  EXPECT_NEAR(squares, 25, 5 * 24 / std::sqrt(2.0 * draws));
}

TEST(MicroscopeState, draws_fill_their_ranges_and_stay_inside) {
  Recipe recipe;
  auto& ranges = recipe.ranges;
  ranges.energies_kev = {200, 300};
  ranges.semiangle_mrad = {15, 30};
  ranges.semiangle_error_share = 0.03;
  ranges.defocus_nm = {-5, 5};
  ranges.amorphous_nm = {0, 4};
  ranges.specimen_tilt_mrad = {0, 4};
  ranges.source_fwhm_angstrom = {0.4, 1.2};
  ranges.thickness_error_nm = 2;
  int at_200 = 0, tilted = 0;
  double lowest = 0, highest = 0;
  for (int i = 0; i < 400; ++i) {
    const auto m = state_of(recipe, i).microscope;
    at_200 += m.energy_kev == 200;
    EXPECT_GE(m.semiangle_mrad, 0.97 * 15);
    EXPECT_LE(m.semiangle_mrad, 1.03 * 30);
    EXPECT_GE(m.source_fwhm_angstrom, 0.4);
    EXPECT_LE(m.source_fwhm_angstrom, 1.2);
    const double tilt = std::hypot(m.specimen_tilt_x_mrad, m.specimen_tilt_y_mrad);
    EXPECT_LE(tilt, 4);
    tilted += tilt > 2;
    lowest = std::min(lowest, m.defocus_nm), highest = std::max(highest, m.defocus_nm);
  }
  // Binomial: half and three quarters of 400, five standard deviations of at most 10.
  EXPECT_NEAR(at_200, 200, 50);
  EXPECT_NEAR(tilted, 300, 45);
  EXPECT_LT(lowest, -6);  // an amorphous layer focuses higher, never lower
  EXPECT_GE(lowest, -9);
  EXPECT_LE(highest, 5);
}

TEST(MicroscopeState, a_grid_scaled_to_the_aperture_gives_every_aperture_the_same_pixels) {
  Recipe recipe;
  recipe.ranges.semiangle_mrad = {15, 30};
  recipe.grid.semiangle_pixels = 8;
  for (int i = 0; i < 20; ++i) {
    const auto state = state_of(recipe, i);
    EXPECT_NEAR(state.nominal_semiangle_mrad / state.camera.mrad_per_pixel, 8, 1e-9);
  }
}

TEST(MicroscopeState, states_stop_their_familys_aperture_down_by_a_third_at_most) {
  Recipe recipe;
  recipe.ranges.semiangle_mrad = {15, 30};
  recipe.ranges.semiangle_error_share = 0.03;
  for (int i = 0; i < 100; ++i) {
    Random random(3, {static_cast<std::uint64_t>(i)});
    const auto family = draw_family_microscope(recipe, recipe.ranges, random);
    const auto state = draw_state(recipe, recipe.ranges, family, random);
    EXPECT_LE(state.nominal_semiangle_mrad, family.semiangle_mrad);
    EXPECT_GE(state.nominal_semiangle_mrad, std::max(15.0, family.semiangle_mrad * 2 / 3));
    EXPECT_NEAR(state.microscope.semiangle_mrad / state.nominal_semiangle_mrad, 1, 0.03);
  }
}

TEST(MicroscopeState, a_scan_that_drifts_is_sheared_and_one_that_steps_wrongly_is_stretched) {
  Recipe recipe;
  recipe.grid.along = 4;
  recipe.ranges.position_error_angstrom = 0;
  recipe.ranges.scan_step_error_share = 0.02;
  recipe.ranges.scan_drift_share = 0.02;
  const auto offsets = state_of(recipe, 3).offsets;
  const int across = recipe.grid.across;
  const auto step = [&](int from, int to) {
    return ProbePosition{offsets[to].y - offsets[from].y, offsets[to].x - offsets[from].x};
  };
  const auto along_x = step(0, 1), along_y = step(0, across);
  EXPECT_NE(along_x.y, 0);
  EXPECT_NE(along_y.x, 0);
  EXPECT_LE(std::abs(along_x.x / (4 * 3.905 / across) - 1), 0.02);
  // Affine: every step is the same.
  for (int i = 1; i + 1 < across; ++i) {
    EXPECT_NEAR(step(i, i + 1).x, along_x.x, 1e-12);
    EXPECT_NEAR(step(i, i + across).x, along_y.x, 1e-12);
  }
}

}  // namespace
}  // namespace terrace
