// From the raw outputs of the member networks to calibrated probabilities.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "learning/network.h"

namespace terrace {

/// What each of `members` makes of each scan and then of its mirror image: 2 members.size() outputs a scan.
std::vector<std::vector<NetworkOutput>> outputs_of(std::span<const Network> members, std::span<const BothWays> scans,
                                                   int threads);

/// Fitted on the calibration split after training.
struct Calibration {
  double class_temperature = 1, depth_temperature = 1, step_count_temperature = 1;
  double interval_share = 0.9;       ///< central share of the depth distribution that covers 90 %
  double half_interval_share = 0.5;  ///< the one that covers 50 %
  RegressionValues error_scale = filled_with_one();

  static constexpr RegressionValues filled_with_one() {
    RegressionValues ones{};
    ones.fill(1);
    return ones;
  }
};
nlohmann::ordered_json to_json(const Calibration& calibration);
Calibration calibration_from_json(const nlohmann::ordered_json& json);

/// The ensemble's answer for one sample; probabilities are means over the members, errors include their spread.
/// Regressions in their own units.
struct Answer {
  std::array<double, 4> class_probability{};
  std::vector<double> depth_probability;
  double up = 0.5;
  std::array<double, 3> step_count_probability{};
  RegressionValues values{}, errors{};
};
Answer combine(std::span<const NetworkOutput> members, const Calibration& calibration);

/// The truth of a calibration sample beside what the members said of it.
struct CalibrationCase {
  std::vector<NetworkOutput> members;
  Labels labels;
  Conditions conditions;
};

/// Temperatures by least negative log-likelihood (Guo et al., ICML 2017), the intervals by split conformal prediction
/// on randomised ranks of single steps (Lei et al., JASA 2018), error scales so that 68.3 % of the errors lie within
/// one.
Calibration calibrate(std::span<const CalibrationCase> cases, std::uint64_t seed);

}  // namespace terrace
