#include "specimen/interface_labels.h"

#include <algorithm>

namespace terrace {
namespace {

bool counts(int depth, const Interface& interface, const LabelRules& rules) {
  return std::min(depth, interface.thickness_cells - depth) >= rules.surface_margin_cells;
}

bool counts_as_diffuse(const InterfaceLabels& labels, const LabelRules& rules) {
  const double widest = std::max(labels.sigma_a_cells, labels.sigma_b_cells);
  return widest > 0 && widest >= rules.least_sigma_cells;
}

void count_steps(InterfaceLabels& labels, const Interface& interface, const LabelRules& rules) {
  for (std::size_t step = 0; step < interface.step_depths_cells.size(); ++step) {
    const int depth = interface.step_depths_cells[step];
    if (!counts(depth, interface, rules)) continue;
    ++labels.step_count;
    const bool is_first = labels.step_depth_cells < 0 || depth < labels.step_depth_cells;
    const int next = is_first ? labels.step_depth_cells : depth;
    if (labels.second_step_depth_cells < 0 || next < labels.second_step_depth_cells)
      labels.second_step_depth_cells = next;
    if (!is_first) continue;
    labels.step_depth_cells = depth;
    labels.step_height_cells = interface.step_heights_cells[step];
  }
}

double mean_boundary(const Interface& interface) {
  double sum = 0;
  for (int depth = 0; depth < interface.thickness_cells; ++depth) sum += boundary_at(interface, depth);
  return sum / interface.thickness_cells;
}

}  // namespace

InterfaceLabels labels_of(const Interface& interface, const LabelRules& rules) {
  InterfaceLabels labels;
  count_steps(labels, interface, rules);
  labels.sigma_a_cells = interface.sigma_a_cells;
  labels.sigma_b_cells = interface.sigma_b_cells;
  labels.boundary_offset_cells = mean_boundary(interface) - interface.substrate_cells;
  labels.rough = labels.step_count > 0;
  labels.diffuse = counts_as_diffuse(labels, rules);
  return labels;
}

InterfaceLabels labels_of_diffuse(const CompositionTable& table, int nominal_plane, const LabelRules& rules) {
  const auto on_b = profile_moments(table.film_b);
  InterfaceLabels labels;
  labels.sigma_a_cells = profile_moments(table.film_a).width;
  labels.sigma_b_cells = on_b.width;
  labels.boundary_offset_cells = on_b.mean_boundary - nominal_plane;
  labels.diffuse = counts_as_diffuse(labels, rules);
  return labels;
}

}  // namespace terrace
