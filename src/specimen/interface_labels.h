// What there is to find out about an interface: the numbers derived from its parameters.
#pragma once

#include <array>

#include "core/settings.h"
#include "specimen/interface.h"

namespace terrace {

/// When a step or a width is too small to count. Printed with every figure that rests on it.
struct LabelRules {
  double surface_margin_cells = 1;
  double least_sigma_cells = 0.3;
};

inline auto fields(const LabelRules*) {
  using F = Field<LabelRules>;
  using R = LabelRules;
  return std::array{
      F{"surface_margin_cells", &R::surface_margin_cells, 0, 100, "a step nearer to either surface counts as none"},
      F{"least_sigma_cells", &R::least_sigma_cells, 0, 10, "a narrower profile counts as abrupt"},
  };
}

/// Depths count from the entrance surface. Rough = it has steps that count; diffuse = a width that counts on either
/// site.
struct InterfaceLabels {
  int step_count = 0;
  int step_depth_cells = -1;         ///< of the first step that counts; −1 where there is none
  int step_height_cells = 0;         ///< of the same; > 0: the substrate advances towards the film below it
  int second_step_depth_cells = -1;  ///< of the next step that counts
  double sigma_a_cells = 0, sigma_b_cells = 0;
  double boundary_offset_cells = 0;  ///< mean boundary over depth minus the nominal plane, all steps included
  bool rough = false, diffuse = false;
};

InterfaceLabels labels_of(const Interface& interface, const LabelRules& rules = {});

/// The labels of a structure made from a table that is alike at each depth (a matched-projection twin): no step, the
/// widths that the table shows (profile_moments), the offset from `nominal_plane` cells, measured on the B site.
InterfaceLabels labels_of_diffuse(const CompositionTable& table, int nominal_plane, const LabelRules& rules = {});

}  // namespace terrace
