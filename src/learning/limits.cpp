#include "learning/limits.h"

#include <algorithm>
#include <cmath>

#include "core/threads.h"

namespace terrace {
namespace {

constexpr std::int64_t scans_at_once = 256;
constexpr std::uint64_t calibration_seed = 0x63616c6962;

/// Calls use(first, count) for parts of a table of `size` samples, in order.
template <class Use>
void in_parts(std::int64_t size, const Use& use) {
  for (std::int64_t first = 0; first < size; first += scans_at_once) use(first, std::min(scans_at_once, size - first));
}

Calibration calibration_at(double dose, const SampleTable& validation, const std::vector<Network>& members,
                           int threads) {
  std::vector<CalibrationCase> cases;
  in_parts(validation.size(), [&](std::int64_t first, std::int64_t count) {
    std::vector<BothWays> scans(count);
    parallel_for(count, threads, [&](std::int64_t i) { scans[i] = validation.at_dose(first + i, dose); });
    auto outputs = outputs_of(members, scans, threads);
    for (std::int64_t i = 0; i < count; ++i)
      cases.push_back({std::move(outputs[i]), validation.labels(first + i), validation.conditions(first + i)});
  });
  return calibrate(cases, calibration_seed);
}

struct Descriptions {
  std::vector<std::vector<double>> scans;
  std::vector<double> residuals;
};

/// What a network makes of the whole scans of a table.
Descriptions descriptions_of(const SampleTable& table, const Network& network, int threads) {
  Descriptions result;
  in_parts(table.size(), [&](std::int64_t first, std::int64_t count) {
    const auto features = make_features(count, threads, [&](std::int64_t i) { return table.plain(first + i); });
    std::vector<const Features*> pointers;
    for (const auto& one : features) pointers.push_back(&one);
    for (auto& output : network.forward(pointers, threads)) result.scans.push_back(std::move(output.description));
    for (const auto& one : features) result.residuals.push_back(one.residual);
  });
  return result;
}

}  // namespace

void fit_limits(const SampleTable& training, const SampleTable& validation, const DetectionRanges& detection,
                int threads, Model& model) {
  const auto& doses = detection.electrons_per_pattern;
  for (const double dose : doses_to_calibrate_at(doses[0], doses[1]))
    model.calibration.entries.push_back({dose, calibration_at(dose, validation, model.members, threads)});
  auto judged = descriptions_of(validation, model.members[0], threads);
  model.cloud = fit_cloud(descriptions_of(training, model.members[0], threads).scans, judged.scans);
  std::ranges::sort(judged.residuals);
  const double rank = 0.99 * (std::ssize(judged.residuals) - 1);
  // Unseen families may well double what the components miss: no alarm below that.
  model.residual_limit = std::max(judged.residuals[static_cast<std::size_t>(rank)], std::log(2.0));
}

}  // namespace terrace
