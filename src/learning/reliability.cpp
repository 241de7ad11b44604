#include "learning/reliability.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dataset/bootstrap.h"

namespace terrace {
namespace {

constexpr int confidence_bins = 10;

int bin_of(double confidence) { return std::min(static_cast<int>(confidence * confidence_bins), confidence_bins - 1); }

}  // namespace

std::vector<ConfidenceBin> reliability_of(std::span<const JudgedSample> judged) {
  std::vector<ConfidenceBin> bins;
  for (int bin = 0; bin < confidence_bins; ++bin) {
    std::vector<Contribution> right;
    double confidence = 0;
    for (const auto& sample : judged) {
      if (bin_of(confidence_of(sample)) != bin) continue;
      confidence += confidence_of(sample);
      right.push_back({evidence_of(sample.origin), class_is_right(sample) ? 1.0 : 0.0});
    }
    if (right.empty()) continue;
    const auto share = mean_over_families("", "", right);
    bins.push_back({confidence / right.size(), share.value, share.low, share.high, share.n});
  }
  return bins;
}

double expected_calibration_error(std::span<const JudgedSample> judged, std::span<const std::int64_t> positions) {
  std::array<double, confidence_bins> excess{};
  for (const auto position : positions) {
    const double confidence = confidence_of(judged[position]);
    excess[bin_of(confidence)] += confidence - (class_is_right(judged[position]) ? 1 : 0);
  }
  double sum = 0;
  for (const double value : excess) sum += std::abs(value);
  return sum / static_cast<double>(positions.size());
}

}  // namespace terrace
