#include "multislice/multislice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "microscope/probe.h"
#include "multislice/family_tree.h"
#include "multislice/multislice.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

constexpr double energy = 200;

/// A narrow window: 4 cells across, 2 along, coarse but inside the band limit of a 15 mrad probe.
Interface narrow_interface() {
  Interface interface;
  interface.substrate_cells = interface.film_cells = 2;
  interface.cells_along = 2;
  interface.thickness_cells = 6;
  return interface;
}

Grid grid_over(const Specimen& specimen) { return {64, 96, specimen.width_y, specimen.width_x}; }

Waves probes(const Grid& grid, std::initializer_list<ProbePosition> positions) {
  const ProbeFormer former(grid, {.energy_kev = energy, .semiangle_mrad = 15});
  Waves waves(std::make_shared<const PlaneWaves>(grid), static_cast<int>(positions.size()));
  int index = 0;
  for (const auto& position : positions) set_probe(waves, index++, former, position, former.states()[0]);
  return waves;
}

Slice vacuum(const Grid& grid, double thickness) {
  Transmission transmission({grid.height, grid.width});
  std::fill(transmission.begin(), transmission.end(), Complex(1));
  return {std::make_shared<const Transmission>(std::move(transmission)), thickness};
}

std::vector<Slice> slices_of(const Specimen& specimen, const TransmissionSource& transmissions) {
  std::vector<Slice> slices;
  for (int depth = 0; depth < specimen.depth_count(); ++depth)
    slices.push_back({transmissions.at(specimen.slab_at(depth), depth, 0), specimen.slab_at(depth).thickness});
  return slices;
}

Waves through(const Specimen& specimen, const std::string& thermal, Waves waves) {
  const TransmissionSource transmissions(grid_over(specimen), energy, {.thermal = thermal});
  Multislice multislice(waves.shared_plane_waves(), energy);
  multislice.run(waves, slices_of(specimen, transmissions));
  return waves;
}

/// √Σ|ψ_a(r) − ψ_b(moved r)|².
double distance(const Array<Complex, 2>& a, const Array<Complex, 2>& b, const std::function<int(int)>& moved_row) {
  double difference = 0;
  for (int y = 0; y < a.extent(0); ++y)
    for (int x = 0; x < a.extent(1); ++x) difference += std::norm(a(y, x) - b(moved_row(y), x));
  return std::sqrt(difference);
}

TEST(Multislice, vacuum_keeps_every_electron) {
  const Grid grid{64, 96, 8, 16};
  auto waves = probes(grid, {{4, 8}});
  const std::vector<Slice> slices(200, vacuum(grid, 2));
  Multislice(waves.shared_plane_waves(), energy).run(waves, slices);
  // Each of the 400 transforms and, squared, of the 200 rounded propagators may lose a float epsilon (6e-8): 4.8e-5.
  EXPECT_NEAR(total_intensity(waves, 0), 1, 4.8e-5);
}

TEST(Multislice, absorption_only_removes) {
  const auto specimen = build(narrow_interface());
  const auto entrance = probes(grid_over(specimen), {{0, 0}, {1.9, 1.9}, {3.1, 8.2}});
  const auto elastic = through(specimen, "debye_waller", entrance),
             absorbed = through(specimen, "absorptive", entrance);
  for (int i = 0; i < 3; ++i) {
    EXPECT_LT(total_intensity(absorbed, i), total_intensity(elastic, i));
    // |t| may exceed 1 after band limiting, the wave as a whole may not.
    EXPECT_LT(total_intensity(elastic, i), 1 + 1e-5);
    EXPECT_GT(total_intensity(absorbed, i), 0.5);  // 2.3 nm absorb a few per cent
  }
}

TEST(Multislice, a_probe_one_cell_further_along_the_interface_gives_the_same_wave_moved) {
  const auto specimen = build(narrow_interface());
  const Grid grid = grid_over(specimen);
  const auto waves = through(specimen, "absorptive", probes(grid, {{0.7, 5}, {0.7 + 3.905, 5}}));
  const int rows = grid.height / 2;  // one of two cells
  // 12 slabs × 4 operations of relative error 1e-7 each on a wave of norm 1.
  EXPECT_LT(distance(in_real_space(waves, 0), in_real_space(waves, 1), [&](int y) { return (y + rows) % grid.height; }),
            12 * 4 * 1e-7 * 4);
}

TEST(Multislice, the_mirror_along_the_interface_is_kept) {
  const auto specimen = build(narrow_interface());
  const Grid grid = grid_over(specimen);
  const auto waves = through(specimen, "absorptive", probes(grid, {{0.7, 5}, {-0.7, 5}}));
  EXPECT_LT(distance(in_real_space(waves, 0), in_real_space(waves, 1),
                     [&](int y) { return (grid.height - y) % grid.height; }),
            12 * 4 * 1e-7 * 4);
}

TEST(Multislice, reciprocity_the_reversed_specimen_exchanges_source_and_detector) {
  // Amplitude from beam g to beam h through a specimen = amplitude from −h to −g through the reversed one (Pogany &
  // Turner, Acta Cryst. A24 (1968) 103). Planes lie in the middle of their slices here: half a slice of vacuum on
  // either side makes the sequence symmetric, so one more half propagator before and one less after.
  Interface interface = narrow_interface();
  interface.step_depths_cells = {2};
  interface.step_heights_cells = {1};
  const auto specimen = build(interface);
  const Grid grid = grid_over(specimen);
  const double slab = specimen.slab_at(0).thickness;
  const TransmissionSource transmissions(grid, energy, {.thermal = "absorptive"});
  const auto plane_waves = std::make_shared<const PlaneWaves>(grid);

  const auto amplitude = [&](int from_y, int from_x, int to_y, int to_x, bool reversed) {
    Waves wave(plane_waves, 1);
    wave.set_amplitude(0, from_y, from_x, 1);
    auto slices = slices_of(specimen, transmissions);
    if (reversed) std::reverse(slices.begin(), slices.end());
    slices.back().thickness = slab / 2;
    slices.insert(slices.begin(), vacuum(grid, slab / 2));
    Multislice(plane_waves, energy).run(wave, slices);
    return wave.amplitude(0, to_y, to_x);
  };
  const int beams[][4] = {{0, 0, 0, 0}, {0, 1, 2, -3}, {1, -2, 0, 4}, {-3, 2, 3, 5}};
  for (const auto& [gy, gx, hy, hx] : beams) {
    const auto forward = amplitude(gy, gx, hy, hx, false), back = amplitude(-hy, -hx, -gy, -gx, true);
    EXPECT_LT(std::abs(forward - back), 12 * 4 * 1e-7 * 2);
  }
  // The law has teeth: without reversal the stepped specimen does not obey it.
  const auto forward = amplitude(0, 1, 2, -3, false), same_order = amplitude(-2, 3, 0, -1, false);
  EXPECT_GT(std::abs(forward - same_order), 1e-3);
}

TEST(Multislice, one_run_equals_slice_by_slice_and_any_number_of_threads_gives_the_same_bytes) {
  const auto specimen = build(narrow_interface());
  const Grid grid = grid_over(specimen);
  auto entrance = Waves(std::make_shared<const PlaneWaves>(grid), 40);  // three groups, the last half empty
  const ProbeFormer former(grid, {.energy_kev = energy, .semiangle_mrad = 15});
  for (int i = 0; i < 40; ++i) set_probe(entrance, i, former, {0.1 * i, 0.3 * i}, former.states()[0]);
  const TransmissionSource transmissions(grid, energy, {.thermal = "absorptive"});
  const auto slices = slices_of(specimen, transmissions);
  Multislice multislice(entrance.shared_plane_waves(), energy);
  auto one = entrance, three = entrance, apart = entrance;
  multislice.run(one, slices, 1);
  multislice.run(three, slices, 3);
  EXPECT_TRUE(one == three);
  for (const auto& slice : slices) multislice.run(apart, std::span(&slice, 1));
  EXPECT_TRUE(one == apart);
}

TEST(Multislice, every_instruction_set_gives_the_same_wave_to_rounding) {
  const auto specimen = build(narrow_interface());
  const Grid grid = grid_over(specimen);
  const TransmissionSource transmissions(grid, energy, {.thermal = "absorptive"});
  const auto best = through(specimen, "absorptive", probes(grid, {{0.7, 5}}));
  for (const auto set : available_instruction_sets()) {
    const auto plane_waves = std::make_shared<const PlaneWaves>(grid, BlochSector{}, BlochSector{}, set);
    const ProbeFormer former(grid, {.energy_kev = energy, .semiangle_mrad = 15});
    Waves waves(plane_waves, 1);
    set_probe(waves, 0, former, {0.7, 5}, former.states()[0]);
    Multislice(plane_waves, energy).run(waves, slices_of(specimen, transmissions));
    EXPECT_LT(distance(in_real_space(waves, 0), in_real_space(best, 0), [](int y) { return y; }), 12 * 4 * 1e-7 * 2)
        << name_of(set);
  }
}

TEST(FamilyTree, equals_separate_runs_bit_for_bit_and_shares_equal_beginnings) {
  std::vector<Specimen> specimens;
  for (const int depth : {2, 4, 5}) {
    Interface interface = narrow_interface();
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {1};
    specimens.push_back(build(interface));
  }
  const std::vector<Exit> exits = {{0, 6}, {0, 12}, {1, 12}, {2, 11}, {2, 12}};
  const Grid grid = grid_over(specimens[0]);
  const Sampling sampling{.thermal = "absorptive"};
  const TransmissionSource transmissions(grid, energy, sampling);
  const auto entrance = probes(grid, {{0, 4}, {2, 6}});

  const FamilyTree tree(specimens, exits);
  EXPECT_EQ(tree.separate_steps(), 36);
  EXPECT_EQ(tree.steps(), 10 + 8 + 4 + 2);  // the trunk, and what branches off it after 4, 8 and 10 slabs

  int seen = 0;
  Multislice shared(entrance.shared_plane_waves(), energy);
  tree.run(shared, transmissions, entrance, 0, [&](int exit, const Waves& waves) {
    ++seen;
    Specimen cut = specimens[exits[exit].specimen];
    cut.stack.resize(exits[exit].depth);
    const auto alone = through(cut, "absorptive", entrance);
    EXPECT_TRUE(waves == alone);
  });
  EXPECT_EQ(seen, 5);
}

TEST(FamilyTree, random_cations_and_frozen_phonons_share_as_far_as_their_keyed_numbers_allow) {
  // The same draw (seed, depth, site) of the same profile, steps at other depths: equal down to the upper step.
  std::vector<Specimen> specimens;
  for (const int depth : {3, 5}) {
    Interface interface = narrow_interface();
    interface.substrate_cells = interface.film_cells = 4;
    interface.mixing = "random_cations";
    interface.sigma_a_cells = 0.4;
    interface.seed = 7;
    interface.step_depths_cells = {depth};
    interface.step_heights_cells = {-1};
    specimens.push_back(build(interface));
  }
  const FamilyTree tree(specimens, {{0, 12}, {1, 12}});
  EXPECT_EQ(tree.steps(), 12 + 6);
  EXPECT_EQ(tree.stacks_at_once(), 2);

  const TransmissionSource transmissions(grid_over(specimens[0]), energy, {.thermal = "frozen_phonon", .seed = 3});
  const auto entrance = probes(grid_over(specimens[0]), {{1, 5}});
  Multislice multislice(entrance.shared_plane_waves(), energy);
  tree.run(multislice, transmissions, entrance, 2, [&](int exit, const Waves& waves) {
    const FamilyTree alone(specimens, {{exit, 12}});
    alone.run(multislice, transmissions, entrance, 2, [&](int, const Waves& apart) { EXPECT_TRUE(waves == apart); });
  });
}

}  // namespace
}  // namespace terrace
