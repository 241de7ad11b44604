// One family of a recipe, before anything is simulated: its crystal, its microscope, its structures and their labels.
#pragma once

#include <vector>

#include "dataset/recipe.h"
#include "dataset/sample.h"
#include "specimen/interface.h"

namespace terrace {

/// A structure as thick as its thickest sample. `sites` decides what stands where; `registered_x` is where the standard
/// grid has its middle (Å, an A plane).
struct PlannedStructure {
  Interface interface;
  SiteTable sites;
  double registered_x = 0;
};

/// A sample: `structure` cut after `thickness_cells`, with everything but its patterns.
struct PlannedSample {
  int structure = 0;
  int thickness_cells = 0;
  Labels labels;
  Conditions conditions;
  Origin origin;
};

struct FamilyPlan {
  Microscope microscope;
  double position_error_y = 0, position_error_x = 0;  ///< Å, the same for the whole family
  std::vector<PlannedStructure> structures;
  std::vector<PlannedSample> samples;  ///< recipe.samples_per_family() of them, in the order of their indices
};

/// A pure function of (recipe, family): any thread, any order, any restart plans the same.
FamilyPlan plan_family(const Recipe& recipe, std::int64_t family);

}  // namespace terrace
