// The inversion tried on one simulated scan whose truth is known.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "inversion/forecast.h"
#include "inversion/inversion.h"

namespace terrace {

/// One structure of a recipe, seen at one dose; the rest of its circumstances are drawn as the recipe says and unknown.
struct Trial {
  std::int64_t family = 0, structure = 0;
  int sample = 0;  ///< in the family's plan
  double electrons_per_pattern = 0;
};

/// What came of it.
struct TrialOutcome {
  Trial trial;
  InterfaceClass truth = InterfaceClass::abrupt;
  InterfaceClass answered = InterfaceClass::abrupt;
  double class_probability = 0, answered_probability = 0;  ///< of the true class; of the answered one
  int thickness_cells = 0, found_thickness_cells = 0;
  int step_count = 0;
  int depth_cells = -1, found_depth_cells = -1;  ///< of the first step; the most probable one
  double source_fwhm_angstrom = 0;
  bool direction_right = false;
  double exact_probability = 0;  ///< of the true depth, given a step
  double depth_rank = 0;         ///< of the true depth in its distribution, its place in the cell drawn
  double interval_cells = 0;     ///< width of the 90 % interval
  bool abstained = false;
  double goodness = 1, deviations = 0;
  double seconds = 0;  ///< of the search
  // The bound, where the structure is a hypothesis with rivals: what the best reader would reach.
  double bound_exact = -1;                          ///< rough with one step: probability of the exact cell
  double bound_class = -1;                          ///< of preferring the truth to its matched twin
  double adjacent_settles = -1, twin_settles = -1;  ///< electrons a pattern
  double nearest_surface_cells = -1;                ///< from the step, or from that of the twin
};

/// What scans are of, and what is taken as open when they are inverted: the same recipe, or another for a model that is
/// not the truth. Their grids agree.
struct TrialRecipes {
  const Recipe& truth;
  const Recipe& model;
  bool same() const { return &truth == &model; }
};

/// Simulates the scan of one sample of the family's plan (of the truth's recipe) and inverts it at each dose. The bound
/// is that of a true model alone. The same numbers for any number of threads.
std::vector<TrialOutcome> run_trials(const TrialRecipes& recipes, const FamilyPlan& plan, std::int64_t family,
                                     int sample, std::span<const double> electrons_per_pattern,
                                     const SearchEffort& effort, int threads);

nlohmann::ordered_json to_json(const TrialOutcome& outcome);
TrialOutcome trial_outcome_from_json(const nlohmann::ordered_json& json);

}  // namespace terrace
