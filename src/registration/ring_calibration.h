// What ring detectors need to know of a camera, measured on its mean pattern where the file does not say.
#pragma once

#include <string>

#include "core/progress.h"
#include "formats/scan.h"

namespace terrace {

struct RingCalibration {
  ScanInfo info;              ///< the scan's; beam, semi-angle and pixels stay unknown where no disc was found
  std::string unit = "mrad";  ///< of its angles; "px" where neither pixel nor semi-angle was known in mrad
  std::string measured;       ///< what was measured, in words; empty where all was known
};

/// From the bright-field disc of the mean pattern, faulty pixels repaired. Throws FileError as the scan does.
RingCalibration calibrate_rings(const Scan& scan, const Progress& progress = {});

}  // namespace terrace
