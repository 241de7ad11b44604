#include "learning/domain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "learning/linear_algebra.h"

namespace terrace {
namespace {

void widen(Range& range, double value, bool first) {
  range.low = first ? value : std::min(range.low, value);
  range.high = first ? value : std::max(range.high, value);
}

// Samples just outside a range that was drawn at random are as good as inside.
double margin_at(double value) { return 0.02 * std::abs(value) + 1e-6; }

void object(const char* name, const char* unit, double value, const Range& range, std::vector<std::string>& sentences) {
  const double margin = margin_at(value);
  if (value >= range.low - margin && value <= range.high + margin) return;
  sentences.push_back(fmt::format("The {} is {:.4g} {}, the model was trained between {:.4g} and {:.4g}.", name, value,
                                  unit, range.low, range.high));
}

// Noise-free training knows no dose: any dose is then strange to it, and noise-free data are the limit of high doses.
void object_to_dose(double dose, const Range& range, std::vector<std::string>& sentences) {
  if (dose <= 0) return;
  if (range.high <= 0)
    sentences.push_back(
        fmt::format("The patterns hold {:.0f} electrons each, the model was trained without noise.", dose));
  else if (dose < 0.9 * range.low)
    sentences.push_back(
        fmt::format("The patterns hold {:.0f} electrons each, the model was trained from {:.0f} on.", dose, range.low));
}

nlohmann::ordered_json to_json(const Range& range) { return {range.low, range.high}; }
Range range_from(const nlohmann::ordered_json& json) { return {json.at(0).get<double>(), json.at(1).get<double>()}; }

}  // namespace

void Domain::include(const Conditions& c, double true_nm) {
  const bool first = empty();
  widen(energy_kev, c.energy_kev, first);
  widen(semiangle_mrad, c.semiangle_mrad, first);
  widen(thickness_nm, c.thickness_nm, first);
  widen(electrons_per_pattern, c.electrons_per_pattern, first);
  widen(true_thickness_nm, true_nm, first);
}

double Domain::strangeness_of_thickness(double found_nm, double error_nm) const {
  if (true_thickness_nm == Range{}) return 0;
  const double outside = std::max(true_thickness_nm.low - found_nm, found_nm - true_thickness_nm.high);
  return std::max(0.0, outside - margin_at(found_nm)) / (3 * std::max(error_nm, 1e-3));
}

std::vector<std::string> Domain::objections(const Conditions& c, double covered_share) const {
  std::vector<std::string> sentences;
  object("beam energy", "keV", c.energy_kev, energy_kev, sentences);
  object("semi-angle", "mrad", c.semiangle_mrad, semiangle_mrad, sentences);
  object("thickness", "nm", c.thickness_nm, thickness_nm, sentences);
  object_to_dose(c.electrons_per_pattern, electrons_per_pattern, sentences);
  if (covered_share < least_covered_share - 1e-6)
    sentences.push_back(fmt::format("The scan covers {:.0f} % of the grid's positions, the model wants {:.0f} %.",
                                    100 * covered_share, 100 * least_covered_share));
  return sentences;
}

nlohmann::ordered_json to_json(const Domain& d) {
  return {{"energy_kev", to_json(d.energy_kev)},
          {"semiangle_mrad", to_json(d.semiangle_mrad)},
          {"thickness_nm", to_json(d.thickness_nm)},
          {"electrons_per_pattern", to_json(d.electrons_per_pattern)},
          {"true_thickness_nm", to_json(d.true_thickness_nm)},
          {"least_covered_share", d.least_covered_share}};
}

Domain domain_from_json(const nlohmann::ordered_json& json) {
  const Range true_thickness_nm =
      json.contains("true_thickness_nm") ? range_from(json.at("true_thickness_nm")) : Range{};
  return {range_from(json.at("energy_kev")),
          range_from(json.at("semiangle_mrad")),
          range_from(json.at("thickness_nm")),
          range_from(json.at("electrons_per_pattern")),
          true_thickness_nm,
          json.at("least_covered_share").get<double>()};
}

double Cloud::distance(std::span<const double> description) const {
  std::vector<double> difference(mean.size());
  for (std::size_t i = 0; i < mean.size(); ++i) difference[i] = description[i] - mean[i];
  return mahalanobis_length(factor, difference) / unit;
}

Cloud fit_cloud(const std::vector<std::vector<double>>& training, const std::vector<std::vector<double>>& calibration) {
  if (training.empty()) throw InputError("There is no training sample to know the domain by.");
  const auto n = static_cast<int>(training[0].size());
  Cloud cloud;
  cloud.mean.assign(n, 0);
  for (const auto& row : training)
    for (int i = 0; i < n; ++i) cloud.mean[i] += row[i] / training.size();
  std::vector<double> covariance(n * n, 0);
  for (const auto& row : training)
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        covariance[i * n + j] += (row[i] - cloud.mean[i]) * (row[j] - cloud.mean[j]) / training.size();
  double trace = 0;
  for (int i = 0; i < n; ++i) trace += covariance[i * n + i];
  // Directions that training hardly used keep a share of the mean variance, so that rounding there is no distance.
  for (int i = 0; i < n; ++i) covariance[i * n + i] += 1e-3 * trace / n + 1e-9;
  cloud.factor = cholesky_factor(std::move(covariance), n);
  // As the model file stores them, so that a reloaded model measures the same.
  for (auto* numbers : {&cloud.mean, &cloud.factor})
    for (auto& number : *numbers) number = static_cast<float>(number);
  std::vector<double> distances;
  for (const auto& row : calibration) distances.push_back(cloud.distance(row));
  if (distances.empty()) return cloud;
  const auto rank = distances.begin() + static_cast<std::ptrdiff_t>(0.99 * (distances.size() - 1));
  std::nth_element(distances.begin(), rank, distances.end());
  cloud.unit = std::max(*rank, 1e-6);
  return cloud;
}

}  // namespace terrace
