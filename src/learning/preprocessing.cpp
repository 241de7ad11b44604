#include "learning/preprocessing.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "core/constants.h"
#include "core/error.h"
#include "learning/linear_algebra.h"

namespace terrace {
namespace {

// Thickness decides how a depth shows, and patterns turn over within a few nm of it: the network gets waves of these
// lengths beside the number itself.
constexpr std::array thickness_waves_nm = {60.0, 30.0, 15.0, 7.5, 3.75, 1.875};
constexpr double noise_free_dose_log10 = 7;
// Squared differences below this share of a pattern's intensity are rounding.
constexpr double smallest_residual = 1e-7;

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

void subtract_mean(Image& roots, const Image& mean, std::span<const float> covered) {
  for (std::int64_t position = 0; position < roots.extent(0); ++position) {
    if (covered[position] == 0) continue;
    auto row = roots[position];
    const auto expected = mean[position];
    for (std::size_t i = 0; i < row.size(); ++i) row[i] -= expected[i];
  }
}

// The mean over covered patterns of the squared part outside the components.
double residual_energy(const Image& differences, const Image& projected, double covered_count) {
  double energy = 0;
  for (const float value : differences) energy += double{value} * value;
  for (const float value : projected) energy -= double{value} * value;
  return energy / covered_count;
}

// Shot noise gives each root a variance of 1/4 electron, whichever its intensity.
double noise_energy(const Conditions& conditions, double mean_total, double directions) {
  if (conditions.electrons_per_pattern <= 0) return 0;
  return 0.25 * directions / (conditions.electrons_per_pattern * mean_total);
}

void divide_columns(Image& rows, const std::vector<float>& scale) {
  for (std::int64_t row = 0; row < rows.extent(0); ++row) {
    auto values = rows[row];
    for (std::size_t i = 0; i < values.size(); ++i) values[i] /= scale[i];
  }
}

std::array<double, 5> raw_conditions(const Conditions& c) {
  const double dose = c.electrons_per_pattern > 0 ? std::log10(c.electrons_per_pattern) : noise_free_dose_log10;
  return {c.energy_kev, c.semiangle_mrad, c.thickness_nm, c.thickness_error_nm, std::min(dose, noise_free_dose_log10)};
}

std::vector<float> standardised_conditions(const Preprocessing& preprocessing, const Conditions& conditions) {
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

double relative_residual(const Preprocessing& preprocessing, const Conditions& conditions, const Features& features,
                         const Image& differences) {
  const double covered = std::accumulate(features.covered.begin(), features.covered.end(), 0.0);
  const double mean_total = std::accumulate(features.totals.begin(), features.totals.end(), 0.0) / covered;
  const auto directions = static_cast<double>(preprocessing.basis.extent(1) - preprocessing.basis.extent(0));
  const double found = residual_energy(differences, features.components, covered);
  const double expected = preprocessing.unexplained + noise_energy(conditions, mean_total, directions);
  return std::log(std::max(found, smallest_residual) / std::max(expected, smallest_residual));
}

}  // namespace

int Preprocessing::conditions() const {
  return static_cast<int>(condition_mean.size() + 2 * thickness_waves_nm.size());
}

Image normalised_roots(const Sample& sample, std::vector<float>& totals) {
  const auto positions = sample.covered.size(), pixels = sample.patterns.size() / positions;
  Image roots({positions, pixels});
  totals.assign(positions, 0);
  double sum = 0;
  int covered = 0;
  for (std::int64_t position = 0; position < positions; ++position) {
    if (!sample.covered.data()[position]) continue;
    const float* pattern = sample.patterns.data() + position * pixels;
    double total = 0;
    for (std::int64_t i = 0; i < pixels; ++i) {
      if (!(pattern[i] >= 0) || !std::isfinite(pattern[i]))
        throw InputError(fmt::format("Pixel {} of pattern {} is {}. Intensities are finite and not negative.", i,
                                     position, pattern[i]));
      total += pattern[i];
    }
    totals[position] = static_cast<float>(total);
    sum += total;
    ++covered;
  }
  if (covered == 0 || sum <= 0) throw InputError("The sample has no covered position with any intensity in it.");
  const double factor = covered / sum;
  for (std::int64_t i = 0; i < positions * pixels; ++i)
    if (sample.covered.data()[i / pixels])
      roots.data()[i] = static_cast<float>(std::sqrt(sample.patterns.data()[i] * factor));
  return roots;
}

Features Preprocessing::apply(const Sample& sample) const {
  check_shape(sample, grid);
  Features features;
  for (const auto covered : sample.covered) features.covered.push_back(covered ? 1.0f : 0.0f);
  Image roots = normalised_roots(sample, features.totals);
  subtract_mean(roots, mean, features.covered);
  features.components = multiply_by_transpose(roots, basis);
  features.residual = relative_residual(*this, sample.conditions, features, roots);
  divide_columns(features.components, component_scale);
  features.conditions = standardised_conditions(*this, sample.conditions);
  const auto& known = sample.conditions;
  features.depth_limit_cells = (known.thickness_nm + 2 * known.thickness_error_nm) / depth_cell_nm;
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
  // The roots scale with 1/√(mean total): with s the ratio, basis · (s·root − mean) = s·component + (s − 1)·basis ·
  // mean.
  const auto ratio = static_cast<float>(std::sqrt(before / before_count * after_count / after));
  for (int position = 0; position < positions(); ++position) {
    const float kept = features.covered[position] * covered[position];
    result.covered[position] = kept;
    auto row = result.components[position];
    const auto offset = mean_components[position];
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = kept * (ratio * row[i] + (ratio - 1) * offset[i]);
  }
  return result;
}

namespace {

Image mean_roots(std::span<const Sample> samples, int positions, std::int64_t pixels) {
  Image mean({positions, pixels});
  std::vector<float> totals, seen(positions, 0);
  for (const auto& sample : samples) {
    const Image roots = normalised_roots(sample, totals);
    for (std::int64_t i = 0; i < roots.size(); ++i) mean.data()[i] += roots.data()[i];
    for (int position = 0; position < positions; ++position) seen[position] += sample.covered.data()[position] != 0;
  }
  for (std::int64_t i = 0; i < mean.size(); ++i) mean.data()[i] /= std::max(seen[i / pixels], 1.0f);
  return mean;
}

Image pattern_covariance(std::span<const Sample> samples, const Image& mean) {
  const auto pixels = mean.extent(1);
  Image covariance({pixels, pixels});
  std::vector<float> totals;
  double count = 0;
  for (const auto& sample : samples) {
    Image roots = normalised_roots(sample, totals);
    std::vector<float> covered(sample.covered.begin(), sample.covered.end());
    subtract_mean(roots, mean, covered);
    add_covariance(roots, covariance);
    for (const float share : covered) count += share != 0;
  }
  for (auto& value : covariance) value /= static_cast<float>(count);
  return covariance;
}

void fit_conditions(std::span<const Sample> samples, Preprocessing& preprocessing) {
  std::array<double, 5> sum{}, squares{};
  const auto n = static_cast<double>(samples.size());
  for (const auto& sample : samples) {
    const auto raw = raw_conditions(sample.conditions);
    for (std::size_t i = 0; i < raw.size(); ++i) sum[i] += raw[i] / n, squares[i] += raw[i] * raw[i] / n;
  }
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const double variance = squares[i] - sum[i] * sum[i];
    preprocessing.condition_mean.push_back(sum[i]);
    // A condition that never varied keeps its unit.
    preprocessing.condition_scale.push_back(variance > 1e-9 * squares[i] ? std::sqrt(variance) : 1);
  }
}

}  // namespace

Preprocessing fit_preprocessing(std::span<const Sample> samples, const StandardGrid& grid, int components,
                                double shot_noise) {
  if (samples.empty()) throw InputError("There is no sample to fit the preprocessing on.");
  for (const auto& sample : samples) check_shape(sample, grid);
  Preprocessing result;
  result.grid = grid;
  const std::int64_t pixels = std::int64_t{grid.pixels} * grid.pixels;
  result.mean = mean_roots(samples, grid.positions(), pixels);
  const auto eigen = symmetric_eigen(pattern_covariance(samples, result.mean));
  const auto kept = std::min<std::int64_t>(components, pixels);
  result.basis = Image({kept, pixels});
  std::copy_n(eigen.vectors.begin(), kept * pixels, result.basis.begin());
  // Noise-free numbers are trusted to this share of the strongest component's width.
  constexpr double trusted_share = 1e-3;
  const double floor = std::max(shot_noise, trusted_share * std::sqrt(std::max(eigen.values[0], 1e-12)));
  for (std::int64_t i = 0; i < kept; ++i)
    result.component_scale.push_back(static_cast<float>(std::sqrt(std::max(eigen.values[i], 0.0) + floor * floor)));
  for (auto i = kept; i < pixels; ++i) result.unexplained += std::max(eigen.values[i], 0.0);
  result.mean_components = multiply_by_transpose(result.mean, result.basis);
  divide_columns(result.mean_components, result.component_scale);
  fit_conditions(samples, result);
  return result;
}

}  // namespace terrace
