// From the raw outputs of the member networks to calibrated probabilities.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "learning/network.h"

namespace terrace {

/// Fitted on the calibration split after training.
struct Calibration {
  double class_temperature = 1, depth_temperature = 1;
  double interval_share = 0.9;                    ///< central share of the depth distribution that covers 90 %
  std::array<double, 2> sigma_error_scale{1, 1};  ///< A site, B site
};
nlohmann::ordered_json to_json(const Calibration& calibration);
Calibration calibration_from_json(const nlohmann::ordered_json& json);

/// The ensemble's answer for one sample; probabilities are means over the members, width errors include their spread.
struct Answer {
  std::array<double, 4> class_probability{};
  std::vector<double> depth_probability;
  double up = 0.5;
  std::array<double, 2> sigma{}, sigma_error{};
};
Answer combine(std::span<const NetworkOutput> members, const Calibration& calibration);

/// The truth of a calibration sample beside what the members said of it.
struct CalibrationCase {
  std::vector<NetworkOutput> members;
  Labels labels;
};

/// Temperatures by least negative log-likelihood (Guo et al., ICML 2017), the interval by split conformal prediction on
/// randomised ranks (Lei et al., JASA 2018), error scales by the median of |error| / predicted error.
Calibration calibrate(std::span<const CalibrationCase> cases, std::uint64_t seed);

}  // namespace terrace
