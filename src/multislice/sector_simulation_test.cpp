// The scattering matrix in Bloch sectors does exactly what direct multislice does on the whole window.
#include "multislice/sector_simulation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "multislice/direct_simulation.h"
#include "multislice/engine_choice.h"
#include "specimen/interface.h"
#include "specimen/lateral_symmetry.h"

namespace terrace {
namespace {

using Patterns = std::vector<std::vector<float>>;  // of each view, pattern after pattern
using Simulator = void (*)(const SimulationPlan&, int, const PatternPlace&, const Progress&);

Patterns patterns_by(Simulator simulator, const SimulationPlan& plan, int threads = 1) {
  const std::size_t size = static_cast<std::size_t>(plan.pixels()) * plan.pixels();
  Patterns patterns;
  for (const auto& view : plan.views) patterns.emplace_back(view.positions.size() * size);
  simulator(plan, threads,
            [&](int view, std::int64_t position) { return std::span(patterns[view]).subspan(position * size, size); },
            {});
  return patterns;
}

/// Σ|a − b| / Σ a over all patterns of all views.
double difference(const Patterns& a, const Patterns& b) {
  double sum = 0, apart = 0;
  for (std::size_t view = 0; view < a.size(); ++view)
    for (std::size_t i = 0; i < a[view].size(); ++i) {
      sum += a[view][i];
      apart += std::abs(static_cast<double>(a[view][i]) - b[view][i]);
    }
  return apart / sum;
}

// Both engines take a wave of norm 1 through `slabs` slabs, each with two transforms of some ten passes and two
// products rounded to 6e-8: errors add up at random to √(12 · slabs) · 6e-8 of the norm. Sums over the matrix add
// √beams · 6e-8. An intensity feels twice that; the share of it that falls on weak pixels is bounded by the norm of the
// amplitudes, Σ|δ(ψ²)| ≤ 2 ‖ψ‖ ‖δψ‖.
double rounding(int slabs) { return 4 * (std::sqrt(12.0 * slabs) + 20) * 6e-8 * 2; }

Interface narrow(int thickness_cells) {
  Interface interface;
  interface.substrate_cells = interface.film_cells = 2;
  interface.cells_along = 4;
  interface.thickness_cells = thickness_cells;
  return interface;
}

Specimen stepped() {
  Interface interface = narrow(6);
  interface.step_depths_cells = {3};
  interface.step_heights_cells = {1};
  return build(interface);
}

Specimen diffuse() {
  Interface interface = narrow(6);
  interface.sigma_a_cells = 0.5;
  interface.sigma_b_cells = 0.4;
  return build(interface);
}

/// Octahedra turned about the beam: every second cell the other way round, so that the period along y is two cells and
/// y → −y is no symmetry any more.
Specimen rotated(double angle) {
  Specimen specimen = build(narrow(4));
  for (auto& slab : specimen.slabs)
    for (auto& atom : slab.atoms) {
      if (atom.atomic_number != 8) continue;
      const int cell =
          static_cast<int>(std::floor(atom.y / 3.905 + 1e-9)) + static_cast<int>(std::floor(atom.x / 3.905 + 1e-9));
      atom.y += (cell % 2 == 0 ? 1 : -1) * angle;
      atom.x += 0.5 * angle;
    }
  return specimen;
}

SimulationPlan plan_for(std::vector<Specimen> specimens) {
  SimulationPlan plan{.specimens = std::move(specimens), .exits = {}, .views = {}, .sampling = {}, .grid = {}};
  plan.grid = {64, 72, plan.specimens[0].width_y, plan.specimens[0].width_x};
  for (int i = 0; i < std::ssize(plan.specimens); ++i)
    for (const int depth : {plan.specimens[i].depth_count() / 2, plan.specimens[i].depth_count()})
      plan.exits.push_back({i, depth});
  const std::vector<ProbePosition> positions = {{0, 4}, {1.3, 6.1}, {7.7, 8.9}};
  for (int exit = 0; exit < std::ssize(plan.exits); ++exit)
    plan.views.push_back(
        {exit, {.energy_kev = 200, .semiangle_mrad = 12}, {.pixels = 24, .mrad_per_pixel = 2.7}, positions});
  return plan;
}

TEST(SectorSimulation, equals_direct_multislice_for_stepped_diffuse_and_flat_specimens) {
  const auto plan = plan_for({stepped(), diffuse(), build(narrow(6))});
  const SectorPlan sectors(plan);
  EXPECT_EQ(sectors.repeats(), 4);
  EXPECT_TRUE(sectors.mirrored());
  EXPECT_EQ(sectors.sectors().size(), 3u);  // 0, ±1, 2
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
}

TEST(SectorSimulation, equals_direct_multislice_for_any_state_of_the_microscope) {
  auto plan = plan_for({stepped()});
  Random random(4);
  for (auto& view : plan.views) {
    view.microscope.defocus_nm = random.uniform(-3, 3);
    view.microscope.C12_nm = 2;
    view.microscope.phi12_deg = random.uniform(0, 180);
    view.microscope.C30_um = -0.5;
    view.microscope.C21_nm = 20;
    view.microscope.specimen_tilt_x_mrad = random.uniform(-4, 4);
    view.microscope.specimen_tilt_y_mrad = random.uniform(-4, 4);
    view.microscope.beam_tilt_y_mrad = 1.1;
    view.microscope.semiangle_mrad = random.uniform(10, 14);
  }
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
}

TEST(SectorSimulation, equals_direct_multislice_for_a_spread_of_defocus) {
  auto plan = plan_for({stepped()});
  for (auto& view : plan.views) view.microscope.defocus_spread_nm = 3;
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
}

TEST(SectorSimulation, rotated_octahedra_have_sectors_of_two_cells_and_no_mirror) {
  const auto plan = plan_for({rotated(0.21)});
  const SectorPlan sectors(plan);
  EXPECT_EQ(sectors.repeats(), 2);
  EXPECT_FALSE(sectors.mirrored());
  EXPECT_EQ(sectors.sectors().size(), 2u);
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(8));
}

/// The same turn in every cell: a period of one cell without the mirror.
Specimen unmirrored() {
  Specimen specimen = stepped();
  for (auto& slab : specimen.slabs)
    for (auto& atom : slab.atoms)
      if (atom.atomic_number == 8) atom.y += 0.3;
  return specimen;
}

TEST(SectorSimulation, an_unmirrored_specimen_needs_every_sector_and_gets_it) {
  const auto plan = plan_for({unmirrored()});  // deriving opposite sectors would be wrong here
  const SectorPlan sectors(plan);
  EXPECT_EQ(sectors.repeats(), 4);
  EXPECT_FALSE(sectors.mirrored());
  EXPECT_EQ(sectors.sectors().size(), 4u);
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
}

/// One tilted, aberrated microscope with a source and a spread of defocus, two positions, the last exit.
SimulationPlan finite_source(Specimen specimen) {
  auto plan = plan_for({std::move(specimen)});
  plan.views.erase(plan.views.begin(), plan.views.end() - 1);
  auto& view = plan.views[0];
  view.positions = {{0.4, 4.3}, {-1.3, 9.1}};
  view.microscope.source_fwhm_angstrom = 0.6;
  view.microscope.defocus_spread_nm = 3;
  view.microscope.defocus_nm = 1.5;
  view.microscope.C21_nm = 20;
  view.microscope.specimen_tilt_x_mrad = 2;
  view.microscope.specimen_tilt_y_mrad = -1.5;
  return plan;
}

/// Point sources in steps of 0.8 σ to 4.8 σ, directly, weighted and summed. A trapezoidal sum of a Gaussian is wrong by
/// its transform at 1 / step less the fastest variation 2α/λ, exp(−2π² (1.25 − 0.25)²) = 3e-9 here, and by the 2e-6
/// beyond 4.8 σ.
Patterns fine_sum(SimulationPlan plan) {
  auto& view = plan.views[0];
  const double sigma = view.microscope.source_fwhm_angstrom / std::sqrt(8 * std::log(2.0));
  view.microscope.source_fwhm_angstrom = 0;
  const auto middles = view.positions;
  view.positions.clear();
  std::vector<float> weights;
  for (int i = -6; i <= 6; ++i)
    for (int j = -6; j <= 6; ++j) {
      weights.push_back(static_cast<float>(std::exp(-0.32 * (i * i + j * j))));
      for (const auto& middle : middles)
        view.positions.push_back({middle.y + 0.8 * sigma * i, middle.x + 0.8 * sigma * j});
    }
  const auto moved = patterns_by(simulate_directly, plan)[0];
  const float total = std::accumulate(weights.begin(), weights.end(), 0.0f);
  std::vector<float> sum(moved.size() / weights.size());
  for (std::size_t i = 0; i < moved.size(); ++i) sum[i % sum.size()] += weights[i / sum.size()] / total * moved[i];
  return {sum};
}

TEST(FiniteSource, is_what_many_moved_probes_sum_to_with_and_without_mirrors) {
  for (const auto& specimen : {stepped(), rotated(0.21), unmirrored()}) {
    const auto plan = finite_source(specimen);
    EXPECT_LT(difference(fine_sum(plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
  }
}

TEST(SpreadPosition, shows_the_mean_of_its_places_whatever_the_source) {
  const Spread spread = {{-0.3, 0.4, 0.5}, {0.8, 0.1, 0.3}, {0.2, -0.6, 0.2}};
  for (const double source : {0.0, 0.6}) {
    auto plan = finite_source(stepped());
    auto& view = plan.views[0];
    view.microscope.source_fwhm_angstrom = source;
    const auto alone = view.positions[0], middle = view.positions[1];
    view.positions[1].spread = std::make_shared<const Spread>(spread);
    const auto spread_out = patterns_by(simulate_by_sectors, plan);
    view.positions = {alone};
    for (const auto& place : spread) view.positions.push_back({middle.y + place.y, middle.x + place.x});
    const auto apart = patterns_by(simulate_by_sectors, plan)[0];
    const auto size = apart.size() / 4;
    std::vector<float> mean(apart.begin(), apart.begin() + size);
    mean.resize(2 * size);
    for (std::size_t i = 0; i < 3 * size; ++i)
      mean[size + i % size] += static_cast<float>(spread[i / size].share) * apart[size + i];
    EXPECT_LT(difference({mean}, spread_out), rounding(12)) << source;
  }
}

TEST(SpreadPosition, is_refused_where_it_would_be_taken_for_one_place) {
  auto plan = finite_source(stepped());
  plan.views[0].positions[1].spread = std::make_shared<const Spread>(Spread(2));
  EXPECT_THROW(patterns_by(simulate_directly, plan), std::logic_error);
}

TEST(FiniteSource, of_almost_no_size_is_a_point) {
  auto plan = finite_source(stepped());
  plan.views[0].microscope.source_fwhm_angstrom = 0;
  const auto point = patterns_by(simulate_by_sectors, plan);
  plan.views[0].microscope.source_fwhm_angstrom = 1e-6;  // changes intensities by (2πσ · 2α/λ)² / 2 < 1e-11
  EXPECT_LT(difference(point, patterns_by(simulate_by_sectors, plan)), rounding(12));
}

TEST(FiniteSource, differs_from_direct_multislice_by_the_error_of_that_engines_points) {
  const auto plan = finite_source(stepped());
  const auto direct = patterns_by(simulate_directly, plan), sectors = patterns_by(simulate_by_sectors, plan);
  EXPECT_LT(difference(direct, sectors), 0.013);  // what source.h promises of every frequency
}

TEST(FiniteSource, changes_nothing_where_nothing_depends_on_the_position) {
  Specimen vacuum = stepped();
  for (auto& slab : vacuum.slabs)
    for (auto& atom : slab.atoms) atom.occupancy = 0;
  auto plan = finite_source(vacuum);
  const auto blurred = patterns_by(simulate_by_sectors, plan);
  plan.views[0].microscope.source_fwhm_angstrom = 0;
  EXPECT_LT(difference(patterns_by(simulate_by_sectors, plan), blurred), rounding(12));
  double sum = 0;
  for (const float value : blurred[0]) sum += value;
  EXPECT_NEAR(sum, 2, 2 * rounding(12));  // of two positions, all on the camera
}

TEST(FiniteSource, any_number_of_threads_gives_the_same_bytes) {
  const auto plan = finite_source(unmirrored());
  EXPECT_EQ(patterns_by(simulate_by_sectors, plan, 1), patterns_by(simulate_by_sectors, plan, 3));
}

TEST(FiniteSource, more_positions_than_are_summed_together_are_each_as_alone) {
  auto plan = finite_source(stepped());
  auto& positions = plan.views[0].positions;
  const auto two = positions;
  positions.insert(positions.begin(), positions_per_source, {0, 0});
  auto many = patterns_by(simulate_by_sectors, plan);
  plan.views[0].positions = two;
  const auto few = patterns_by(simulate_by_sectors, plan);
  many[0].erase(many[0].begin(), many[0].end() - static_cast<std::ptrdiff_t>(few[0].size()));
  EXPECT_LT(difference(few, many), rounding(12));
}

TEST(SectorSimulation, cells_of_too_few_pixels_are_joined_to_divisors_of_the_repeats_alone) {
  auto plan = plan_for({stepped()});  // four cells
  plan.grid.height = 24;              // six rows a cell are too few; three parts of eight rows would cut cells apart
  for (auto& view : plan.views) view.microscope.semiangle_mrad = 10;
  EXPECT_EQ(SectorPlan(plan).repeats(), 2);
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
}

TEST(SectorSimulation, any_number_of_threads_and_any_company_give_the_same_bytes) {
  const auto together = plan_for({stepped(), diffuse()});
  const auto one = patterns_by(simulate_by_sectors, together, 1), three = patterns_by(simulate_by_sectors, together, 3);
  EXPECT_EQ(one, three);
  EXPECT_EQ(patterns_by(simulate_directly, together, 1), patterns_by(simulate_directly, together, 3));
  auto alone = plan_for({diffuse()});
  const auto apart = patterns_by(simulate_by_sectors, alone);
  EXPECT_EQ(one[2], apart[0]);
  EXPECT_EQ(one[3], apart[1]);
}

TEST(SectorSimulation, more_positions_than_a_product_holds_are_each_as_alone) {
  auto plan = plan_for({stepped()});
  std::vector<ProbePosition> positions;
  for (int i = 0; i < 70; ++i) positions.push_back({0.11 * i, 0.2 * i});
  for (auto& view : plan.views) view.positions = positions;
  EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
}

TEST(SectorSimulation, equals_direct_multislice_where_nothing_repeats) {
  auto interface = narrow(4);
  interface.sigma_a_cells = 0.5;
  interface.mixing = "random_cations";
  auto odd = plan_for({stepped()});
  odd.grid.height = 63;
  for (const auto& plan : {plan_for({build(interface)}), odd}) {
    EXPECT_EQ(SectorPlan(plan).repeats(), 1);
    EXPECT_LT(difference(patterns_by(simulate_directly, plan), patterns_by(simulate_by_sectors, plan)), rounding(12));
  }
}

TEST(SectorSimulation, a_camera_beside_the_grid_sees_nothing) {
  auto plan = plan_for({stepped()});
  for (auto& view : plan.views) view.camera.centre_x_pixels = 500;
  for (const auto& patterns : patterns_by(simulate_by_sectors, plan))
    EXPECT_TRUE(std::ranges::all_of(patterns, [](float value) { return value == 0; }));
}

TEST(SectorSimulation, refuses_moving_atoms_and_says_why) {
  auto plan = plan_for({stepped()});
  plan.sampling.thermal = "frozen_phonon";
  EXPECT_EQ(choose_engine(plan, 1).engine, Engine::direct);
  EXPECT_NE(choose_engine(plan, 1).reason.find("frozen phonons"), std::string::npos);
  plan.sampling.engine = "sectors";
  EXPECT_THROW(simulate(plan, 1, {}), InputError);
}

TEST(DirectSimulation, a_walk_fills_its_lanes_with_as_few_positions_as_do) {
  EXPECT_EQ(positions_per_walk(1), lane_count);
  EXPECT_EQ(positions_per_walk(lane_count), 1);
  for (int states = 1; states < 300; ++states) {
    const int positions = positions_per_walk(states), waves = positions * states;
    const int lanes = (waves + lane_count - 1) / lane_count * lane_count;
    EXPECT_GE(waves, 0.95 * lanes) << states;
    EXPECT_LE(waves, std::max(20 * lane_count, 4 * states)) << states;
  }
}

TEST(EngineChoice, few_probes_go_directly_and_many_by_sectors) {
  auto plan = plan_for({stepped()});
  EXPECT_EQ(choose_engine(plan, 1).engine, Engine::direct);
  for (auto& view : plan.views) view.positions.resize(2000);
  EXPECT_EQ(choose_engine(plan, 1).engine, Engine::sectors);
  plan.sampling.engine = "direct";
  EXPECT_EQ(choose_engine(plan, 1).engine, Engine::direct);
}

}  // namespace
}  // namespace terrace
