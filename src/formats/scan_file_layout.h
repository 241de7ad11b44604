// The groups around the patterns of our scan file: one description of the axes, three programs' views of it.
#pragma once

#include <array>
#include <string>

#include "formats/hdf5.h"
#include "formats/scan.h"

namespace terrace {

inline constexpr const char* scan_data_path = "/datacube_root/datacube/data";

/// An axis as the file tells it: `count` points at offset + index · scale.
struct ScanAxis {
  std::string name;
  std::string unit;  ///< "Å", "1/Å", "mrad" or "px"
  std::int64_t count = 0;
  double scale = 1, offset = 0;
};

/// y, x, ky, kx. The detector is in 1/Å where the energy is known, else in mrad, else in pixels.
std::array<ScanAxis, 4> scan_axes(const ScanInfo& info);

/// EMD 1.0 as py4DSTEM reads it, with the calibration and, as metadata, all that ScanInfo knows and the settings.
void write_emd_view(Hdf5File& file, const ScanInfo& info, const std::string& settings);
/// HyperSpy 3.1 and NeXus, by soft links to the same patterns (hard links hide the EMD view from some readers).
void write_hyperspy_view(Hdf5File& file, const ScanInfo& info);
void write_nexus_view(Hdf5File& file, const ScanInfo& info);

}  // namespace terrace
