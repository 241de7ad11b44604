#include "dataset/family_simulation.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "dataset/projected_profile.h"
#include "multislice/simulation.h"

namespace terrace {
namespace {

constexpr int slabs_per_cell = 2;

/// Structures that share a window (and so a grid and a tree): those whose film begins at the same column. Random
/// cations repeat nowhere and stay apart, so that the others may go by sectors.
struct Group {
  std::vector<int> samples;
  std::vector<Specimen> specimens;
  std::vector<Exit> exits;
  std::vector<int> exit_of_sample;  // beside `samples`
};

/// Puts samples into groups; a specimen is built once for all its exits.
class Grouping {
 public:
  Grouping(const FamilyPlan& plan, Passage passage) : plan_(plan), passage_(passage) {
    for (int i = 0; i < static_cast<int>(plan.samples.size()); ++i) add(i);
  }
  std::vector<Group> take() {
    std::vector<Group> groups;
    for (auto& [key, group] : groups_) groups.push_back(std::move(group));
    return groups;
  }

 private:
  void add(int number) {
    const auto& sample = plan_.samples[number];
    const auto& sites = plan_.structures[sample.structure].sites;
    Group& group = groups_[{sites.first_film_column, sites.rows() > 1}];
    const auto [known, is_new] =
        exits_.try_emplace({sample.structure, sample.thickness_cells}, static_cast<int>(group.exits.size()));
    if (is_new) group.exits.push_back(exit_of(sample, group));
    group.samples.push_back(number);
    group.exit_of_sample.push_back(known->second);
  }

  Exit exit_of(const PlannedSample& sample, Group& group) {
    const auto& structure = plan_.structures[sample.structure];
    // What is milled depends on where the exit is, and on which columns project as film down to there.
    const auto& interface = structure.interface;
    const bool milled = interface.film_loss_entrance_cells + interface.film_loss_exit_cells > 0;
    const bool by_thickness = passage_ == Passage::single_slice || milled;
    const auto [known, is_new] = specimens_.try_emplace({sample.structure, by_thickness ? sample.thickness_cells : 0},
                                                        static_cast<int>(group.specimens.size()));
    if (is_new) group.specimens.push_back(specimen_of(structure, by_thickness ? sample.thickness_cells : 0));
    return {known->second, passage_ == Passage::single_slice ? 1 : slabs_per_cell * sample.thickness_cells};
  }

  /// Cut after `thickness_cells`, or whole where that is 0.
  Specimen specimen_of(const PlannedStructure& structure, int thickness_cells) const {
    if (thickness_cells == 0) return build(structure.interface, structure.sites);
    const auto specimen = build(structure.interface, cut_off(structure.sites, thickness_cells));
    return passage_ == Passage::single_slice ? single_slice(specimen) : specimen;
  }

  const FamilyPlan& plan_;
  Passage passage_;
  std::map<std::pair<int, bool>, Group> groups_;
  std::map<std::pair<int, int>, int> exits_, specimens_;  // (structure, thickness) → number in its group
};

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

std::vector<float> profile_of(const Recipe& recipe, const PlannedSample& planned, const Group& group, int exit) {
  std::vector<double> x;
  for (int column = 0; column < recipe.grid.across; ++column) x.push_back(planned.positions[column].x);
  const auto& [specimen, depth] = group.exits[exit];
  const double blur = airy_blur(planned.conditions.energy_kev, planned.conditions.semiangle_mrad);
  return projected_profile(group.specimens[specimen], depth, x, blur);
}

SimulationPlan simulation_of(const Recipe& recipe, const FamilyPlan& plan, const Group& group) {
  SimulationPlan simulation{.specimens = group.specimens,
                            .exits = group.exits,
                            .views = {},
                            .sampling = recipe.sampling,
                            .grid = grid_for(group.specimens[0], recipe.sampling)};
  for (std::size_t i = 0; i < group.samples.size(); ++i) {
    const auto& sample = plan.samples[group.samples[i]];
    simulation.views.push_back({group.exit_of_sample[i], sample.microscope, sample.camera, sample.positions});
  }
  return simulation;
}

void simulate_group(const Recipe& recipe, const FamilyPlan& plan, const Group& group, const Progress& progress,
                    std::vector<Sample>& samples) {
  const std::int64_t pattern_size = std::int64_t{recipe.grid.pixels} * recipe.grid.pixels;
  const auto place = [&](int view, std::int64_t position) {
    return samples[group.samples[view]].patterns.span().subspan(position * pattern_size, pattern_size);
  };
  simulate(simulation_of(recipe, plan, group), 1, place, progress);
  for (std::size_t i = 0; i < group.samples.size(); ++i) {
    const int number = group.samples[i];
    samples[number].projected_profile = profile_of(recipe, plan.samples[number], group, group.exit_of_sample[i]);
  }
}

}  // namespace

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

std::vector<Sample> simulate_family(const Recipe& recipe, const FamilyPlan& plan, Passage passage,
                                    const std::function<void()>& still_at_it) {
  Progress progress;
  if (still_at_it) progress = [&](std::string_view, std::int64_t, std::int64_t) { still_at_it(); };
  std::vector<Sample> samples;
  for (const auto& planned : plan.samples) samples.push_back(empty_sample(planned, recipe.grid));
  for (const auto& group : Grouping(plan, passage).take()) simulate_group(recipe, plan, group, progress, samples);
  return samples;
}

Work work_of(const Recipe& recipe, const FamilyPlan& plan) {
  Work work;
  for (const auto& group : Grouping(plan, Passage::multislice).take()) {
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
