// A study small enough for tests: thin lamellae, few positions, coarse waves. Its numbers mean nothing.
#pragma once

#include "dataset/recipe.h"

namespace terrace {

inline Recipe small_study() {
  Recipe recipe;
  recipe.study.families = 12;
  recipe.study.seed = 5;
  recipe.content.stepped_structures = 2;
  recipe.content.exits_per_step = 1;
  recipe.content.diffuse_profiles = 1;
  recipe.content.stepped_and_diffuse = 1;
  recipe.content.abrupt_exits = 1;
  recipe.ranges.thickness_cells = {8, 10};
  recipe.window = {.columns = 8, .cells_along = 2};
  recipe.grid = {.across = 8, .along = 2, .half_span_cells = 2, .pixels = 24, .mrad_per_pixel = 2.5};
  recipe.sampling.pixels_x = 128;
  recipe.sampling.pixels_y = 32;
  recipe.sampling.engine = "direct";
  return recipe;
}

}  // namespace terrace
