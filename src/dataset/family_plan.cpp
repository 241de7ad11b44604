#include "dataset/family_plan.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/random.h"

namespace terrace {
namespace {

double draw(Random& random, const std::vector<double>& range) { return random.uniform(range[0], range[1]); }
int draw(Random& random, int low, int high) { return low + static_cast<int>(random.below(high - low + 1)); }

/// Plans one family; `random` is its own stream, drawn from in a fixed order.
class Planner {
 public:
  Planner(const Recipe& recipe, std::int64_t family)
      : recipe_(recipe), family_(family), random_(recipe.study.seed, {0xfa, static_cast<std::uint64_t>(family)}) {
    set_microscope();
    set_crystal();
  }

  FamilyPlan plan() {
    for (int i = 0; i < recipe_.content.stepped_structures; ++i) add_stepped_with_twins();
    for (int i = 0; i < recipe_.content.diffuse_profiles; ++i) add_diffuse();
    for (int i = 0; i < recipe_.content.stepped_and_diffuse; ++i) add_stepped_and_diffuse();
    if (recipe_.content.abrupt_exits > 0) add_abrupt();
    for (std::size_t i = 0; i < plan_.samples.size(); ++i)
      plan_.samples[i].origin.index = family_ * recipe_.samples_per_family() + static_cast<std::int64_t>(i);
    return std::move(plan_);
  }

 private:
  int thinnest() const { return recipe_.ranges.thickness_cells[0]; }
  int thickest() const { return recipe_.ranges.thickness_cells[1]; }
  int middle() const { return recipe_.window.columns / 2; }

  void set_microscope() {
    plan_.microscope = recipe_.microscope;
    plan_.microscope.defocus_nm += draw(random_, recipe_.ranges.defocus_nm);
    const double tilt = recipe_.ranges.specimen_tilt_mrad * std::sqrt(random_.uniform());
    const double azimuth = random_.uniform(0, 2 * pi);
    plan_.microscope.specimen_tilt_x_mrad += tilt * std::cos(azimuth);
    plan_.microscope.specimen_tilt_y_mrad += tilt * std::sin(azimuth);
    const double error = recipe_.ranges.position_error_angstrom;
    plan_.position_error_x = random_.uniform(-error, error);
    plan_.position_error_y = random_.uniform(-error, error);
  }

  void set_crystal() {
    base_.substrate = recipe_.substrate;
    base_.film = recipe_.film;
    base_.film.cell_across_angstrom = draw(random_, recipe_.ranges.film_cell_angstrom);
    const double scale = draw(random_, recipe_.ranges.film_b_scale);
    for (double* b : {&base_.film.b_factor_a, &base_.film.b_factor_b, &base_.film.b_factor_o}) *b *= scale;
    base_.cells_along = recipe_.window.cells_along;
  }

  /// The A plane that registration would name for a mean boundary `offset` cells past plane 0.
  int registered_plane(double offset) {
    const double error = recipe_.ranges.registration_error_cells;
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
    const int film = std::clamp(middle() - sites.first_film_column, 0, middle());
    const double x =
        (middle() - film) * interface.substrate.cell_across_angstrom + film * interface.film.cell_across_angstrom;
    plan_.structures.push_back({interface, std::move(sites), x});
    return static_cast<int>(plan_.structures.size()) - 1;
  }

  void add_sample(int structure, int thickness_cells, const InterfaceLabels& found, double offset, std::int64_t pair) {
    const Interface& interface = plan_.structures[structure].interface;
    const double cell = interface.substrate.cell_angstrom;
    PlannedSample sample;
    sample.structure = structure;
    sample.thickness_cells = thickness_cells;
    Labels& labels = sample.labels;
    labels.interface_class = static_cast<InterfaceClass>((found.rough ? 1 : 0) + (found.diffuse ? 2 : 0));
    labels.step_count = found.step_count;
    labels.step_depth_cells = found.step_depth_cells;
    labels.step_depth_nm = found.step_count > 0 ? found.step_depth_cells * cell / 10 : -1;
    labels.step_height_cells = found.step_height_cells;
    labels.sigma_a_cells = found.sigma_a_cells;
    labels.sigma_b_cells = found.sigma_b_cells;
    labels.interface_offset_cells = offset;
    labels.film_cell_angstrom = interface.film.cell_across_angstrom;
    sample.conditions = {.energy_kev = plan_.microscope.energy_kev,
                         .semiangle_mrad = plan_.microscope.semiangle_mrad,
                         .thickness_nm = thickness_cells * cell / 10};
    sample.origin = {.family = family_,
                     .pair = pair,
                     .split = recipe_.split_of(family_),
                     .mixing = found.diffuse ? interface.mixing : "none"};
    plan_.samples.push_back(sample);
  }

  std::string draw_mixing() {
    return random_.uniform() < recipe_.content.random_cation_share ? "random_cations" : "virtual_crystal";
  }

  /// One step at a random depth; thicknesses drawn from those that hold it.
  void add_stepped_with_twins() {
    Interface interface = base_;
    const int depth = draw(random_, 1, thickest() - 1);
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {random_.uniform() < 0.5 ? -1 : 1};
    std::vector<int> exits;
    for (int i = 0; i < recipe_.content.exits_per_step; ++i)
      exits.push_back(draw(random_, std::max(thinnest(), depth + 1), thickest()));
    const auto offset_at = [&](int thickness) {
      return interface.step_heights_cells[0] * (1 - static_cast<double>(depth) / thickness);
    };
    const int registered = registered_plane(offset_at(exits[0]));
    interface = placed(interface, registered, *std::max_element(exits.begin(), exits.end()));
    const int stepped = add_structure(interface, sites(interface, composition(interface)));
    for (const int thickness : exits) {
      Interface cut = interface;
      cut.thickness_cells = thickness;
      const auto labels = labels_of(cut, recipe_.rules);
      const auto number = family_ * recipe_.samples_per_family() + static_cast<std::int64_t>(plan_.samples.size());
      const std::int64_t pair = labels.rough ? number : -1;
      const double offset = offset_at(thickness) - registered;
      add_sample(stepped, thickness, labels, offset, pair);
      add_twin(cut, offset, pair);
    }
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
    add_sample(add_structure(interface, sites), stepped.thickness_cells, labels, offset, pair);
  }

  Interface mixed_interface() {
    Interface interface = base_;
    interface.sigma_a_cells = draw(random_, recipe_.ranges.sigma_a_cells);
    interface.sigma_b_cells = draw(random_, recipe_.ranges.sigma_b_cells);
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
    for (int i = 0; i < recipe_.content.exits_per_profile; ++i)
      add_sample(structure, draw(random_, thinnest(), thickest()), labels_of(interface, recipe_.rules),
                 shift - registered, -1);
  }

  void add_stepped_and_diffuse() {
    Interface interface = mixed_interface();
    const int depth = draw(random_, 1, thickest() - 1);
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {random_.uniform() < 0.5 ? -1 : 1};
    const double mean = interface.step_heights_cells[0] * (1 - static_cast<double>(depth) / thickest());
    const int registered = registered_plane(mean);
    interface = placed(interface, registered, thickest());
    const int structure = add_structure(interface, sites(interface, profile(interface, 0)));
    for (int i = 0; i < recipe_.content.exits_per_profile; ++i) {
      const int thickness = draw(random_, std::max(thinnest(), depth + 1), thickest());
      Interface cut = interface;
      cut.thickness_cells = thickness;
      const double offset = interface.step_heights_cells[0] * (1 - static_cast<double>(depth) / thickness) - registered;
      add_sample(structure, thickness, labels_of(cut, recipe_.rules), offset, -1);
    }
  }

  void add_abrupt() {
    const int registered = registered_plane(0);
    const Interface interface = placed(base_, registered, thickest());
    const int structure = add_structure(interface, sites(interface, composition(interface)));
    for (int i = 0; i < recipe_.content.abrupt_exits; ++i)
      add_sample(structure, draw(random_, thinnest(), thickest()), labels_of(interface, recipe_.rules), -registered,
                 -1);
  }

  const Recipe& recipe_;
  std::int64_t family_;
  Random random_;
  Interface base_;
  FamilyPlan plan_;
};

}  // namespace

FamilyPlan plan_family(const Recipe& recipe, std::int64_t family) { return Planner(recipe, family).plan(); }

}  // namespace terrace
