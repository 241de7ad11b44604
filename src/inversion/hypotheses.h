// The structures that a sample may be, when all else about it is known: what the exact posterior is a posterior over.
#pragma once

#include <vector>

#include "dataset/family_plan.h"
#include "dataset/recipe.h"
#include "dataset/sample.h"

namespace terrace {

/// One structure. Planes count in columns from the registered plane. Abrupt: film from `plane` on at every depth.
/// Rough: film from `plane` on above the step, from `plane` + height below it, and so on below a second one. Diffuse:
/// the matched-projection twin of such a step, with a share `film_cells` / thickness of film in column `plane` alone;
/// or, where a width is given, an error-function profile around `plane` + `shift_cells`. Both: that profile around the
/// boundary at each depth. Mixed cells are virtual crystals.
/// Thinner lamellae are not inverted.
inline constexpr int thinnest_cells = 4;

struct Hypothesis {
  InterfaceClass interface_class = InterfaceClass::abrupt;
  int thickness_cells = 0;
  int plane = 0;
  int step_depth_cells = -1;         ///< rough and both
  int step_height_cells = 0;         ///< rough and both
  double film_cells = 0;             ///< diffuse without a width; whole for the twin of a step
  int second_step_depth_cells = -1;  ///< below the first one; −1 for none
  int second_step_height_cells = 0;
  double sigma_a_cells = 0, sigma_b_cells = 0;  ///< as Interface's
  double shift_cells = 0;                       ///< diffuse with a width
  double prior = 0;                             ///< all of a list sum to 1

  bool has_step() const { return step_depth_cells > 0; }
  bool has_width() const { return sigma_a_cells > 0 || sigma_b_cells > 0; }
};

/// What is known of the structures before any pattern is seen.
struct HypothesisSpace {
  std::vector<int> thicknesses;        ///< in cells, equally probable
  int thinnest = 0, thickest = 0;      ///< what registration may have seen of a structure: the recipe's thicknesses
  double farthest_boundary_cells = 0;  ///< from the registered plane: ½ and the registration's error
  LabelRules rules;
};

/// The space of one planned sample. Its thickness is known where its conditions give no error, else every thickness of
/// the recipe within that error is possible.
HypothesisSpace space_of(const Recipe& recipe, const PlannedSample& sample);

/// Every structure of `space`, none twice (steps of equal projection have one twin). Rough: a step of ±1 at every
/// depth where it counts. A plane is possible where the mean boundary of the structure, at a thickness that the recipe
/// may have registered it at, is not farther from the registered plane than `farthest_boundary_cells`; a diffuse
/// structure where one of the steps that it is a twin of is. Prior: a third for each class, in each class equal for
/// each thickness, at each thickness equal for each structure. Left out: two steps, step and mixing together,
/// error-function profiles, random cations, steps too near to a surface to count.
std::vector<Hypothesis> hypotheses_of(const HypothesisSpace& space);

/// Mean boundary over depth, in cells from the registered plane.
double mean_boundary(const Hypothesis& hypothesis);

/// `hypothesis` in the crystal of `known` (its cells, B factors, window; not its steps or widths).
PlannedStructure structure_of(const Hypothesis& hypothesis, const Interface& known);

/// Which of `hypotheses` holds the same cations on the same sites as `structure` cut after `thickness_cells`; −1 for
/// none.
int position_of_truth(const std::vector<Hypothesis>& hypotheses, const PlannedStructure& structure,
                      int thickness_cells);

}  // namespace terrace
