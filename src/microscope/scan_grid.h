// Where the probe stops.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "core/settings.h"

namespace terrace {

/// One of the places that a pattern is a mean over: how far it lies from the probe position, Å, and its share.
struct SpreadPlace {
  double y = 0, x = 0;
  double share = 1;
};
/// Shares sum to 1.
using Spread = std::vector<SpreadPlace>;

struct ProbePosition {
  double y = 0, x = 0;  ///< Å in the specimen's frame
  /// For a pattern that is a mean over several places around, as where a scan was laid on a grid by interpolation; only
  /// sums over a scattering matrix take it. None: this place alone.
  std::shared_ptr<const Spread> spread = nullptr;

  bool operator==(const ProbePosition&) const = default;
};

/// count_y × count_x probe positions from (start_y, start_x), in steps; y is the slow axis. No end point, so no
/// question whether it is included.
struct ScanGrid {
  int count_y = 4, count_x = 16;
  double start_y_angstrom = 0, start_x_angstrom = 0;
  double step_y_angstrom = 0.97625, step_x_angstrom = 0.97625;

  ProbePosition position(int row, int column) const {
    return {start_y_angstrom + row * step_y_angstrom, start_x_angstrom + column * step_x_angstrom};
  }
};

inline auto fields(const ScanGrid*) {
  using F = Field<ScanGrid>;
  using S = ScanGrid;
  return std::array{
      F{"count_y", &S::count_y, 1, 65536, "positions along the interface (slow axis)"},
      F{"count_x", &S::count_x, 1, 65536, "positions across the interface (fast axis)"},
      F{"start_y_angstrom", &S::start_y_angstrom, -1e6, 1e6, "first position along y"},
      F{"start_x_angstrom", &S::start_x_angstrom, -1e6, 1e6, "first position along x"},
      F{"step_y_angstrom", &S::step_y_angstrom, 1e-3, 1e3, "step along y"},
      F{"step_x_angstrom", &S::step_x_angstrom, 1e-3, 1e3, "step along x"},
  };
}

}  // namespace terrace
