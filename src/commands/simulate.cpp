// simulate: a configuration in, one scan file per thickness out.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "commands/command.h"
#include "commands/interruption.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/constants.h"
#include "core/error.h"
#include "formats/scan_file.h"
#include "multislice/detector.h"
#include "multislice/experiment.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string config, output;
  int threads = 1;
  double max_memory_gb = 0;
  bool dry_run = false, help_settings = false;
};

double thickness_at(const Specimen& specimen, int depth) {
  double thickness = 0;
  for (int i = 0; i < depth; ++i) thickness += specimen.slab_at(i).thickness;
  return thickness;
}

ScanInfo info_of(const Experiment& experiment, int depth) {
  ScanInfo info;
  info.scan_height = experiment.scan.count_y;
  info.scan_width = experiment.scan.count_x;
  info.detector_height = info.detector_width = experiment.camera.pixels;
  info.step_y_angstrom = experiment.scan.step_y_angstrom;
  info.step_x_angstrom = experiment.scan.step_x_angstrom;
  info.start_y_angstrom = experiment.scan.start_y_angstrom;
  info.start_x_angstrom = experiment.scan.start_x_angstrom;
  info.mrad_per_pixel_y = info.mrad_per_pixel_x = experiment.camera.mrad_per_pixel;
  // Of the camera's middle direction; a tilted beam falls elsewhere.
  info.centre_row = experiment.camera.pixels / 2 + experiment.camera.centre_y_pixels;
  info.centre_column = experiment.camera.pixels / 2 + experiment.camera.centre_x_pixels;
  info.energy_kev = experiment.microscope.energy_kev;
  info.semiangle_mrad = experiment.microscope.semiangle_mrad;
  info.thickness_nm = thickness_at(experiment.specimen, depth) / 10;
  info.electrons_per_pattern = experiment.camera.electrons_per_pattern;
  info.intensity_unit = experiment.camera.electrons_per_pattern > 0 ? "counts" : "fraction";
  info.title = "simulated by terrace";
  return info;
}

/// out.h5 for the whole thickness; out_12.3nm.h5 for those inside.
fs::path path_of(const Experiment& experiment, std::size_t exit, const fs::path& output) {
  if (exit + 1 == experiment.exit_depths.size()) return output;
  const double nm = thickness_at(experiment.specimen, experiment.exit_depths[exit]) / 10;
  return output.parent_path() / fmt::format("{}_{:.2f}nm{}", output.stem().string(), nm, output.extension().string());
}

/// A window repeats, so that positions beyond its edge see another interface there.
void note_positions_beyond(const Experiment& experiment) {
  const auto& scan = experiment.scan;
  double least = 0, most = 0;
  for (const int row : {0, scan.count_y - 1})
    for (const int column : {0, scan.count_x - 1}) {
      const double x = scan.position(row, column).x;
      least = std::min(least, x);
      most = std::max(most, x);
    }
  if (least < 0 || most > experiment.specimen.width_x)
    fmt::print(
        "note: positions reach from x = {:.1f} to {:.1f} Å, the specimen is {:.1f} Å wide and repeats: what lies "
        "beyond is its other end\n",
        least, most, experiment.specimen.width_x);
}

void print_plan(const Experiment& experiment, const ExperimentCost& cost, int threads) {
  const auto& specimen = experiment.specimen;
  const Grid grid = grid_for(specimen, experiment.sampling);
  fmt::print("specimen: {:.2f} x {:.2f} Å (x, y), {:.3f} nm thick, {} slabs ({} distinct)\n", specimen.width_x,
             specimen.width_y, specimen.thickness() / 10, specimen.depth_count(), specimen.slabs.size());
  fmt::print("probe: {} kV, {} mrad, focuses {:.1f} Å below the entrance surface; {} coherent states\n",
             experiment.microscope.energy_kev, experiment.microscope.semiangle_mrad,
             10 * experiment.microscope.defocus_nm, coherent_states(experiment.microscope).size());
  fmt::print("scan: {} x {} positions (x, y), camera {} x {} pixels of {} mrad; wave {} x {} pixels (x, y)\n",
             experiment.scan.count_x, experiment.scan.count_y, experiment.camera.pixels, experiment.camera.pixels,
             experiment.camera.mrad_per_pixel, grid.width, grid.height);
  fmt::print("engine: {} ({}), {} kernels\n", name_of(cost.engine.engine), cost.engine.reason,
             name_of(best_instruction_set()));
  fmt::print("estimate: {} on {} threads, {:.3f} GB of memory, {:.3f} GB of disk\n", duration_text(cost.seconds),
             threads, cost.memory_bytes / 1e9, cost.disk_bytes / 1e9);
  const Detector detector(grid, experiment.microscope, experiment.camera);
  if (const auto warning = detector.warning(); !warning.empty()) fmt::print("note: {}\n", warning);
  note_positions_beyond(experiment);
}

void simulate(const Experiment& experiment, const fs::path& output, int threads) {
  const InterruptionWatch watch;
  std::vector<std::unique_ptr<ScanWriter>> writers;
  for (std::size_t exit = 0; exit < experiment.exit_depths.size(); ++exit)
    writers.push_back(std::make_unique<ScanWriter>(
        path_of(experiment, exit, output), info_of(experiment, experiment.exit_depths[exit]), experiment.settings));
  const int rows = experiment.scan.count_y, columns = experiment.scan.count_x;
  const std::int64_t pattern = std::int64_t{experiment.camera.pixels} * experiment.camera.pixels;
  const int rows_per_block = std::clamp(positions_per_block / columns, 1, rows);
  std::int64_t before = 0;
  ProgressBar bar;
  const auto show = bar.callback();
  const ExperimentSimulation simulation(experiment, threads, show);
  for (int row = 0; row < rows; row += rows_per_block) {
    const int count = std::min(rows_per_block, rows - row);
    std::int64_t last = 0;
    const auto patterns = simulation.rows(row, count, [&](auto what, auto done, auto total) {
      last = total;
      show(what, before + done, total * rows / count);  // blocks differ in rows alone
    });
    before += last;
    for (std::size_t exit = 0; exit < writers.size(); ++exit)
      for (int i = 0; i < count; ++i)
        writers[exit]->write_row(row + i, patterns[exit].subspan(i * columns * pattern, columns * pattern));
  }
  for (std::size_t exit = 0; exit < writers.size(); ++exit) {
    writers[exit]->close();
    fmt::print("wrote {}\n", path_of(experiment, exit, output).string());
  }
}

void refuse_other_ending(const fs::path& output) {
  const auto ending = output.extension();
  if (!output.empty() && ending != ".h5" && ending != ".hdf5")
    throw InputError(fmt::format(
        "'{}' has an unknown ending: simulate writes .h5. 'terrace convert' makes .npy, .hspy and .tif of that.",
        output.string()));
}

void print_settings() {
  fmt::print(
      "[specimen]\n{}[interface]\n{}[substrate]\n{}[film] (the same keys; LaAlO3 by default)\n[microscope]\n{}"
      "[scan]\n{}[camera]\n{}[sampling]\n{}",
      settings_help<SpecimenSource>(), settings_help<Interface>(), settings_help<Perovskite>(),
      settings_help<Microscope>(), settings_help<ScanGrid>(), settings_help<Camera>(), settings_help<Sampling>());
}

void run(const Options& options) {
  if (options.help_settings) return print_settings();
  if (options.config.empty())
    throw InputError("simulate wants a configuration file. Try 'terrace simulate --settings', which lists its keys.");
  if (options.output.empty() && !options.dry_run)
    throw InputError("simulate wants -o FILE.h5 to write to, or --dry-run.");
  refuse_other_ending(options.output);
  const fs::path config = options.config;
  const auto experiment = read_experiment(read_config(config), config.parent_path().string());
  const auto cost = cost_of(experiment, options.threads);
  print_plan(experiment, cost, options.threads);
  std::fflush(stdout);  // before the progress, in a file too
  check_memory(cost.memory_bytes, options.max_memory_gb, "Use fewer pixels, exits or threads");
  if (options.dry_run) return;
  make_place_for(options.output);
  simulate(experiment, options.output, options.threads);
  fmt::print("open it: py4DSTEM.read(\"{0}\"), or hyperspy.api.load(\"{0}\", reader=\"HSPY\")\n", options.output);
}

}  // namespace

void add_simulate(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("CONFIG", options->config, "the experiment, a TOML file (--settings lists its keys)");
  app.add_option("-o,--output", options->output,
                 "scan file to write (.h5); thicknesses inside the specimen go to FILE_12.30nm.h5");
  app.add_flag("--dry-run", options->dry_run, "say what it costs in time, disk and memory, and stop");
  app.add_flag("--settings", options->help_settings,
               "list every key of CONFIG with default and range (the unit is in its name), and stop");
  add_memory_option(app, options->max_memory_gb);
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
