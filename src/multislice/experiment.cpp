#include "multislice/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "microscope/camera_noise.h"
#include "multislice/direct_simulation.h"
#include "multislice/sector_simulation.h"
#include "specimen/interface.h"
#include "specimen/structure_file.h"

namespace terrace {
namespace {

const std::vector<std::string> sections = {"specimen",   "interface", "substrate", "film",
                                           "microscope", "scan",      "camera",    "sampling"};

Structure repeated(const Structure& structure, const SpecimenSource& source) {
  constexpr double most_atoms = 2e7;
  const double atoms = 1.0 * std::ssize(structure.atoms) * source.repeat_x * source.repeat_y * source.repeat_z;
  if (atoms > most_atoms)
    throw InputError(
        fmt::format("specimen.repeat_x, repeat_y, repeat_z: {} x {} x {} copies hold {:.3g} atoms (at most "
                    "{:.3g} fit). Repeat less often.",
                    source.repeat_x, source.repeat_y, source.repeat_z, atoms, most_atoms));
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

/// The slabs of a built interface are its atomic planes.
void refuse_slices_of_a_built_interface(const Config& config) {
  const Config* sampling = config.find("sampling");
  if (const Config* slices = sampling ? sampling->find("slice_angstrom") : nullptr)
    throw InputError(
        fmt::format("{}: sampling.slice_angstrom has no meaning for a built interface, which is cut at its atomic "
                    "planes, half a cell apart. Take it away, or give the structure as specimen.file.",
                    slices->place));
}

Specimen specimen_from(const SpecimenSource& source, const Config& config, const std::string& folder,
                       const Sampling& sampling, nlohmann::ordered_json& settings) {
  if (source.file.empty()) {
    refuse_slices_of_a_built_interface(config);
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

/// One view of each exit, from all positions of rows first_row … first_row + rows − 1.
SimulationPlan plan_of(const Experiment& experiment, int first_row, int rows) {
  const auto& scan = experiment.scan;
  std::vector<ProbePosition> positions;
  for (int row = first_row; row < first_row + rows; ++row)
    for (int column = 0; column < scan.count_x; ++column) positions.push_back(scan.position(row, column));
  SimulationPlan plan{.specimens = {experiment.specimen},
                      .exits = {},
                      .views = {},
                      .sampling = experiment.sampling,
                      .grid = grid_for(experiment.specimen, experiment.sampling)};
  for (const int depth : experiment.exit_depths) {
    plan.views.push_back({static_cast<int>(plan.exits.size()), experiment.microscope, experiment.camera, positions});
    plan.exits.push_back({0, depth});
  }
  return plan;
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
  const double patterns = static_cast<double>(experiment.scan.count_x) * experiment.scan.count_y *
                          static_cast<double>(experiment.exit_depths.size());
  const double pattern_bytes = 4.0 * experiment.camera.pixels * experiment.camera.pixels;
  const auto plan = plan_of(experiment, 0, experiment.scan.count_y);
  ExperimentCost cost{.engine = choose_engine(plan, threads)};
  cost.seconds = cost.engine.work * slowness_of_this_machine() / threads;
  cost.disk_bytes = pattern_bytes * patterns;
  if (cost.engine.engine == Engine::sectors) {  // every exit's matrix is kept for the whole scan
    const auto matrix = matrix_bytes(plan);
    cost.engine.memory_bytes += matrix.all * static_cast<double>(plan.exits.size()) - matrix.largest;
  }
  const double block = std::max(positions_per_block, experiment.scan.count_x);  // whole rows
  cost.memory_bytes = cost.engine.memory_bytes +
                      std::min(patterns, block * static_cast<double>(experiment.exit_depths.size())) * pattern_bytes;
  return cost;
}

ExperimentSimulation::ExperimentSimulation(const Experiment& experiment, int threads, const Progress& progress)
    : experiment_(experiment), threads_(threads), plan_(plan_of(experiment, 0, experiment.scan.count_y)) {
  const bool by_sectors = choose_engine(plan_, threads).engine == Engine::sectors;
  plan_.sampling.engine = by_sectors ? "sectors" : "direct";  // chosen for the whole scan, kept for its parts
  for (auto& view : plan_.views) view.positions.clear();
  if (!by_sectors) return;
  matrices_.resize(plan_.exits.size());
  walk_sectors(
      plan_, SectorPlan(plan_), threads, [&](int exit, const auto& matrix) { matrices_[exit].push_back(matrix); },
      progress);
}

Array<float, 4> ExperimentSimulation::rows(int first_row, int rows, const Progress& progress) const {
  const auto plan = plan_of(experiment_, first_row, rows);
  const int pixels = plan.pixels(), count_x = experiment_.scan.count_x;
  const std::int64_t count = std::int64_t{rows} * count_x, size = std::int64_t{pixels} * pixels;
  Array<float, 4> patterns({std::ssize(plan.exits), count, pixels, pixels});
  const auto place = [&](int view, std::int64_t position) { return patterns[view].subspan(position * size, size); };
  if (matrices_.empty()) {
    simulate_directly(plan, threads_, place, progress);
  } else {
    for (int view = 0; view < std::ssize(plan.views); ++view) {
      const auto optics = optics_of(plan, plan.views[view]);
      for (const auto& matrix : matrices_[view])
        add_view(*matrix, optics, plan.views[view].positions, view, threads_, place);
      if (progress) progress("summing probe positions", (view + 1) * count, std::ssize(plan.views) * count);
    }
  }
  const CameraReadout readout(experiment_.camera);
  for (int view = 0; view < std::ssize(plan.views); ++view)
    for (std::int64_t i = 0; i < count; ++i)
      readout.finish(
          {first_row + static_cast<int>(i / count_x), static_cast<int>(i % count_x), experiment_.exit_depths[view]},
          place(view, i));
  return patterns;
}

}  // namespace terrace
