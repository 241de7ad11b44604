// One simulated experiment as a configuration file says it: specimen, microscope, scan, camera, sampling.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/config.h"
#include "core/progress.h"
#include "microscope/camera.h"
#include "microscope/microscope.h"
#include "microscope/scan_grid.h"
#include "multislice/sampling.h"
#include "specimen/specimen.h"

namespace terrace {

/// The [specimen] table: a structure file, or (without one) the [interface] of [substrate] and [film].
struct SpecimenSource {
  std::string file;
  int repeat_x = 1, repeat_y = 1, repeat_z = 1;
  std::vector<double> exit_thicknesses_nm;
};

struct Experiment {
  Specimen specimen;
  std::vector<int>
      exit_depths;  ///< slabs after which patterns are taken, ascending; the last one is the whole thickness
  Microscope microscope;
  ScanGrid scan;
  Camera camera;
  Sampling sampling;
  nlohmann::ordered_json settings;  ///< every setting with its value, as recorded beside the result
};

/// `folder` is where relative paths of the configuration start. Throws InputError (unknown key, out of range),
/// FileError.
Experiment read_experiment(const Config& config, const std::string& folder);

/// What a run needs, measured on one slab step.
struct ExperimentCost {
  double seconds = 0, memory_bytes = 0, disk_bytes = 0;
  int height = 0, width = 0;  ///< pixels of the wave
};
ExperimentCost cost_of(const Experiment& experiment, int threads);

/// Patterns of scan rows first_row … first_row + rows − 1: [exit][row · count_x + column][ky][kx], as the camera reads
/// them. The same numbers for any thread count and any division into rows.
Array<float, 4> simulate_rows(const Experiment& experiment, int first_row, int rows, int threads,
                              const Progress& progress);

inline auto fields(const SpecimenSource*) {
  using F = Field<SpecimenSource>;
  using S = SpecimenSource;
  return std::array{
      F{"file", &S::file, "", "structure file (.xyz, .xtl, .cif); without one the [interface] is built"},
      F{"repeat_x", &S::repeat_x, 1, 1000, "copies of the file's box along x"},
      F{"repeat_y", &S::repeat_y, 1, 1000, "copies along y"},
      F{"repeat_z", &S::repeat_z, 1, 10000, "copies along the beam"},
      F{"exit_thicknesses_nm", &S::exit_thicknesses_nm, 0.01, 1e4, "thicknesses to record beside the whole one"},
  };
}

}  // namespace terrace
