// A tailored recipe is about the scan that it was made for, and about little else.
#include "registration/tailored_recipe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "core/constants.h"
#include "core/error.h"
#include "registration/test_scans.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

ScanInfo some_info() {
  ScanInfo info = toy_info({.height = 96, .width = 80, .mrad_per_pixel_y = 1.1, .mrad_per_pixel_x = 1.1}, 16, 64, 0.4);
  info.electrons_per_pattern = 3000;
  return info;
}

/// What registration says of such a scan, the interface not found.
Registration some_registration(const ScanInfo& info) {
  Registration r;
  r.centre_row = {47.2, 0.1, "measured"};
  r.centre_column = {41.6, 0.1, "measured"};
  r.energy_kev = {300, -1, "file"};
  r.semiangle_mrad = {24.3, 0.1, "measured"};
  r.thickness_nm = {12, -1, "given"};
  r.mrad_per_pixel_y = r.mrad_per_pixel_x = {info.mrad_per_pixel_x, -1, "file"};
  r.step_y_angstrom = r.step_x_angstrom = {info.step_x_angstrom, -1, "file"};
  return r;
}

bool holds(const std::vector<double>& range, double value) { return range[0] <= value && value <= range[1]; }
template <class T>
double width(const std::vector<T>& range) {
  return static_cast<double>(range[1]) - static_cast<double>(range[0]);
}

TEST(TailoredRecipe, its_ranges_hold_what_the_scan_says) {
  const auto info = some_info();
  const auto recipe = tailor(info, some_registration(info), {}, {}).recipe;
  EXPECT_EQ(recipe.ranges.energies_kev, std::vector<double>{300});
  EXPECT_TRUE(holds(recipe.ranges.semiangle_mrad, 24.3));
  EXPECT_LT(recipe.ranges.thickness_cells[0] * 0.3905, 12);
  EXPECT_GT(recipe.ranges.thickness_cells[1] * 0.3905, 12);
  EXPECT_TRUE(holds(recipe.detection.electrons_per_pattern, 3000));
}

TEST(TailoredRecipe, is_narrower_than_the_recipe_for_any_microscope) {
  const auto info = some_info();
  const auto mine = tailor(info, some_registration(info), {}, {}).recipe;
  const auto any = read_recipe(TERRACE_SOURCE_DIR "/recipes/microscope.toml");
  EXPECT_LT(mine.ranges.energies_kev.size(), any.ranges.energies_kev.size());
  EXPECT_LT(width(mine.ranges.semiangle_mrad), width(any.ranges.semiangle_mrad));
  EXPECT_LT(width(mine.ranges.thickness_cells), width(any.ranges.thickness_cells));
  const auto decades = [](const std::vector<double>& range) { return std::log10(range[1] / range[0]); };
  EXPECT_LT(decades(mine.detection.electrons_per_pattern), decades(any.detection.electrons_per_pattern));
}

TEST(TailoredRecipe, patterns_lie_inside_the_camera_and_are_no_finer) {
  for (const double turn : {0.0, 30.0, 90.0})
    for (const int pixels : {24, 40, 64, 96, 256}) {
      auto info = some_info();
      info.detector_height = info.detector_width = pixels;
      info.mrad_per_pixel_x = info.mrad_per_pixel_y = 105.6 / pixels;
      auto r = some_registration(info);
      r.centre_row.value = 0.5 * pixels + 1.3, r.centre_column.value = 0.5 * pixels - 2.1;
      r.detector_rotation_deg = {turn, 0.1, "measured"};
      const auto recipe = tailor(info, r, {}, {}).recipe;
      const double pixel = recipe.grid.mrad_per_pixel_at(24.3);
      const double side = (recipe.grid.pixels / 2 + 0.5) * pixel;
      // A corner of the patterns, seen on the detector's axes; the text keeps 8 digits.
      const double corner = side * (std::abs(std::cos(turn * pi / 180)) + std::abs(std::sin(turn * pi / 180)));
      EXPECT_LE(corner, detector_reach_mrad(info, r)) << pixels << " pixels, " << turn << "°";
      EXPECT_GE(pixel, info.mrad_per_pixel_x * (1 - 1e-6)) << pixels << " pixels, " << turn << "°";
      EXPECT_GE(side, 24.3) << "the disc must be seen";
    }
}

TEST(TailoredRecipe, waves_reach_as_far_as_its_patterns) {
  const auto info = some_info();
  const auto recipe = tailor(info, some_registration(info), {}, {}).recipe;
  const double pixel = recipe.window.columns * recipe.substrate.cell_across_angstrom / recipe.sampling.pixels_x;
  EXPECT_GE(1e3 * wavelength(300) / (3 * pixel), (recipe.grid.pixels / 2 + 0.5) * recipe.grid.mrad_per_pixel_at(24.3));
}

TEST(TailoredRecipe, refuses_a_scan_of_unknown_energy_and_says_what_to_give) {
  const auto info = some_info();
  auto r = some_registration(info);
  r.energy_kev = {};
  try {
    tailor(info, r, {}, {});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("--energy-kev"), std::string::npos) << error.what();
  }
}

TEST(TailoredRecipe, an_unknown_thickness_is_the_range_that_was_given) {
  const auto info = some_info();
  auto r = some_registration(info);
  r.thickness_nm = {};
  const auto recipe = tailor(info, r, {.thinnest_nm = 7, .thickest_nm = 30}, {}).recipe;
  EXPECT_NEAR(recipe.ranges.thickness_cells[0] * 0.3905, 7, 0.3905);
  EXPECT_NEAR(recipe.ranges.thickness_cells[1] * 0.3905, 30, 0.3905);
  EXPECT_THROW(tailor(info, r, {.thinnest_nm = 30, .thickest_nm = 7}, {}), InputError);
}

TEST(TailoredRecipe, the_thinnest_of_scans_still_makes_a_recipe) {
  const auto info = some_info();
  auto r = some_registration(info);
  r.thickness_nm.value = 2.5;
  EXPECT_LE(tailor(info, r, {}, {}).recipe.ranges.thickness_cells[0], 2.5 / 0.3905);
}

TEST(TailoredRecipe, holds_the_crystals_that_were_given) {
  const auto info = some_info();
  const auto r = some_registration(info);
  const auto recipe = tailor(info, r, {.film_a_site = "Ba", .film_cell_angstrom = 4.03}, {}).recipe;
  EXPECT_EQ(recipe.film.a_site, "Ba");
  EXPECT_EQ(recipe.film.b_site, "Al");
  EXPECT_TRUE(holds(recipe.ranges.film_cell_angstrom, 4.03));
  EXPECT_THROW(tailor(info, r, {.film_b_site = "Qq"}, {}), InputError);
  EXPECT_THROW(tailor(info, r, {.film_b_site = "Al\"\nseed = 3"}, {}), InputError);
}

TEST(TailoredRecipe, every_key_says_where_its_value_comes_from) {
  const auto info = some_info();
  const auto text = tailor(info, some_registration(info), {}, {}).text;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" = ") == std::string::npos) continue;
    const auto comment = line.substr(std::min(line.size(), line.find("# ")));
    EXPECT_TRUE(comment.starts_with("# scan") || comment.starts_with("# assumed") ||
                comment.starts_with("# recipe default"))
        << line;
  }
}

}  // namespace
}  // namespace terrace
