// How long does the engine take for the work that people have? Prints JSON: seconds and counts of each work, one thread
// unless it says otherwise. benchmarks/figures.py makes ratios of them.
//   engine_work [reference|threads|one_state|randomised|dense ...]
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "commands/restart.h"
#include "core/random.h"
#include "multislice/direct_simulation.h"
#include "multislice/engine_choice.h"
#include "multislice/sector_simulation.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;
constexpr Camera camera{.pixels = 32, .mrad_per_pixel = 2.5};  // to 40 mrad

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The window of the reference work: 8 × 8 cells, 31 Å wide, `cells` deep, with a step of one cell at `depth` (0:
/// none).
Specimen specimen_of(int cells, int depth) {
  Interface interface;
  interface.cells_along = 8;
  interface.thickness_cells = cells;
  if (depth > 0) interface.step_depths_cells = {depth}, interface.step_heights_cells = {1};
  return build(interface);
}

Specimen diffuse(int cells, double sigma) {
  Interface interface;
  interface.cells_along = 8;
  interface.thickness_cells = cells;
  interface.sigma_a_cells = sigma;
  interface.sigma_b_cells = 0.7 * sigma;
  return build(interface);
}

std::vector<ProbePosition> positions(int count) {
  std::vector<ProbePosition> result;
  for (int i = 0; i < count; ++i) result.push_back({0.37 * (i % 11), 8 + 0.71 * (i % 23)});
  return result;
}

SimulationPlan plan_for(std::vector<Specimen> specimens) {
  SimulationPlan plan{.specimens = std::move(specimens), .exits = {}, .views = {}, .sampling = {}, .grid = {}};
  plan.grid = {256, 256, plan.specimens[0].width_y, plan.specimens[0].width_x};
  return plan;
}

void add_view(SimulationPlan& plan, int specimen, int cells, const Microscope& microscope, int count) {
  const Exit exit{specimen, 2 * cells};
  int known = 0;
  while (known < std::ssize(plan.exits) &&
         (plan.exits[known].specimen != specimen || plan.exits[known].depth != exit.depth))
    ++known;
  if (known == std::ssize(plan.exits)) plan.exits.push_back(exit);
  plan.views.push_back({known, microscope, camera, positions(count)});
}

using Simulator = void (*)(const SimulationPlan&, int, const PatternPlace&, const Progress&);

/// Seconds for the whole plan, patterns kept.
double run(Simulator simulator, const SimulationPlan& plan, int threads) {
  const std::size_t size = static_cast<std::size_t>(camera.pixels) * camera.pixels;
  std::vector<std::vector<float>> patterns;
  for (const auto& view : plan.views) patterns.emplace_back(view.positions.size() * size);
  return seconds_of([&] {
    simulator(plan, threads,
              [&](int view, std::int64_t position) { return std::span(patterns[view]).subspan(position * size, size); },
              {});
  });
}

/// 64 probes, 80 slices, 256 × 256, directly; and its set-up: the same with one slice's worth of steps taken away.
Json reference() {
  auto plan = plan_for({specimen_of(40, 20)});
  add_view(plan, 0, 40, {}, 64);
  const double whole = run(simulate_directly, plan, 1);
  const double setup = seconds_of([&] {  // potentials, propagator, transmission functions of the four distinct slabs
    const TransmissionSource transmissions(plan.grid, 200, plan.sampling);
    for (const auto& slab : plan.specimens[0].slabs) transmissions.at(slab, 0, 0);
  });
  return {{"seconds", whole}, {"setup_seconds", setup}, {"probe_slices", 64 * 80}};
}

Json threads() {
  auto direct = plan_for({specimen_of(40, 20)}), sectors = direct;
  add_view(direct, 0, 40, {}, 64);
  add_view(sectors, 0, 40, {}, 2000);
  const double one = run(simulate_directly, direct, 1), two = run(simulate_directly, direct, 2);
  const double sectors_one = run(simulate_by_sectors, sectors, 1), sectors_two = run(simulate_by_sectors, sectors, 2);
  return {{"direct_one", one}, {"direct_two", two}, {"sectors_one", sectors_one}, {"sectors_two", sectors_two}};
}

/// Every (step depth, thickness) of a 40-cell family from 192 positions through one microscope.
Json one_state() {
  std::vector<Specimen> specimens;
  for (int depth = 1; depth < 40; ++depth) specimens.push_back(specimen_of(40, depth));
  auto plan = plan_for(specimens);
  for (int depth = 1; depth < 40; ++depth)
    for (int cells = depth + 1; cells <= 40; ++cells) add_view(plan, depth - 1, cells, {}, 192);
  const double seconds = run(simulate, plan, 1);  // the engine that users get
  double separate = 0;                            // slab steps of re-running every pair from the surface
  for (const auto& exit : plan.exits) separate += exit.depth;
  return {{"seconds", seconds},
          {"patterns", 192 * plan.views.size()},
          {"engine", name_of(choose_engine(plan, 1).engine)},
          {"pairs", plan.views.size()},
          {"runs_with_exit_planes", 39},
          {"slab_steps_of_naive_runs", separate},
          {"slab_steps_of_the_tree", FamilyTree(plan.specimens, plan.exits).steps()}};
}

Microscope random_microscope(Random& random, double source_fwhm) {
  Microscope m;
  m.defocus_nm = random.uniform(-5, 5);
  m.C12_nm = random.uniform(0, 5);
  m.phi12_deg = random.uniform(0, 180);
  m.C30_um = random.uniform(-5, 5);
  m.semiangle_mrad = 20 * random.uniform(0.97, 1.03);
  m.specimen_tilt_x_mrad = random.uniform(-2.8, 2.8);
  m.specimen_tilt_y_mrad = random.uniform(-2.8, 2.8);
  m.source_fwhm_angstrom = source_fwhm;
  return m;
}

/// A slice of the randomised study: one of 100 families, 100 samples from 3 structures (two steps, one profile), each
/// with a thickness of 13 to 40 cells and a microscope of its own, 64 positions, patterns to 40 mrad.
Json randomised(double source_fwhm) {
  Random random(7);
  auto plan = plan_for({specimen_of(40, 11), specimen_of(40, 23), diffuse(40, 0.8)});
  double slices = 0;
  for (int sample = 0; sample < 100; ++sample) {
    const int cells = 13 + static_cast<int>(random.below(28));
    slices += 2 * cells;
    add_view(plan, sample % 3, cells, random_microscope(random, source_fwhm), 64);
  }
  const double states = static_cast<double>(coherent_states(plan.views[0].microscope).size());
  return {{"seconds", run(simulate_by_sectors, plan, 1)},
          {"samples", 100},
          {"structures", 3},
          {"families", 1},
          {"positions", 64},
          {"states", states},
          {"mean_slices", slices / 100},
          {"beams", SectorPlan(plan).beams()}};
}

/// 2,000 positions on one specimen of 80 slices.
Json dense() {
  auto plan = plan_for({specimen_of(40, 20)});
  add_view(plan, 0, 40, {}, 2000);
  return {{"seconds", run(simulate_by_sectors, plan, 1)}, {"positions", 2000}, {"slices", 80}};
}

Json work_called(const std::string& name) {
  if (name == "reference") return reference();
  if (name == "threads") return threads();
  if (name == "one_state") return one_state();
  if (name == "randomised") return randomised(0);
  if (name == "randomised_with_source") return randomised(0.3);
  if (name == "dense") return dense();
  return {{"error", "no work has this name"}};
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  terrace::restart_with_better_matrix_kernels(arguments);
  nlohmann::ordered_json results;
  for (int i = 1; i < count; ++i) results[arguments[i]] = terrace::work_called(arguments[i]);
  fmt::print("{}\n", results.dump(1));
}
