// Calibration as a function of the dose: a network is surer than it should be where electrons are few.
#pragma once

#include "learning/ensemble.h"

namespace terrace {

/// Calibrations at some doses, rising; one at dose 0 where training saw no noise.
struct DoseCalibration {
  struct Entry {
    double electrons_per_pattern = 0;
    Calibration calibration;
  };
  std::vector<Entry> entries;

  /// Every number interpolated in the logarithm of the dose, and held beyond the ends; noise-free (0) is the end of
  /// many electrons.
  Calibration at(double electrons_per_pattern) const;
};
nlohmann::ordered_json to_json(const DoseCalibration& calibration);
/// Throws nlohmann::json::exception where something is missing.
DoseCalibration dose_calibration_from_json(const nlohmann::ordered_json& json);

/// The doses to calibrate at: from lowest to highest, evenly in the logarithm, some two a decade; {0} without noise.
std::vector<double> doses_to_calibrate_at(double lowest, double highest);

}  // namespace terrace
