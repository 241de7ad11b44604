// What the user knows better than the file: given on the command line or in the sidecar of a NumPy file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/settings.h"
#include "formats/hdf5.h"
#include "formats/scan.h"

namespace terrace {

/// An empty list or text and a number 0 mean "as the file says". Pairs are [y, x], a single number stands for both.
struct ScanOverrides {
  std::string dataset;
  std::vector<int> scan_shape, crop;
  std::vector<int> detector_shape;  ///< given: the file is read as raw numbers, whatever it says of itself
  std::string dtype, endian;
  int header_bytes = 0, gap_bytes = 0, footer_bytes = 0;
  std::string axes;
  std::vector<double> step_nm, start_nm;
  std::vector<double> mrad_per_pixel;
  std::vector<double> centre;
  double energy_kev = 0;
  double semiangle_mrad = 0;
  double thickness_nm = 0;
  std::string intensity_unit;
  double counts_per_electron = 0;
  double electrons_per_pattern = 0;
  std::string flip_scan_y = "no", flip_detector_y = "no", flip_detector_x = "no";
  std::string title;
};

inline auto fields(const ScanOverrides*) {
  using F = Field<ScanOverrides>;
  using S = ScanOverrides;
  return std::array{
      F{"dataset", &S::dataset, "", "which data of an HDF5 file that holds several; a part of the path is enough"},
      F{"scan_shape", &S::scan_shape, 1, 1e6, "positions y,x (64,128), where the file does not say them or is wrong"},
      F{"crop", &S::crop, 0, 1e6, "positions to keep: first y,first x,height,width (0,16,64,64)"},
      F{"detector_shape", &S::detector_shape, 1, 1e5, "pixels [ky, kx] of a raw file, which has no header to read"},
      F{"dtype", &S::dtype, "uint8|uint16|uint32|uint64|int8|int16|int32|int64|float32|float64",
        "numbers of a raw file"},
      F{"endian", &S::endian, "little|big", "byte order of a raw file"},
      F{"header_bytes", &S::header_bytes, 0, 2e9, "bytes before the first pattern of a raw file"},
      F{"gap_bytes", &S::gap_bytes, 0, 2e9, "bytes from the end of one pattern to the next"},
      F{"footer_bytes", &S::footer_bytes, 0, 2e9, "bytes after the last pattern"},
      F{"axes", &S::axes, "", "order of the file's axes, slowest first: \"y x ky kx\", or \"n ky kx\""},
      F{"step_nm", &S::step_nm, 1e-5, 1e4, "scan step [y, x]"},
      F{"start_nm", &S::start_nm, -1e6, 1e6, "first position [y, x]"},
      F{"mrad_per_pixel", &S::mrad_per_pixel, 1e-4, 100, "detector pixel [ky, kx]"},
      F{"centre", &S::centre, -1e5, 1e5, "pixel of the undiffracted beam [row, column], counted from 0"},
      F{"energy_kev", &S::energy_kev, 1, 3000, "beam energy"},
      F{"semiangle_mrad", &S::semiangle_mrad, 0.1, 100, "convergence semi-angle"},
      F{"thickness_nm", &S::thickness_nm, 0.01, 1e4, "thickness of the specimen"},
      F{"intensity_unit", &S::intensity_unit, "fraction|electrons|counts|unknown", "what the numbers are"},
      F{"counts_per_electron", &S::counts_per_electron, 1e-6, 1e9,
        "what one electron adds: numbers become electrons, whatever unit was given"},
      F{"electrons_per_pattern", &S::electrons_per_pattern, 0, 1e12, "dose"},
      F{"flip_scan_y", &S::flip_scan_y, "no|yes", "turn the scan's rows upside down"},
      F{"flip_detector_y", &S::flip_detector_y, "no|yes", "turn the detector's rows upside down"},
      F{"flip_detector_x", &S::flip_detector_x, "no|yes", "turn the detector's columns round"},
      F{"title", &S::title, "", "name of the data set"},
  };
}

/// `first`, with what it leaves open taken from `second`.
ScanOverrides merged(const ScanOverrides& first, const ScanOverrides& second);

/// Reads a sidecar: a JSON file of the fields above (docs/formats.md). Throws FileError with the key at fault.
ScanOverrides read_sidecar(const std::filesystem::path& path);
/// What a sidecar must say so that a NumPy file of the scan reads back alike.
nlohmann::ordered_json sidecar_of(const ScanInfo& info);

/// Writes the given calibration over that of `info`; angles follow from reciprocal lengths where the energy is now
/// known. Throws InputError for a list of the wrong length.
void apply(const ScanOverrides& overrides, ScanInfo& info);
/// `scan` as the overrides want it: scan shape, flips, calibration, unit, and last the part of the scan to keep. Throws
/// InputError where the file holds too few patterns.
std::unique_ptr<Scan> adjusted(std::unique_ptr<Scan> scan, const ScanOverrides& overrides);

/// Which of the file's axes is y, x, ky, kx; −1 where the file has none and one position stands for it.
using AxisOrder = std::array<int, 4>;
/// From "y x kx ky" (spaces or commas) for a file of `rank` axes; empty text means the usual order. Throws InputError.
AxisOrder axis_order(const std::string& axes, int rank);
/// Takes scan and detector shape from the file's extents. Throws FileError where they cannot be those of a scan.
void take_shape(ScanInfo& info, const Extents& extents, const AxisOrder& order, const std::string& name);

/// A pattern stored as [kx][ky] the way it is read, `height` × `width` of [ky][kx].
void turn_pattern(std::span<const float> stored, int height, int width, std::span<float> pattern);
/// What stands in the guesses where a file holds `patterns` and does not say the scan's shape.
std::string shape_unknown(std::int64_t patterns);

/// Opens as open_scan(path) does, with what the user knows better. Safe to read from several threads.
std::unique_ptr<Scan> open_scan(const std::string& path, const ScanOverrides& overrides);

}  // namespace terrace
