#include "multislice/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>

#include "core/error.h"
#include "core/threads.h"
#include "microscope/camera_noise.h"
#include "multislice/pattern_simulation.h"
#include "specimen/interface.h"
#include "specimen/structure_file.h"

namespace terrace {
namespace {

// Probes that travel together through a slab, so that its transmission function is fetched once for all.
constexpr int positions_per_walk = 8;

const std::vector<std::string> sections = {"specimen",   "interface", "substrate", "film",
                                           "microscope", "scan",      "camera",    "sampling"};

Structure repeated(const Structure& structure, const SpecimenSource& source) {
  Structure result{.width_x = structure.width_x * source.repeat_x,
                   .width_y = structure.width_y * source.repeat_y,
                   .height_z = structure.height_z * source.repeat_z,
                   .atoms = {}};
  for (int z = 0; z < source.repeat_z; ++z)
    for (int y = 0; y < source.repeat_y; ++y)
      for (int x = 0; x < source.repeat_x; ++x)
        for (Atom atom : structure.atoms) {
          atom.x += x * structure.width_x;
          atom.y += y * structure.width_y;
          atom.z += z * structure.height_z;
          result.atoms.push_back(atom);
        }
  return result;
}

Specimen specimen_from(const SpecimenSource& source, const Config& config, const std::string& folder,
                       const Sampling& sampling, nlohmann::ordered_json& settings) {
  if (source.file.empty()) {
    const Interface interface = read_interface(config);
    settings["interface"] = to_json(interface);
    settings["substrate"] = to_json(interface.substrate);
    settings["film"] = to_json(interface.film);
    return build(interface);
  }
  for (const char* section : {"interface", "substrate", "film"})
    if (const Config* found = config.find(section))
      throw InputError(fmt::format("{}: [{}] has no meaning beside specimen.file. Take one of the two away.",
                                   found->place, section));
  const auto path = std::filesystem::path(folder) / source.file;
  return cut_into_slabs(repeated(read_structure(path.string()), source), sampling.slice_angstrom);
}

/// The slabs after which each thickness is reached, to the nearest slab.
std::vector<int> exit_depths(const Specimen& specimen, const std::vector<double>& thicknesses_nm) {
  std::vector<int> depths = {specimen.depth_count()};
  for (const double wanted : thicknesses_nm) {
    if (wanted * 10 > specimen.thickness() + 1e-6)
      throw InputError(
          fmt::format("specimen.exit_thicknesses_nm = {} lies below the specimen, which is {:.3f} nm thick.", wanted,
                      specimen.thickness() / 10));
    double reached = 0;
    int depth = 0;
    while (depth < specimen.depth_count() && reached + specimen.slab_at(depth).thickness / 2 < wanted * 10)
      reached += specimen.slab_at(depth++).thickness;
    depths.push_back(std::max(1, depth));
  }
  std::sort(depths.begin(), depths.end());
  depths.erase(std::unique(depths.begin(), depths.end()), depths.end());
  return depths;
}

Grid grid_of(const Experiment& experiment) {
  return grid_for(experiment.specimen.width_y, experiment.specimen.width_x, experiment.sampling);
}

double seconds_per_step(const Experiment& experiment) {
  const Grid grid = grid_of(experiment);
  Multislice multislice(grid, experiment.microscope.energy_kev);
  Waves waves({1, grid.height, grid.width});
  const Transmission transmission({grid.height, grid.width});
  const auto step = [&] { multislice.step(waves, transmission, experiment.specimen.slab_at(0).thickness); };
  step();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) step();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / 10;
}

}  // namespace

Experiment read_experiment(const Config& config, const std::string& folder) {
  for (const auto& [key, value] : config.table())
    if (std::find(sections.begin(), sections.end(), key) == sections.end())
      refuse_unknown_key(key, "", value.place, sections);
  Experiment experiment;
  const auto source = read_settings<SpecimenSource>(config, "specimen");
  experiment.microscope = read_settings<Microscope>(config, "microscope");
  experiment.scan = read_settings<ScanGrid>(config, "scan");
  experiment.camera = read_settings<Camera>(config, "camera");
  experiment.sampling = read_settings<Sampling>(config, "sampling");
  auto& settings = experiment.settings;
  settings = {{"specimen", to_json(source)},
              {"microscope", to_json(experiment.microscope)},
              {"scan", to_json(experiment.scan)},
              {"camera", to_json(experiment.camera)},
              {"sampling", to_json(experiment.sampling)}};
  experiment.specimen = specimen_from(source, config, folder, experiment.sampling, settings);
  experiment.exit_depths = exit_depths(experiment.specimen, source.exit_thicknesses_nm);
  return experiment;
}

ExperimentCost cost_of(const Experiment& experiment, int threads) {
  const Grid grid = grid_of(experiment);
  const auto states = static_cast<double>(coherent_states(experiment.microscope).size());
  const double positions = static_cast<double>(experiment.scan.count_x) * experiment.scan.count_y;
  const double waves = positions * states * configurations(experiment.sampling);
  const double wave_bytes = 8.0 * static_cast<double>(grid.pixels());
  const double pattern_bytes = 4.0 * experiment.camera.pixels * experiment.camera.pixels;
  const double distinct = experiment.sampling.thermal == "frozen_phonon" ? experiment.specimen.depth_count()
                                                                         : experiment.specimen.slabs.size();
  ExperimentCost cost{.height = grid.height, .width = grid.width};
  cost.seconds = waves * experiment.specimen.depth_count() * seconds_per_step(experiment) / threads;
  cost.memory_bytes =
      wave_bytes * (threads * (positions_per_walk * states + 4) + std::min(distinct, 1e9 / wave_bytes)) +
      pattern_bytes * positions * static_cast<double>(experiment.exit_depths.size());
  cost.disk_bytes = pattern_bytes * positions * static_cast<double>(experiment.exit_depths.size());
  return cost;
}

Array<float, 4> simulate_rows(const Experiment& experiment, int first_row, int rows, int threads,
                              const Progress& progress) {
  const auto& scan = experiment.scan;
  std::vector<ProbePosition> positions;
  for (int row = first_row; row < first_row + rows; ++row)
    for (int column = 0; column < scan.count_x; ++column) positions.push_back(scan.position(row, column));

  std::vector<Exit> exits;
  for (const int depth : experiment.exit_depths) exits.push_back({0, depth});
  const std::vector<Specimen> specimens = {experiment.specimen};
  const FamilyTree tree(specimens, exits);
  const PatternSimulation simulation(grid_of(experiment), experiment.microscope, experiment.camera,
                                     experiment.sampling);

  const int pixels = experiment.camera.pixels;
  const auto count = static_cast<std::int64_t>(positions.size()), size = std::int64_t{pixels} * pixels;
  Array<float, 4> patterns({static_cast<std::int64_t>(exits.size()), count, pixels, pixels});
  const auto place = [&](int exit, std::int64_t position) { return patterns[exit].subspan(position * size, size); };

  const std::int64_t walks = (count + positions_per_walk - 1) / positions_per_walk;
  const int configuration_count = configurations(experiment.sampling);
  std::mutex report;
  std::int64_t done = 0;
  for (int configuration = 0; configuration < configuration_count; ++configuration)
    parallel_for(walks, threads, [&](std::int64_t walk) {
      const std::int64_t first = walk * positions_per_walk, last = std::min(first + positions_per_walk, count);
      simulation.run(tree, std::span(positions).subspan(first, last - first), configuration,
                     [&](int exit, std::int64_t position) { return place(exit, first + position); });
      std::lock_guard lock(report);
      if (progress) progress("simulating probe positions", done += last - first, count * configuration_count);
    });

  const CameraReadout readout(experiment.camera);
  for (std::size_t exit = 0; exit < exits.size(); ++exit)
    for (std::int64_t i = 0; i < count; ++i)
      readout.finish(first_row + static_cast<int>(i / scan.count_x), static_cast<int>(i % scan.count_x),
                     place(static_cast<int>(exit), i));
  return patterns;
}

}  // namespace terrace
