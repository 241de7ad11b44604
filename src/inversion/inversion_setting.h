// A setting small enough to invert in a test: thin lamellae, few and coarse patterns. Its numbers mean nothing.
#pragma once

#include "dataset/recipe.h"

namespace terrace {

/// Few circumstances are open, in the ranges of a good day.
inline Recipe small_inversion() {
  Recipe recipe;
  recipe.study.families = 12;
  recipe.study.seed = 5;
  recipe.content.stepped_structures = 1;
  recipe.content.exits_per_step = 1;
  recipe.content.diffuse_profiles = 1;
  recipe.content.stepped_and_diffuse = 1;
  recipe.content.abrupt_exits = 1;
  recipe.ranges.thickness_cells = {8, 9};
  recipe.ranges.defocus_nm = {-2, 2};
  recipe.ranges.astigmatism_nm = {0, 1};
  recipe.ranges.specimen_tilt_mrad = {0, 1};
  recipe.ranges.source_fwhm_angstrom = {0.4, 0.6};
  recipe.ranges.position_error_angstrom = 0.1;
  recipe.ranges.pattern_rotation_error_deg = 0.5;
  recipe.ranges.thickness_error_nm = 0.5;
  recipe.detection.background_share = {0, 0.1};
  recipe.window = {.columns = 8, .cells_along = 2};
  recipe.grid = {.across = 8, .along = 2, .half_span_cells = 2, .pixels = 16, .mrad_per_pixel = 4};
  recipe.microscope.semiangle_mrad = 16;
  recipe.sampling.pixels_x = 128;
  recipe.sampling.pixels_y = 32;
  recipe.sampling.engine = "sectors";
  return recipe;
}

inline Conditions conditions_of_inversion(int thickness_cells) {
  return {.energy_kev = 200, .semiangle_mrad = 16, .thickness_nm = thickness_cells * 0.3905, .thickness_error_nm = 0.5};
}

}  // namespace terrace
