// One family of a recipe, before anything is simulated: its crystal, its structures, the microscope states in which
// they are seen, and their labels.
#pragma once

#include <vector>

#include "dataset/recipe.h"
#include "dataset/sample.h"
#include "microscope/camera.h"
#include "microscope/scan_grid.h"
#include "specimen/interface.h"

namespace terrace {

/// A structure as thick as its thickest sample. `sites` decides what stands where; `registered_x` is where the standard
/// grid has its middle (Å, an A plane).
struct PlannedStructure {
  Interface interface;
  SiteTable sites;
  double registered_x = 0;
};

/// Where the A plane in the middle of the window lies (Å) in a structure whose columns are the film's from
/// `first_film_column` on: what the standard grid is centred on.
double registered_x(const Interface& interface, int first_film_column);

/// A sample: `structure` cut after `thickness_cells` and seen in a state of its own, with everything but its patterns.
struct PlannedSample {
  int structure = 0;
  int thickness_cells = 0;
  Microscope microscope;
  Camera camera;
  std::vector<ProbePosition> positions;  ///< in the structure's window
  Labels labels;
  Conditions conditions;
  Origin origin;
};

struct FamilyPlan {
  std::vector<PlannedStructure> structures;
  std::vector<PlannedSample> samples;  ///< recipe.samples_per_family() of them, in the order of their indices
};

/// A pure function of (recipe, family): any thread, any order, any restart plans the same.
FamilyPlan plan_family(const Recipe& recipe, std::int64_t family);

}  // namespace terrace
