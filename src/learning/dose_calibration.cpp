#include "learning/dose_calibration.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

Calibration between(const Calibration& a, const Calibration& b, double share) {
  const auto mix = [share](double x, double y) { return x + share * (y - x); };
  Calibration result;
  result.class_temperature = mix(a.class_temperature, b.class_temperature);
  result.depth_temperature = mix(a.depth_temperature, b.depth_temperature);
  result.step_count_temperature = mix(a.step_count_temperature, b.step_count_temperature);
  result.interval_share = mix(a.interval_share, b.interval_share);
  result.half_interval_share = mix(a.half_interval_share, b.half_interval_share);
  std::ranges::transform(a.error_scale, b.error_scale, result.error_scale.begin(), mix);
  return result;
}

}  // namespace

Calibration DoseCalibration::at(double electrons) const {
  if (entries.empty()) return {};
  const auto above = std::ranges::lower_bound(entries, electrons, {}, &Entry::electrons_per_pattern);
  if (electrons <= 0 || above == entries.end()) return entries.back().calibration;
  if (above == entries.begin()) return above->calibration;
  const auto& low = *(above - 1);
  const auto& high = *above;
  return between(low.calibration, high.calibration,
                 std::log(electrons / low.electrons_per_pattern) /
                     std::log(high.electrons_per_pattern / low.electrons_per_pattern));
}

nlohmann::ordered_json to_json(const DoseCalibration& calibration) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& [electrons, one] : calibration.entries) {
    list.push_back(to_json(one));
    list.back()["electrons_per_pattern"] = electrons;
  }
  return list;
}

DoseCalibration dose_calibration_from_json(const nlohmann::ordered_json& json) {
  DoseCalibration calibration;
  for (const auto& one : json)
    calibration.entries.push_back({one.at("electrons_per_pattern").get<double>(), calibration_from_json(one)});
  return calibration;
}

std::vector<double> doses_to_calibrate_at(double lowest, double highest) {
  if (highest <= 0) return {0};
  lowest = std::max(lowest, 1.0);
  const auto steps = static_cast<int>(std::ceil(2 * std::log10(highest / lowest)));
  std::vector<double> doses{lowest};
  for (int i = 1; i <= steps; ++i)
    doses.push_back(i == steps ? highest : lowest * std::pow(highest / lowest, static_cast<double>(i) / steps));
  return doses;
}

}  // namespace terrace
