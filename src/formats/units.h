// The spellings of units in other programs' files.
#pragma once

#include <string>

#include "formats/scan.h"

namespace terrace {

/// Å in one `unit` of length ("nm", "Å", "A", "µm", "pm", "m"); 0 where it is no length.
double angstrom_in(const std::string& unit);
/// 1/Å in one `unit` ("1/nm", "A^-1", "$Å^{-1}$" …); 0 where it is no reciprocal length.
double inverse_angstrom_in(const std::string& unit);
/// mrad in one `unit` ("mrad", "rad"); 0 where it is no angle.
double mrad_in(const std::string& unit);

/// What an axis of a file says: `count` points, `scale` apart, the first at `offset`.
struct AxisCalibration {
  double scale = 0, offset = 0;
  std::string unit;
};

/// Takes the calibration of the scan axis y or x into `info`; a unit that is no length leaves it unknown.
void calibrate_scan_axis(ScanInfo& info, char axis, const AxisCalibration& calibration);
/// The same for the detector axis y (ky) or x (kx), from a reciprocal length or an angle.
void calibrate_detector_axis(ScanInfo& info, char axis, const AxisCalibration& calibration);
/// Angles from reciprocal lengths where the energy is known and angles are not.
void settle_angles(ScanInfo& info);
/// Undoes it, so that angles may be settled by another energy; an angle that the file itself gives stays.
void forget_settled_angles(ScanInfo& info);

}  // namespace terrace
