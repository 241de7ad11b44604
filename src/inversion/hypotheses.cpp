#include "inversion/hypotheses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "specimen/composition.h"
#include "specimen/site_table.h"

namespace terrace {
namespace {

constexpr double rounding = 1e-9;

int columns_of(const Interface& interface) { return interface.substrate_cells + interface.film_cells; }

bool counts(int depth, int thickness, const LabelRules& rules) {
  return std::min(depth, thickness - depth) >= rules.surface_margin_cells;
}

/// Whether registration may have named plane 0 for a step whose boundary, above it, is at `plane`. A structure is
/// registered at one of its thicknesses, whichever is looked at.
bool can_be_registered(const HypothesisSpace& space, int plane, int depth, int height) {
  const auto mean = [&](int thickness) { return plane + height * (1 - static_cast<double>(depth) / thickness); };
  const auto [low, high] = std::minmax({mean(std::max(space.thinnest, depth + 1)), mean(space.thickest)});
  return low <= space.farthest_boundary_cells + rounding && high >= -space.farthest_boundary_cells - rounding;
}

class Enumeration {
 public:
  explicit Enumeration(const HypothesisSpace& space)
      : space_(space), reach_(static_cast<int>(std::floor(space.farthest_boundary_cells + rounding)) + 1) {}

  std::vector<Hypothesis> all() {
    for (const int thickness : space_.thicknesses) {
      add_abrupt(thickness);
      for (int depth = 1; depth < thickness; ++depth)
        if (counts(depth, thickness, space_.rules)) add_stepped(thickness, depth);
      add_twins(thickness);
    }
    set_priors();
    return std::move(all_);
  }

 private:
  void add_abrupt(int thickness) {
    for (int plane = -reach_; plane <= reach_; ++plane)
      if (std::abs(plane) <= space_.farthest_boundary_cells + rounding)
        all_.push_back({.thickness_cells = thickness, .plane = plane});
  }

  void add_stepped(int thickness, int depth) {
    for (const int height : {-1, 1})
      for (int plane = -reach_; plane <= reach_; ++plane) {
        if (!can_be_registered(space_, plane, depth, height)) continue;
        all_.push_back({.interface_class = InterfaceClass::rough,
                        .thickness_cells = thickness,
                        .plane = plane,
                        .step_depth_cells = depth,
                        .step_height_cells = height});
        // The lower terrace's column is film above the step (height +1) or below it (height −1).
        twins_.insert({std::min(plane, plane + height), height > 0 ? depth : thickness - depth});
      }
  }

  void add_twins(int thickness) {
    for (const auto& [plane, film_cells] : twins_)
      all_.push_back({.interface_class = InterfaceClass::diffuse,
                      .thickness_cells = thickness,
                      .plane = plane,
                      .film_cells = static_cast<double>(film_cells)});
    twins_.clear();
  }

  void set_priors() {
    std::map<InterfaceClass, std::map<int, int>> structures;
    for (const auto& h : all_) ++structures[h.interface_class][h.thickness_cells];
    for (auto& h : all_) {
      const auto& of_class = structures[h.interface_class];
      h.prior = 1.0 / (static_cast<double>(structures.size() * of_class.size()) * of_class.at(h.thickness_cells));
    }
  }

  const HypothesisSpace& space_;
  int reach_;
  std::set<std::pair<int, int>> twins_;
  std::vector<Hypothesis> all_;
};

/// The first `depths` cells of both hold the same.
bool equal_sites(const Array<double, 3>& one, const Array<double, 3>& other, int depths) {
  if (one.extent(2) != other.extent(2)) return false;
  const auto rows = std::max(one.extent(1), other.extent(1));
  for (int depth = 0; depth < depths; ++depth)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column = 0; column < one.extent(2); ++column)
        if (std::abs(one(depth, row % one.extent(1), column) - other(depth, row % other.extent(1), column)) > rounding)
          return false;
  return true;
}

void set_steps(const Hypothesis& h, Interface& interface) {
  interface.step_depths_cells.clear();
  interface.step_heights_cells.clear();
  if (!h.has_step()) return;
  interface.step_depths_cells = {h.step_depth_cells};
  interface.step_heights_cells = {h.step_height_cells};
  if (h.second_step_depth_cells <= 0) return;
  interface.step_depths_cells.push_back(h.second_step_depth_cells);
  interface.step_heights_cells.push_back(h.second_step_height_cells);
}

/// `interface` has the steps. Small windows cut a wide profile's tails at the seam.
CompositionTable composition_of(const Hypothesis& h, const Interface& interface) {
  const int columns = columns_of(interface);
  Interface widths = interface;
  widths.sigma_a_cells = h.sigma_a_cells;
  widths.sigma_b_cells = h.sigma_b_cells;
  CompositionTable table{lowest_boundary(interface), Array<double, 2>({h.thickness_cells, columns}),
                         Array<double, 2>({h.thickness_cells, columns})};
  const bool mixed_column = h.interface_class == InterfaceClass::diffuse && !h.has_width();
  for (int depth = 0; depth < h.thickness_cells; ++depth)
    for (int column = 0; column < columns; ++column) {
      const double cells = column + 0.5 - (boundary_at(interface, depth) + h.shift_cells);
      table.film_a(depth, column) = film_share_a(widths, cells - a_site_delay(interface));
      table.film_b(depth, column) = film_share_b(widths, cells);
      if (mixed_column && column == interface.substrate_cells)
        table.film_a(depth, column) = table.film_b(depth, column) = h.film_cells / h.thickness_cells;
    }
  return table;
}

bool same_cations(const SiteTable& one, const SiteTable& other, int depths) {
  return one.first_film_column == other.first_film_column && equal_sites(one.film_a, other.film_a, depths) &&
         equal_sites(one.film_b, other.film_b, depths);
}

}  // namespace

HypothesisSpace space_of(const Recipe& recipe, const PlannedSample& sample) {
  const auto& ranges = recipe.ranges_of(sample.origin.family);
  HypothesisSpace space{.thicknesses = {},
                        .thinnest = ranges.thickness_cells[0],
                        .thickest = ranges.thickness_cells[1],
                        .farthest_boundary_cells = 0.5 + ranges.registration_error_cells,
                        .rules = recipe.rules};
  const auto& known = sample.conditions;
  const double cell_nm = recipe.substrate.cell_angstrom / 10;
  for (int cells = space.thinnest; cells <= space.thickest; ++cells)
    if (std::abs(cells * cell_nm - known.thickness_nm) <= known.thickness_error_nm + rounding)
      space.thicknesses.push_back(cells);
  return space;
}

std::vector<Hypothesis> hypotheses_of(const HypothesisSpace& space) { return Enumeration(space).all(); }

double mean_boundary(const Hypothesis& h) {
  const auto below = [&](int depth) { return depth > 0 ? 1 - static_cast<double>(depth) / h.thickness_cells : 0.0; };
  double mean = h.plane + h.shift_cells + h.step_height_cells * below(h.step_depth_cells) +
                h.second_step_height_cells * below(h.second_step_depth_cells);
  if (h.interface_class == InterfaceClass::diffuse && !h.has_width()) mean += 1 - h.film_cells / h.thickness_cells;
  return mean;
}

PlannedStructure structure_of(const Hypothesis& hypothesis, const Interface& known) {
  const int columns = columns_of(known), middle = columns / 2;
  Interface interface = known;
  interface.substrate_cells = middle + hypothesis.plane;
  interface.film_cells = columns - interface.substrate_cells;
  interface.thickness_cells = hypothesis.thickness_cells;
  interface.sigma_a_cells = interface.sigma_b_cells = interface.la_tail_cells = 0;
  interface.mixing = "virtual_crystal";
  set_steps(hypothesis, interface);
  auto sites = virtual_sites(composition_of(hypothesis, interface));
  const double x = registered_x(interface, sites.first_film_column);
  return {std::move(interface), std::move(sites), x};
}

int position_of_truth(const std::vector<Hypothesis>& hypotheses, const PlannedStructure& structure,
                      int thickness_cells) {
  for (int i = 0; i < std::ssize(hypotheses); ++i) {
    if (hypotheses[i].thickness_cells != thickness_cells) continue;
    if (same_cations(structure_of(hypotheses[i], structure.interface).sites, structure.sites, thickness_cells))
      return i;
  }
  return -1;
}

}  // namespace terrace
