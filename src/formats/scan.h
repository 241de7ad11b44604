// A 4D-STEM data set as every reader gives it and every consumer takes it: patterns by scan position, with calibration.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"

namespace terrace {

/// Shape and calibration. A number that the file does not give is 0 and may be given by the user; what was guessed
/// rather than read stands in `guesses`.
struct ScanInfo {
  int scan_height = 0, scan_width = 0;          ///< slow (y) and fast (x) positions
  int detector_height = 0, detector_width = 0;  ///< rows (ky) and columns (kx)
  double step_y_angstrom = 0, step_x_angstrom = 0;
  double start_y_angstrom = 0, start_x_angstrom = 0;  ///< first position in the specimen's frame, where known
  double mrad_per_pixel_y = 0, mrad_per_pixel_x = 0;
  double k_per_pixel_y = 0, k_per_pixel_x = 0;  ///< 1/Å, where the file gives this; angles follow from the energy
  double centre_row = -1, centre_column = -1;   ///< pixel of the undiffracted beam; −1 unknown
  double energy_kev = 0;
  double semiangle_mrad = 0;
  double thickness_nm = 0;                 ///< where the file knows it (simulations)
  std::string intensity_unit = "unknown";  ///< "fraction" of the beam, "electrons", "counts", "unknown"
  double electrons_per_pattern = 0;
  std::string dtype;   ///< as stored: "float32", "uint16" …
  std::string format;  ///< "terrace HDF5", "NumPy with sidecar" …
  std::string title;
  std::vector<std::string> guesses;
  nlohmann::ordered_json provenance;  ///< settings and versions found in the file; may be null
};

/// Reads patterns when asked; never loads the whole file. Implementations: one file a format.
class Scan {
 public:
  virtual ~Scan() = default;
  const ScanInfo& info() const { return info_; }
  ScanInfo& info() { return info_; }
  /// Fills `pattern` (detector_height × detector_width) with the pattern at scan position (row, column). Safe from
  /// several threads only where the reader says so. Throws FileError.
  virtual void read(int row, int column, std::span<float> pattern) const = 0;

 protected:
  ScanInfo info_;
};

/// Opens any file that terrace knows, by content first and name second. Throws FileError with what is wrong and what to
/// try.
std::unique_ptr<Scan> open_scan(const std::string& path);

}  // namespace terrace
