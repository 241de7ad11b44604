#include "learning/preprocessing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/constants.h"
#include "core/error.h"
#include "learning/linear_algebra.h"
#include "learning/tensor_file.h"

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

/// Multiplies each row by the weights of its position.
void weigh(Image& rows, const Image& weight) {
  for (std::int64_t i = 0; i < rows.size(); ++i) rows.data()[i] *= weight.data()[i];
}

// A pixel weighs as if its mean were never below this share of an even pattern's.
constexpr double least_mean = 0.02;

Image weights_of(const Image& mean) {
  Image weight({mean.extent(0), mean.extent(1)});
  const auto floor = static_cast<float>(least_mean / mean.extent(1));
  for (std::int64_t i = 0; i < mean.size(); ++i) weight.data()[i] = 1 / std::sqrt(mean.data()[i] + floor);
  return weight;
}

std::vector<bool> silent_pixels(const Image& patterns) {
  std::vector<float> most(patterns.extent(1), 0);
  for (std::int64_t position = 0; position < patterns.extent(0); ++position)
    std::ranges::transform(most, patterns[position], most.begin(), [](float a, float b) { return std::max(a, b); });
  std::vector<bool> silent;
  for (const float value : most) silent.push_back(value == 0);
  return silent;
}

/// (pattern − mean) · weight where a position is covered and a pixel reads something at any of them, else 0.
void take_differences(Image& patterns, const Image& mean, const Image& weight, std::span<const float> covered) {
  const auto silent = silent_pixels(patterns);
  for (std::int64_t position = 0; position < patterns.extent(0); ++position) {
    auto row = patterns[position];
    if (covered[position] == 0) continue;  // zero already
    const auto expected = mean[position], weights = weight[position];
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = (row[i] - expected[i]) * weights[i];
  }
  for (std::size_t pixel = 0; pixel < silent.size(); ++pixel)
    if (silent[pixel])
      for (std::int64_t position = 0; position < patterns.extent(0); ++position) patterns(position, pixel) = 0;
}

/// Every pixel becomes the mean of its pattern.
void flatten(Image& patterns) {
  for (std::int64_t position = 0; position < patterns.extent(0); ++position) {
    const auto row = patterns[position];
    std::ranges::fill(row, static_cast<float>(std::accumulate(row.begin(), row.end(), 0.0) / std::ssize(row)));
  }
}

// The mean over covered patterns of the squared part outside the components.
double residual_energy(const Image& differences, const Image& projected, double covered_count) {
  double energy = 0;
  for (const float value : differences) energy += double{value} * value;
  for (const float value : projected) energy -= double{value} * value;
  return energy / covered_count;
}

// Shot noise of a pixel near its mean has the variance of one electron, whichever its intensity.
double noise_variance(double electrons_per_pattern, double mean_total) {
  return electrons_per_pattern > 0 ? 1 / (electrons_per_pattern * mean_total) : 0;
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

double relative_residual(const Preprocessing& preprocessing, const Conditions& conditions, const Features& features,
                         const Image& differences) {
  const double covered = std::accumulate(features.covered.begin(), features.covered.end(), 0.0);
  const double mean_total = std::accumulate(features.totals.begin(), features.totals.end(), 0.0) / covered;
  const auto directions = static_cast<double>(preprocessing.basis.extent(1) - preprocessing.basis.extent(0));
  const double found = residual_energy(differences, features.components, covered);
  const double expected =
      preprocessing.unexplained + directions * noise_variance(conditions.electrons_per_pattern, mean_total);
  return std::log(std::max(found, smallest_residual) / std::max(expected, smallest_residual));
}

}  // namespace

int Preprocessing::conditions() const {
  return static_cast<int>(condition_mean.size() + 2 * thickness_waves_nm.size());
}

Image normalised_patterns(const Sample& sample, std::vector<float>& totals) {
  const auto positions = sample.covered.size(), pixels = sample.patterns.size() / positions;
  Image patterns({positions, pixels});
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
    if (sample.covered.data()[i / pixels]) patterns.data()[i] = static_cast<float>(sample.patterns.data()[i] * factor);
  return patterns;
}

namespace {

Image seen_patterns(const Sample& sample, const std::string& input, std::vector<float>& totals) {
  Image patterns = normalised_patterns(sample, totals);
  if (input == "totals") flatten(patterns);
  return patterns;
}

}  // namespace

Features Preprocessing::apply(const Sample& sample) const {
  check_shape(sample, grid);
  Features features;
  for (const auto covered : sample.covered) features.covered.push_back(covered ? 1.0f : 0.0f);
  Image differences = seen_patterns(sample, input, features.totals);
  take_differences(differences, mean, weight, features.covered);
  features.components = multiply_by_transpose(differences, basis);
  features.residual = relative_residual(*this, sample.conditions, features, differences);
  divide_columns(features.components, component_scale);
  features.conditions = standardised_conditions(*this, sample.conditions);
  const auto& known = sample.conditions;
  features.depth_limit_cells = use_conditions == "none"
                                   ? std::numeric_limits<float>::max()
                                   : (known.thickness_nm + known.thickness_error_nm) / depth_cell_nm;
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
  const auto ratio = static_cast<float>(before / before_count * after_count / after);
  for (int position = 0; position < positions(); ++position) {
    const float kept = features.covered[position] * covered[position];
    result.covered[position] = kept;
    auto row = result.components[position];
    const auto offset = mean_components[position];
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = kept * (ratio * row[i] + (ratio - 1) * offset[i]);
  }
  return result;
}

void Preprocessing::complete() {
  weight = weights_of(mean);
  Image weighted = mean;
  weigh(weighted, weight);
  mean_components = multiply_by_transpose(weighted, basis);
  divide_columns(mean_components, component_scale);
}

namespace {

Image mean_patterns(std::span<const Sample> samples, const Preprocessing& preprocessing) {
  const std::int64_t pixels = samples[0].patterns.size() / preprocessing.positions();
  Image mean({preprocessing.positions(), pixels});
  std::vector<float> totals, seen(preprocessing.positions(), 0);
  for (const auto& sample : samples) {
    const Image patterns = seen_patterns(sample, preprocessing.input, totals);
    for (std::int64_t i = 0; i < patterns.size(); ++i) mean.data()[i] += patterns.data()[i];
    for (std::size_t position = 0; position < seen.size(); ++position)
      seen[position] += sample.covered.data()[position] != 0;
  }
  for (std::int64_t i = 0; i < mean.size(); ++i) mean.data()[i] /= std::max(seen[i / pixels], 1.0f);
  return mean;
}

struct Spread {
  Image covariance;       ///< of the differences of a pattern
  double mean_total = 0;  ///< of a covered pattern, fraction of the beam
};

Spread spread_of(std::span<const Sample> samples, const Preprocessing& preprocessing) {
  const auto pixels = preprocessing.mean.extent(1);
  const Image weight = weights_of(preprocessing.mean);
  Spread spread{Image({pixels, pixels}), 0};
  std::vector<float> totals;
  double count = 0;
  for (const auto& sample : samples) {
    Image differences = seen_patterns(sample, preprocessing.input, totals);
    const std::vector<float> covered(sample.covered.begin(), sample.covered.end());
    take_differences(differences, preprocessing.mean, weight, covered);
    add_covariance(differences, spread.covariance);
    for (const float share : covered) count += share != 0;
    spread.mean_total += std::accumulate(totals.begin(), totals.end(), 0.0);
  }
  for (auto& value : spread.covariance) value /= static_cast<float>(count);
  spread.mean_total /= count;
  return spread;
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

Preprocessing fit_preprocessing(std::span<const Sample> samples, const StandardGrid& grid,
                                const PreprocessingSettings& settings) {
  if (samples.empty()) throw InputError("There is no sample to fit the preprocessing on.");
  for (const auto& sample : samples) check_shape(sample, grid);
  Preprocessing result;
  result.grid = grid;
  result.input = settings.input;
  result.use_conditions = settings.use_conditions;
  result.mean = mean_patterns(samples, result);
  const auto spread = spread_of(samples, result);
  const auto eigen = symmetric_eigen(spread.covariance);
  const auto pixels = result.mean.extent(1), kept = std::min<std::int64_t>(settings.components, pixels);
  result.basis = Image({kept, pixels});
  // As the model file stores them, so that a reloaded model sees the same.
  std::transform(eigen.vectors.begin(), eigen.vectors.begin() + kept * pixels, result.basis.begin(), rounded_to_half);
  // Noise-free numbers are trusted to this share of the strongest component's width, and never beyond float rounding.
  constexpr double trusted_share = 1e-3, rounding = 1e-11;
  const double trusted = std::max(trusted_share * trusted_share * eigen.values[0], rounding);
  const double noise = std::max(noise_variance(settings.electrons_per_pattern, spread.mean_total), trusted);
  for (std::int64_t i = 0; i < kept; ++i)
    result.component_scale.push_back(static_cast<float>(std::sqrt(std::max(eigen.values[i], 0.0) + noise)));
  for (auto i = kept; i < pixels; ++i) result.unexplained += std::max(eigen.values[i], 0.0);
  fit_conditions(samples, result);
  result.complete();
  return result;
}

}  // namespace terrace
