// One simulated experiment as a configuration file says it: specimen, microscope, scan, camera, sampling.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/config.h"
#include "core/progress.h"
#include "microscope/camera.h"
#include "microscope/microscope.h"
#include "microscope/scan_grid.h"
#include "multislice/engine_choice.h"
#include "multislice/sampling.h"
#include "multislice/scattering_matrix.h"
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

/// What a run needs.
struct ExperimentCost {
  double seconds = 0, memory_bytes = 0, disk_bytes = 0;
  EngineChoice engine;
};
/// Time by the engine's count of work, on the speed of this machine measured on a few steps. Throws InputError where
/// the settings cannot be simulated.
ExperimentCost cost_of(const Experiment& experiment, int threads);

/// Rows are simulated in blocks of about this many positions: enough to feed the threads, few enough to hold.
inline constexpr int positions_per_block = 512;

/// A scan in the making, row by row: a scattering matrix, where that engine is chosen, is computed once at the start.
class ExperimentSimulation {
 public:
  /// `experiment` must outlive this. Throws InputError as `simulate` does.
  ExperimentSimulation(const Experiment& experiment, int threads, const Progress& progress);

  /// Patterns of scan rows first_row … first_row + rows − 1: [exit][row · count_x + column][ky][kx], as the camera
  /// reads them. The same numbers for any thread count and any division into rows.
  Array<float, 4> rows(int first_row, int rows, const Progress& progress) const;

 private:
  const Experiment& experiment_;
  int threads_;
  SimulationPlan plan_;                                                         // without positions
  std::vector<std::vector<std::shared_ptr<const ScatteringMatrix>>> matrices_;  // of each exit; empty for direct
};

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
