#include "dataset/family_simulation.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "dataset/projected_profile.h"
#include "multislice/simulation.h"

namespace terrace {
namespace {

constexpr int slabs_per_cell = 2;

/// Structures that share a window (and so a grid, a probe and a tree): those whose film begins at the same column.
struct Group {
  std::vector<int> samples;
  std::vector<Specimen> specimens;
  std::vector<Exit> exits;  // one a sample
};

std::vector<Group> group_structures(const FamilyPlan& plan, Passage passage) {
  std::map<int, std::vector<int>> samples_by_window;
  for (int i = 0; i < static_cast<int>(plan.samples.size()); ++i)
    samples_by_window[plan.structures[plan.samples[i].structure].sites.first_film_column].push_back(i);
  std::vector<Group> groups;
  for (auto& [column, samples] : samples_by_window) {
    Group group{.samples = samples, .specimens = {}, .exits = {}};
    std::map<int, int> specimen_of_structure;
    for (const int sample : samples) {
      const auto& [structure, thickness, labels, conditions, origin] = plan.samples[sample];
      const auto whole = [&] { return build(plan.structures[structure].interface, plan.structures[structure].sites); };
      if (passage == Passage::single_slice) {  // a projection belongs to one thickness
        group.exits.push_back({static_cast<int>(group.specimens.size()), 1});
        group.specimens.push_back(single_slice(cut_off(whole(), slabs_per_cell * thickness)));
        continue;
      }
      const auto [known, is_new] =
          specimen_of_structure.try_emplace(structure, static_cast<int>(group.specimens.size()));
      if (is_new) group.specimens.push_back(whole());
      group.exits.push_back({known->second, slabs_per_cell * thickness});
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<ProbePosition> positions_of(const StandardGrid& grid, const FamilyPlan& plan,
                                        const PlannedStructure& structure) {
  const double cell_x = structure.interface.substrate.cell_across_angstrom;
  const double cell_y = structure.interface.substrate.cell_angstrom;
  const double middle_y = structure.interface.cells_along / 2 * cell_y;
  std::vector<ProbePosition> positions;
  for (int row = 0; row < grid.along; ++row)
    for (int column = 0; column < grid.across; ++column)
      positions.push_back({middle_y + grid.offset_y(row) * cell_y + plan.position_error_y,
                           structure.registered_x + grid.offset_x(column) * cell_x + plan.position_error_x});
  return positions;
}

Sample empty_sample(const PlannedSample& planned, const StandardGrid& grid) {
  Sample sample{.patterns = Array<float, 4>({grid.along, grid.across, grid.pixels, grid.pixels}),
                .covered = Array<std::uint8_t, 2>({grid.along, grid.across}),
                .labels = planned.labels,
                .conditions = planned.conditions,
                .origin = planned.origin,
                .projected_profile = {}};
  std::fill(sample.covered.begin(), sample.covered.end(), 1);
  return sample;
}

void add_projected_profiles(const Recipe& recipe, const Microscope& microscope, const Group& group,
                            std::span<const ProbePosition> positions, std::vector<Sample>& samples) {
  std::vector<double> x;
  for (int column = 0; column < recipe.grid.across; ++column) x.push_back(positions[column].x);
  const double blur = airy_blur(microscope.energy_kev, microscope.semiangle_mrad);
  for (std::size_t i = 0; i < group.samples.size(); ++i)
    samples[group.samples[i]].projected_profile =
        projected_profile(group.specimens[group.exits[i].specimen], group.exits[i].depth, x, blur);
}

SimulationPlan simulation_of(const Recipe& recipe, const FamilyPlan& plan, const Group& group) {
  const auto& structure = plan.structures[plan.samples[group.samples[0]].structure];
  SimulationPlan simulation{.specimens = group.specimens,
                            .exits = group.exits,
                            .views = {},
                            .camera = {.pixels = recipe.grid.pixels, .mrad_per_pixel = recipe.grid.mrad_per_pixel},
                            .sampling = recipe.sampling,
                            .grid = grid_for(group.specimens[0], recipe.sampling)};
  const auto positions = positions_of(recipe.grid, plan, structure);
  for (int exit = 0; exit < std::ssize(group.exits); ++exit)
    simulation.views.push_back({exit, plan.microscope, positions});
  return simulation;
}

void simulate_group(const Recipe& recipe, const FamilyPlan& plan, const Group& group, std::vector<Sample>& samples) {
  const auto simulation = simulation_of(recipe, plan, group);
  const std::int64_t pattern_size = std::int64_t{recipe.grid.pixels} * recipe.grid.pixels;
  simulate(simulation, 1, [&](int view, std::int64_t position) {
    return samples[group.samples[view]].patterns.span().subspan(position * pattern_size, pattern_size);
  });
  add_projected_profiles(recipe, plan.microscope, group, simulation.views[0].positions, samples);
}

}  // namespace

Specimen cut_off(const Specimen& specimen, int depth_count) {
  Specimen cut = specimen;
  cut.stack.resize(depth_count);
  return cut;
}

Specimen single_slice(const Specimen& specimen) {
  std::map<std::tuple<int, double, double, double>, double> occupancy;
  for (const int slab : specimen.stack)
    for (const auto& atom : specimen.slabs[slab].atoms)
      occupancy[{atom.atomic_number, atom.y, atom.x, atom.b_factor}] += atom.occupancy;
  std::vector<Atom> atoms;
  for (const auto& [key, sum] : occupancy) {
    const auto& [number, y, x, b] = key;
    atoms.push_back({.atomic_number = number, .x = x, .y = y, .z = 0, .occupancy = sum, .b_factor = b});
  }
  Specimen single{.width_x = specimen.width_x, .width_y = specimen.width_y, .slabs = {}, .stack = {}};
  // What follows the only slice is free space, which no intensity feels: a thin one, whose propagator cannot alias.
  single.add_slab(specimen.slab_at(0).thickness, std::move(atoms));
  return single;
}

std::vector<Sample> simulate_family(const Recipe& recipe, const FamilyPlan& plan, Passage passage) {
  std::vector<Sample> samples;
  for (const auto& planned : plan.samples) samples.push_back(empty_sample(planned, recipe.grid));
  for (const auto& group : group_structures(plan, passage)) simulate_group(recipe, plan, group, samples);
  return samples;
}

Work work_of(const Recipe& recipe, const FamilyPlan& plan) {
  Work work;
  for (const auto& group : group_structures(plan, Passage::multislice)) {
    const auto simulation = simulation_of(recipe, plan, group);
    const FamilyTree tree(simulation.specimens, simulation.exits);
    work.shared_steps += tree.steps();
    work.separate_steps += tree.separate_steps();
    const auto choice = choose_engine(simulation, 1);
    work.seconds += choice.work;
    work.memory_bytes = std::max(work.memory_bytes, choice.memory_bytes);
    work.engine = choice;
  }
  return work;
}

}  // namespace terrace
