#include "multislice/multislice.h"

#include <gtest/gtest.h>

#include <cmath>

#include "microscope/probe.h"
#include "multislice/complex_kernels.h"
#include "multislice/family_tree.h"
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
  Waves waves({static_cast<std::int64_t>(positions.size()), grid.height, grid.width});
  std::int64_t index = 0;
  for (const auto& position : positions) former.form(position, former.states()[0], waves[index++]);
  return waves;
}

Waves through(const Specimen& specimen, const std::string& thermal, Waves waves) {
  const Grid grid = grid_over(specimen);
  const TransmissionSource transmissions(grid, energy, {.thermal = thermal});
  Multislice multislice(grid, energy);
  for (int depth = 0; depth < specimen.depth_count(); ++depth)
    multislice.step(waves, *transmissions.at(specimen.slab_at(depth), depth, 0), specimen.slab_at(depth).thickness);
  return waves;
}

TEST(Multislice, vacuum_keeps_every_electron) {
  const Grid grid{64, 96, 8, 16};
  auto waves = probes(grid, {{4, 8}});
  Transmission vacuum({64, 96});
  std::fill(vacuum.begin(), vacuum.end(), Complex(1));
  Multislice multislice(grid, energy);
  for (int i = 0; i < 200; ++i) multislice.step(waves, vacuum, 2);
  // Each of the 400 transforms and, squared, of the 200 rounded propagators may lose a float epsilon (6e-8): 4.8e-5.
  EXPECT_NEAR(total_intensity(waves.span()), 1, 4.8e-5);
}

TEST(Multislice, absorption_only_removes) {
  const auto specimen = build(narrow_interface());
  const auto entrance = probes(grid_over(specimen), {{0, 0}, {1.9, 1.9}, {3.1, 8.2}});
  const auto elastic = through(specimen, "debye_waller", entrance),
             absorbed = through(specimen, "absorptive", entrance);
  for (int i = 0; i < 3; ++i) {
    EXPECT_LT(total_intensity(absorbed[i]), total_intensity(elastic[i]));
    EXPECT_LT(total_intensity(elastic[i]),
              1 + 1e-5);                           // |t| may exceed 1 after band limiting, the wave as a whole may not
    EXPECT_GT(total_intensity(absorbed[i]), 0.5);  // 2.3 nm absorb a few per cent
  }
}

TEST(Multislice, a_probe_one_cell_further_along_the_interface_gives_the_same_wave_moved) {
  const auto specimen = build(narrow_interface());
  const Grid grid = grid_over(specimen);
  const auto waves = through(specimen, "absorptive", probes(grid, {{0.7, 5}, {0.7 + 3.905, 5}}));
  const int rows = grid.height / 2;  // one of two cells
  double difference = 0;
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x)
      difference += std::norm(waves(0, y, x) - waves(1, (y + rows) % grid.height, x));
  // 12 slabs × 4 operations of relative error 1e-7 each on a wave of norm 1.
  EXPECT_LT(std::sqrt(difference), 12 * 4 * 1e-7 * 4);
}

TEST(Multislice, the_mirror_along_the_interface_is_kept) {
  const auto specimen = build(narrow_interface());
  const Grid grid = grid_over(specimen);
  const auto waves = through(specimen, "absorptive", probes(grid, {{0.7, 5}, {-0.7, 5}}));
  double difference = 0;
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x)
      difference += std::norm(waves(0, y, x) - waves(1, (grid.height - y) % grid.height, x));
  EXPECT_LT(std::sqrt(difference), 12 * 4 * 1e-7 * 4);
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
  const Fft2 fft(grid.height, grid.width);

  const auto amplitude = [&](int from_y, int from_x, int to_y, int to_x, bool reversed) {
    Waves wave({1, grid.height, grid.width});
    wave(0, Grid::fft_index(from_y, grid.height), Grid::fft_index(from_x, grid.width)) = 1;
    fft.inverse(wave[0]);
    Multislice multislice(grid, energy);
    Transmission vacuum({grid.height, grid.width});
    std::fill(vacuum.begin(), vacuum.end(), Complex(1));
    multislice.step(wave, vacuum, slab / 2);
    const int count = specimen.depth_count();
    for (int i = 0; i < count; ++i) {
      const int depth = reversed ? count - 1 - i : i;
      multislice.step(wave, *transmissions.at(specimen.slab_at(depth), depth, 0), i + 1 < count ? slab : slab / 2);
    }
    fft.forward(wave[0]);
    return wave(0, Grid::fft_index(to_y, grid.height), Grid::fft_index(to_x, grid.width)) /
           static_cast<float>(grid.pixels());
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
  Multislice shared(grid, energy);
  tree.run(shared, transmissions, entrance, 0, [&](int exit, const Waves& waves) {
    ++seen;
    Specimen cut = specimens[exits[exit].specimen];
    cut.stack.resize(exits[exit].depth);
    const auto alone = through(cut, "absorptive", entrance);
    EXPECT_TRUE(std::equal(waves.begin(), waves.end(), alone.begin()));
  });
  EXPECT_EQ(seen, 5);
}

}  // namespace
}  // namespace terrace
