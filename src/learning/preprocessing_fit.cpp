// What preprocessing learns from the training split.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "learning/linear_algebra.h"
#include "learning/pattern_differences.h"
#include "learning/preprocessing.h"
#include "learning/tensor_file.h"

namespace terrace {
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
  RawConditions sum{}, squares{};
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
  for (std::int64_t i = 0; i < kept; ++i) result.variance.push_back(static_cast<float>(std::max(eigen.values[i], 0.0)));
  for (auto i = kept; i < pixels; ++i) result.unexplained += std::max(eigen.values[i], 0.0);
  // Noise-free numbers are trusted to this share of the strongest component's width, and never beyond float rounding.
  constexpr double trusted_share = 1e-3, rounding = 1e-11;
  result.least_noise = std::max(trusted_share * trusted_share * eigen.values[0], rounding);
  if (settings.electrons_per_pattern > 0)
    result.least_noise = std::max(result.least_noise, 1 / (settings.electrons_per_pattern * spread.mean_total));
  fit_conditions(samples, result);
  result.complete();
  return result;
}

}  // namespace terrace
