#include "learning/preprocessing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/constants.h"
#include "core/error.h"
#include "learning/linear_algebra.h"
#include "learning/pattern_differences.h"

namespace terrace {
namespace {

// Thickness decides how a depth shows, and patterns turn over within a few nm of it: the network gets waves of these
// lengths beside the number itself.
constexpr std::array thickness_waves_nm = {60.0, 30.0, 15.0, 7.5, 3.75, 1.875};
// Squared differences below this share of a pattern's intensity are rounding.
constexpr double smallest_residual = 1e-7;

// The mean over covered patterns of the squared part outside the components.
double residual_energy(const Image& differences, const Image& projected, double covered_count) {
  double energy = 0;
  for (const float value : differences) energy += double{value} * value;
  for (const float value : projected) energy -= double{value} * value;
  return energy / covered_count;
}

// Shot noise of a pixel near its mean has the variance of one electron, whichever its intensity.
double noise_variance(double electrons) { return electrons > 0 ? 1 / electrons : 0; }

void divide_columns(Image& rows, const std::vector<float>& scale) {
  for (std::int64_t row = 0; row < rows.extent(0); ++row) {
    auto values = rows[row];
    for (std::size_t i = 0; i < values.size(); ++i) values[i] /= scale[i];
  }
}

std::vector<float> standardised_conditions(const Preprocessing& preprocessing, const Conditions& conditions) {
  if (preprocessing.use_conditions == "none") return std::vector<float>(preprocessing.conditions(), 0.0f);
  const auto raw = raw_conditions(conditions);
  std::vector<float> result;
  for (std::size_t i = 0; i < raw.size(); ++i)
    result.push_back(static_cast<float>((raw[i] - preprocessing.condition_mean[i]) / preprocessing.condition_scale[i]));
  for (const double wave : thickness_waves_nm) {
    result.push_back(static_cast<float>(std::sin(2 * pi * conditions.thickness_nm / wave)));
    result.push_back(static_cast<float>(std::cos(2 * pi * conditions.thickness_nm / wave)));
  }
  return result;
}

double relative_residual(const Preprocessing& preprocessing, double electrons, const Features& features,
                         const Image& differences) {
  const double covered = std::accumulate(features.covered.begin(), features.covered.end(), 0.0);
  const auto directions = static_cast<double>(preprocessing.basis.extent(1) - preprocessing.basis.extent(0));
  const double found = residual_energy(differences, features.components, covered);
  const double expected = preprocessing.unexplained + directions * noise_variance(electrons);
  return std::log(std::max(found, smallest_residual) / std::max(expected, smallest_residual));
}

/// In a covered pattern, inside its pixels.
double electrons_of(const Sample& sample, const Features& features) {
  const double covered = std::accumulate(features.covered.begin(), features.covered.end(), 0.0);
  const double total = std::accumulate(features.totals.begin(), features.totals.end(), 0.0);
  return sample.conditions.electrons_per_pattern * total / covered;
}

}  // namespace

void check_shape(const Sample& sample, const StandardGrid& grid) {
  const std::array<std::int64_t, 4> wanted = {grid.along, grid.across, grid.pixels, grid.pixels};
  const auto& found = sample.patterns.extents();
  if (found != wanted)
    throw InputError(fmt::format(
        "The sample has {} x {} positions of {} x {} pixels, the model wants {} x {} of {} x {}. Bring the scan to the "
        "model's standard grid.",
        found[0], found[1], found[2], found[3], wanted[0], wanted[1], wanted[2], wanted[3]));
  if (sample.covered.size() != grid.positions())
    throw InputError("The sample does not say which positions are covered.");
}

RawConditions raw_conditions(const Conditions& c) {
  constexpr double noise_free_dose_log10 = 7;
  const double dose = c.electrons_per_pattern > 0 ? std::log10(c.electrons_per_pattern) : noise_free_dose_log10;
  return {c.energy_kev, c.semiangle_mrad, c.thickness_nm, c.thickness_error_nm, std::min(dose, noise_free_dose_log10)};
}

int Preprocessing::conditions() const {
  return static_cast<int>(condition_mean.size() + 2 * thickness_waves_nm.size());
}

std::vector<float> Preprocessing::scale(double electrons) const {
  const double noise = std::max(noise_variance(electrons), least_noise);
  std::vector<float> scale;
  for (const float one : variance) scale.push_back(static_cast<float>(std::sqrt(one + noise)));
  return scale;
}

Features Preprocessing::apply(const Sample& sample) const {
  check_shape(sample, grid);
  Features features;
  for (const auto covered : sample.covered) features.covered.push_back(covered ? 1.0f : 0.0f);
  Image differences = seen_patterns(sample, input, features.totals);
  take_differences(differences, mean, weight, features.covered);
  features.components = multiply_by_transpose(differences, basis);
  const double electrons = electrons_of(sample, features);
  features.residual = relative_residual(*this, electrons, features, differences);
  divide_columns(features.components, scale(electrons));
  Conditions known = sample.conditions;
  known.thickness_error_nm = trained_thickness_error_nm();
  features.conditions = standardised_conditions(*this, known);
  features.thickness_cells =
      use_conditions == "none" ? std::numeric_limits<float>::max() / 2 : known.thickness_nm / depth_cell_nm;
  features.depth_limit_cells = features.thickness_cells + known.thickness_error_nm / depth_cell_nm;
  return features;
}

Features Preprocessing::restrict_to(const Features& features, std::span<const float> covered) const {
  double before = 0, before_count = 0, after = 0, after_count = 0;
  for (int position = 0; position < positions(); ++position) {
    before += features.totals[position] * features.covered[position];
    before_count += features.covered[position];
    after += features.totals[position] * features.covered[position] * covered[position];
    after_count += features.covered[position] * covered[position];
  }
  Features result = features;
  if (after <= 0) return result;
  // Patterns scale with 1/(mean total): with s the ratio, basis · (s·pattern − mean) = s·component + (s − 1)·basis ·
  // mean, all of them weighted.
  const auto divisor = scale(0);
  const auto ratio = static_cast<float>(before / before_count * after_count / after);
  for (int position = 0; position < positions(); ++position) {
    const float kept = features.covered[position] * covered[position];
    result.covered[position] = kept;
    auto row = result.components[position];
    const auto offset = mean_components[position];
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = kept * (ratio * row[i] + (ratio - 1) * offset[i] / divisor[i]);
  }
  return result;
}

void Preprocessing::complete() {
  weight = weights_of(mean);
  Image weighted = mean;
  for (std::int64_t i = 0; i < weighted.size(); ++i) weighted.data()[i] *= weight.data()[i];
  mean_components = multiply_by_transpose(weighted, basis);
}

}  // namespace terrace
