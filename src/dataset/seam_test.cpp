#include "dataset/seam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace terrace {
namespace {

Recipe recipe_of(int columns, int thickest) {
  Recipe recipe;
  recipe.window = {.columns = columns, .cells_along = 2};
  recipe.ranges.thickness_cells = {4, thickest};
  recipe.sampling.pixels_x = 24 * columns;
  recipe.sampling.pixels_y = 48;
  recipe.sampling.thermal = "absorptive";
  return recipe;
}

TEST(Seam, less_of_the_beam_crosses_it_in_a_thinner_lamella_and_a_wider_window) {
  const double narrow = seam_share(recipe_of(8, 100));
  EXPECT_GT(narrow, 0.005);
  EXPECT_LT(narrow, 0.5);
  EXPECT_LT(seam_share(recipe_of(8, 10)), narrow / 2);
  EXPECT_LT(seam_share(recipe_of(16, 100)), narrow / 2);
}

TEST(Seam, a_wider_aperture_brings_more_of_the_beam_across) {
  auto recipe = recipe_of(8, 60);
  recipe.ranges.semiangle_mrad = {10, 15};
  const double small = seam_share(recipe);
  recipe.ranges.semiangle_mrad = {10, 30};
  EXPECT_GT(seam_share(recipe), small);
}

TEST(Seam, held_out_sets_count) {
  auto recipe = recipe_of(8, 10);
  const double without = seam_share(recipe);
  recipe.held_out = {{.name = "thicker", .families = 1, .ranges = recipe.ranges}};
  recipe.held_out[0].ranges.thickness_cells = {90, 100};
  EXPECT_GT(seam_share(recipe), 2 * without);
}

TEST(Seam, a_window_that_loses_too_much_is_refused_with_what_to_change) {
  const auto recipe = recipe_of(8, 10);
  EXPECT_NO_THROW(check_seam(recipe, 0.2));
  try {
    check_seam(recipe, 0.31);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("31 %"), testing::HasSubstr("columns")));
  }
}

}  // namespace
}  // namespace terrace
