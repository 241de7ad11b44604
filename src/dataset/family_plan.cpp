#include "dataset/family_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "dataset/microscope_state.h"
#include "microscope/probe.h"

namespace terrace {
namespace {

double draw(Random& random, const std::vector<double>& range) { return random.uniform(range[0], range[1]); }
int draw(Random& random, int low, int high) { return low + static_cast<int>(random.below(high - low + 1)); }

/// Plans one family; `random` is its own stream, drawn from in a fixed order.
class Planner {
 public:
  Planner(const Recipe& recipe, std::int64_t family)
      : recipe_(recipe),
        ranges_(recipe.ranges_of(family)),
        family_(family),
        random_(recipe.study.seed, {0xfa, static_cast<std::uint64_t>(family)}) {
    microscope_ = draw_family_microscope(recipe, ranges_, random_);
    thickest_ = draw_thickest();
    set_crystal();
  }

  FamilyPlan plan() {
    const auto& content = recipe_.content;
    for (int i = 0; i < content.stepped_structures; ++i) add_stepped_with_twins();
    for (int i = 0; i < content.mixed_cells; ++i) add_mixed_cell();
    for (int i = 0; i < content.diffuse_profiles; ++i) add_diffuse();
    for (int i = 0; i < content.stepped_and_diffuse; ++i) add_stepped_and_diffuse();
    for (int i = 0; i < content.twice_stepped; ++i) add_twice_stepped();
    if (content.abrupt_exits > 0) add_abrupt();
    for (std::size_t i = 0; i < plan_.samples.size(); ++i)
      plan_.samples[i].origin.index = family_ * recipe_.samples_per_family() + static_cast<std::int64_t>(i);
    return std::move(plan_);
  }

 private:
  int thinnest() const { return ranges_.thickness_cells[0]; }
  int thickest() const { return thickest_; }

  int draw_thickest() {
    const double high = ranges_.thickness_cells[1];
    if (ranges_.thickness_law == "even") return ranges_.thickness_cells[1];
    const double low = thinnest() + recipe_.content.most_exits() - 1;
    return static_cast<int>(std::lround(low * std::pow(high / low, random_.uniform())));
  }

  int middle() const { return recipe_.window.columns / 2; }

  void set_crystal() {
    base_.substrate = recipe_.substrate;
    base_.film = recipe_.film;
    base_.film.cell_across_angstrom = draw(random_, ranges_.film_cell_angstrom);
    const double scale = draw(random_, ranges_.film_b_scale);
    for (double* b : {&base_.film.b_factor_a, &base_.film.b_factor_b, &base_.film.b_factor_o}) *b *= scale;
    base_.cells_along = recipe_.window.cells_along;
  }

  /// Starts a structure and its twins: the film lost to milling, and the states that its first exit is seen in.
  Interface begin_structure() {
    Interface interface = base_;
    interface.film_loss_entrance_cells = draw(random_, ranges_.film_loss_cells[0], ranges_.film_loss_cells[1]);
    interface.film_loss_exit_cells = draw(random_, ranges_.film_loss_cells[0], ranges_.film_loss_cells[1]);
    draw_states();
    return interface;
  }

  /// A step and its twin at one thickness share them, so that nothing but the order of the atoms tells the two apart.
  /// Every other exit has states of its own: they cost no more than those of another exit would.
  void draw_states() {
    states_.clear();
    for (int i = 0; i < recipe_.content.states; ++i) states_.push_back(draw_state_in_window());
  }

  /// What draws several aberrations at their largest may make a probe that no window of the recipe holds.
  MicroscopeState draw_state_in_window() {
    constexpr int draws = 100;
    const double along = recipe_.window.cells_along * base_.substrate.cell_angstrom;
    const double across =
        recipe_.window.columns * std::min(base_.substrate.cell_across_angstrom, base_.film.cell_across_angstrom);
    const double narrow = std::min(along, across);
    for (int i = 0; i < draws; ++i) {
      auto state = draw_state(recipe_, ranges_, microscope_, random_);
      if (2 * ray_reach(state.microscope) <= narrow) return state;
    }
    throw InputError(fmt::format(
        "Of {} microscope states drawn for family {} none has a probe that fits the window of {:.1f} Å. "
        "Make the window larger, or defocus_nm, amorphous_nm, astigmatism_nm, C30_um or semiangle_mrad smaller.",
        draws, family_, narrow));
  }

  /// Calls `add_exit(thickness)` for each of `thicknesses`.
  template <class AddExit>
  void add_exits(const std::vector<int>& thicknesses, AddExit add_exit) {
    for (std::size_t i = 0; i < thicknesses.size(); ++i) {
      if (i > 0) draw_states();
      add_exit(thicknesses[i]);
    }
  }

  /// The A plane that registration would name for a mean boundary `offset` cells past plane 0.
  int registered_plane(double offset) {
    const double error = ranges_.registration_error_cells;
    return static_cast<int>(std::lround(offset + random_.uniform(-error, error)));
  }

  /// `interface` with its nominal plane so that the registered plane, `registered` cells past it, is in the middle.
  Interface placed(Interface interface, int registered, int thickness_cells) {
    interface.substrate_cells = middle() - registered;
    interface.film_cells = recipe_.window.columns - interface.substrate_cells;
    interface.thickness_cells = thickness_cells;
    interface.seed = static_cast<int>(random_.bits() >> 1);
    return interface;
  }

  int add_structure(const Interface& interface, SiteTable sites) {
    const double x = registered_x(interface, sites.first_film_column);
    plan_.structures.push_back({interface, std::move(sites), x});
    return static_cast<int>(plan_.structures.size()) - 1;
  }

  Labels labels_from(const InterfaceLabels& found, const Interface& interface, int thickness_cells, double offset) {
    const double cell = interface.substrate.cell_angstrom;
    Labels labels;
    labels.interface_class = static_cast<InterfaceClass>((found.rough ? 1 : 0) + (found.diffuse ? 2 : 0));
    labels.step_count = found.step_count;
    labels.step_depth_cells = found.step_depth_cells;
    labels.step_depth_nm = found.step_count > 0 ? found.step_depth_cells * cell / 10 : -1;
    labels.second_step_depth_cells = found.second_step_depth_cells;
    labels.step_height_cells = found.step_height_cells;
    labels.sigma_a_cells = found.sigma_a_cells;
    labels.sigma_b_cells = found.sigma_b_cells;
    labels.interface_offset_cells = offset;
    labels.film_cell_angstrom = interface.film.cell_across_angstrom;
    labels.thickness_nm = thickness_cells * cell / 10;
    return labels;
  }

  std::vector<ProbePosition> positions_in(const PlannedStructure& structure, const MicroscopeState& state) {
    const double y = structure.interface.cells_along / 2 * structure.interface.substrate.cell_angstrom;
    auto positions = state.offsets;
    for (auto& position : positions) position = {position.y + y, position.x + structure.registered_x};
    return positions;
  }

  /// `structure` at one thickness, seen in each state.
  void add_samples(int structure, int thickness_cells, const InterfaceLabels& found, double offset, std::int64_t pair) {
    const auto& planned = plan_.structures[structure];
    const auto labels = labels_from(found, planned.interface, thickness_cells, offset);
    for (int i = 0; i < std::ssize(states_); ++i) {
      const auto& state = states_[i];
      plan_.samples.push_back({.structure = structure,
                               .thickness_cells = thickness_cells,
                               .microscope = state.microscope,
                               .camera = state.camera,
                               .positions = positions_in(planned, state),
                               .labels = labels,
                               .conditions = {.energy_kev = microscope_.energy_kev,
                                              .semiangle_mrad = state.nominal_semiangle_mrad,
                                              .thickness_nm = labels.thickness_nm + state.thickness_error_nm,
                                              .thickness_error_nm = ranges_.thickness_error_nm},
                               .origin = {.family = family_,
                                          .structure = family_ * recipe_.structures_per_family() + structure,
                                          .state = i,
                                          .pair = pair < 0 ? -1 : pair + i,
                                          .split = recipe_.split_of(family_),
                                          .mixing = found.diffuse ? planned.interface.mixing : "none"}});
    }
  }

  /// `count` thicknesses, no two alike, of lamellae that hold a step at `depth` (0 for none).
  std::vector<int> draw_exits(int depth, int count) {
    std::vector<int> cells(thickest() + 1 - std::max(thinnest(), depth + 1));
    std::iota(cells.begin(), cells.end(), std::max(thinnest(), depth + 1));
    for (int i = 0; i < count; ++i) std::swap(cells[i], cells[draw(random_, i, static_cast<int>(cells.size()) - 1)]);
    cells.resize(count);
    return cells;
  }

  /// The deepest step that still leaves `exits` thicknesses to choose from.
  int deepest_step(int exits) const { return thickest() - exits; }

  /// Mean boundary of a single step in a lamella of this thickness, cells from the nominal plane.
  static double offset_of(const Interface& stepped, int thickness) {
    return stepped.step_heights_cells[0] * (1 - static_cast<double>(stepped.step_depths_cells[0]) / thickness);
  }

  int random_height() { return random_.uniform() < 0.5 ? -1 : 1; }

  std::string draw_mixing() {
    return random_.uniform() < recipe_.content.random_cation_share ? "random_cations" : "virtual_crystal";
  }

  /// One step at a random depth; thicknesses drawn from those that hold it, the first of them with a twin.
  void add_stepped_with_twins() {
    Interface interface = begin_structure();
    const int paired = recipe_.content.exits_per_step, all = paired + recipe_.content.more_exits_per_step;
    const int depth = draw(random_, 1, deepest_step(all));
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {random_height()};
    const auto exits = draw_exits(depth, all);
    const int registered = registered_plane(offset_of(interface, exits[0]));
    interface = placed(interface, registered, *std::max_element(exits.begin(), exits.end()));
    const int stepped = add_structure(interface, sites(interface, composition(interface)));
    int seen = 0;
    add_exits(exits, [&](int thickness) {
      Interface cut = interface;
      cut.thickness_cells = thickness;
      const auto labels = labels_of(cut, recipe_.rules);
      const auto number = family_ * recipe_.samples_per_family() + static_cast<std::int64_t>(plan_.samples.size());
      const bool has_twin = seen++ < paired;
      const std::int64_t pair = labels.rough && has_twin ? number : -1;
      const double offset = offset_of(interface, thickness) - registered;
      add_samples(stepped, thickness, labels, offset, pair);
      if (has_twin) add_twin(cut, offset, pair);
    });
  }

  /// The diffuse structure of the same projection, column by column. Where the step counts as none (`pair` −1), so does
  /// the mixing; where it counts, so does the mixing, however narrow.
  void add_twin(const Interface& stepped, double offset, std::int64_t pair) {
    const auto table = projected_twin(composition(stepped));
    Interface interface = stepped;
    interface.step_depths_cells.clear();
    interface.step_heights_cells.clear();
    interface.mixing = draw_mixing();
    const bool whole_atoms = interface.mixing == "random_cations";
    const auto seed = static_cast<std::uint64_t>(random_.bits());
    const auto sites = whole_atoms ? counted_sites(table, interface.cells_along, seed) : virtual_sites(table);
    auto labels = labels_of_diffuse(table, interface.substrate_cells, recipe_.rules);
    labels.diffuse = pair >= 0;
    add_samples(add_structure(interface, sites), stepped.thickness_cells, labels, offset, pair);
  }

  /// The twin of a step that is drawn as any, at further thicknesses too. It counts as mixed where the step of its
  /// projection counts.
  void add_mixed_cell() {
    Interface interface = begin_structure();
    const int exits = recipe_.content.exits_per_profile, depth = draw(random_, 1, deepest_step(exits));
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {random_height()};
    const auto thicknesses = draw_exits(depth, exits);
    const double share = static_cast<double>(depth) / thicknesses[0];
    const double offset = offset_of(interface, thicknesses[0]);
    const int registered = registered_plane(offset);
    interface = placed(interface, registered, thicknesses[0]);
    interface.mixing = draw_mixing();
    const auto twin = projected_twin(composition(interface));
    interface.thickness_cells = *std::max_element(thicknesses.begin(), thicknesses.end());
    interface.step_depths_cells.clear();
    interface.step_heights_cells.clear();
    const auto table =
        uniform_composition(interface.thickness_cells, twin.first_film_column, twin.film_a[0], twin.film_b[0]);
    const int structure = add_structure(interface, sites(interface, table));
    add_exits(thicknesses, [&](int thickness) {
      auto labels = labels_of_diffuse(table, interface.substrate_cells, recipe_.rules);
      labels.diffuse = std::min(share, 1 - share) * thickness >= recipe_.rules.surface_margin_cells;
      add_samples(structure, thickness, labels, offset - registered, -1);
    });
  }

  Interface mixed_interface() {
    Interface interface = begin_structure();
    interface.sigma_a_cells = draw(random_, ranges_.sigma_a_cells);
    interface.sigma_b_cells = draw(random_, ranges_.sigma_b_cells);
    interface.mixing = draw_mixing();
    return interface;
  }

  /// The profile of `interface` around its boundary at each depth, moved by `shift` cells. Small windows cut its tails
  /// at the seam (at 2.5 cells and σ = 1.2 two per cent of it), which is accepted here.
  CompositionTable profile(const Interface& interface, double shift) {
    const int columns = recipe_.window.columns;
    CompositionTable table{lowest_boundary(interface), Array<double, 2>({interface.thickness_cells, columns}),
                           Array<double, 2>({interface.thickness_cells, columns})};
    for (int depth = 0; depth < interface.thickness_cells; ++depth)
      for (int column = 0; column < columns; ++column) {
        const double cells = column + 0.5 - (boundary_at(interface, depth) + shift);
        table.film_a(depth, column) = film_share_a(interface, cells);
        table.film_b(depth, column) = film_share_b(interface, cells);
      }
    return table;
  }

  /// An error-function profile whose middle lies anywhere in a cell.
  void add_diffuse() {
    Interface interface = mixed_interface();
    const double shift = random_.uniform(-0.5, 0.5);
    const int registered = registered_plane(shift);
    interface = placed(interface, registered, thickest());
    const int structure = add_structure(interface, sites(interface, profile(interface, shift)));
    add_exits(draw_exits(0, recipe_.content.exits_per_profile), [&](int thickness) {
      add_samples(structure, thickness, labels_of(interface, recipe_.rules), shift - registered, -1);
    });
  }

  void add_stepped_and_diffuse() {
    Interface interface = mixed_interface();
    const int depth = draw(random_, 1, deepest_step(recipe_.content.exits_per_profile));
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {random_height()};
    const int registered = registered_plane(offset_of(interface, thickest()));
    interface = placed(interface, registered, thickest());
    const int structure = add_structure(interface, sites(interface, profile(interface, 0)));
    add_exits(draw_exits(depth, recipe_.content.exits_per_profile), [&](int thickness) {
      Interface cut = interface;
      cut.thickness_cells = thickness;
      const double offset = offset_of(interface, thickness) - registered;
      add_samples(structure, thickness, labels_of(cut, recipe_.rules), offset, -1);
    });
  }

  /// Two steps, up or down each, in lamellae that hold both.
  void add_twice_stepped() {
    Interface interface = begin_structure();
    const int deepest = deepest_step(recipe_.content.exits_per_profile);
    const int first = draw(random_, 1, deepest - 1), second = draw(random_, first + 1, deepest);
    interface.step_depths_cells = {first, second};
    interface.step_heights_cells = {random_height(), random_height()};
    interface.thickness_cells = thickest();
    const int registered = registered_plane(labels_of(interface, recipe_.rules).boundary_offset_cells);
    interface = placed(interface, registered, thickest());
    const int structure = add_structure(interface, sites(interface, composition(interface)));
    add_exits(draw_exits(second, recipe_.content.exits_per_profile), [&](int thickness) {
      Interface cut = interface;
      cut.thickness_cells = thickness;
      const auto labels = labels_of(cut, recipe_.rules);
      add_samples(structure, thickness, labels, labels.boundary_offset_cells - registered, -1);
    });
  }

  void add_abrupt() {
    const int registered = registered_plane(0);
    const Interface interface = placed(begin_structure(), registered, thickest());
    const int structure = add_structure(interface, sites(interface, composition(interface)));
    add_exits(draw_exits(0, recipe_.content.abrupt_exits), [&](int thickness) {
      add_samples(structure, thickness, labels_of(interface, recipe_.rules), -registered, -1);
    });
  }

  const Recipe& recipe_;
  const Ranges& ranges_;
  std::int64_t family_;
  Random random_;
  Microscope microscope_;
  int thickest_ = 0;
  Interface base_;
  std::vector<MicroscopeState> states_;  // of the structure that is being added
  FamilyPlan plan_;
};

}  // namespace

double registered_x(const Interface& interface, int first_film_column) {
  const int middle = (interface.substrate_cells + interface.film_cells) / 2;
  const int film = std::clamp(middle - first_film_column, 0, middle);
  return (middle - film) * interface.substrate.cell_across_angstrom + film * interface.film.cell_across_angstrom;
}

FamilyPlan plan_family(const Recipe& recipe, std::int64_t family) { return Planner(recipe, family).plan(); }

}  // namespace terrace
