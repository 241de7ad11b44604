#include "learning/dose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/threads.h"

namespace terrace {
namespace {

constexpr std::array<double, 5> doses = {500, 1e3, 1e4, 1e5, 2e5};
constexpr double usual_dose = 1e4;
constexpr std::uint64_t for_evaluation = 0x646f7365;

}  // namespace

void DetectionAtDose::apply(const StandardGrid& grid, Sample& sample) const {
  Random random(seed, {for_evaluation, static_cast<std::uint64_t>(sample.origin.index),
                       static_cast<std::uint64_t>(std::lround(electrons_per_pattern))});
  Detection detection = draw_detection(ranges, random);
  detection.electrons_per_pattern = electrons_per_pattern;
  detect(detection, grid.mrad_per_pixel_at(sample.conditions.semiangle_mrad), sample, random);
}

std::vector<double> doses_of(const DetectionRanges& ranges) {
  std::vector<double> list = {0};
  for (const double dose : doses)
    if (dose >= ranges.electrons_per_pattern[0] && dose <= ranges.electrons_per_pattern[1]) list.push_back(dose);
  return list;
}

double headline_dose(const DetectionRanges& ranges) {
  const auto list = doses_of(ranges);
  if (list.size() == 1) return list[0];
  return *std::min_element(list.begin() + 1, list.end(), [](double a, double b) {
    return std::abs(std::log(a / usual_dose)) < std::abs(std::log(b / usual_dose));
  });
}

std::string name_of_dose(double electrons_per_pattern) { return fmt::format("{:.0f}", electrons_per_pattern); }

std::vector<Sample> read_detected(const SampleSource& samples, std::span<const std::int64_t> positions,
                                  const DetectionAtDose& detection, int threads) {
  std::vector<Sample> list;
  for (const auto position : positions) list.push_back(samples.read(position));
  parallel_for(std::ssize(list), threads, [&](std::int64_t i) { detection.apply(samples.grid(), list[i]); });
  return list;
}

}  // namespace terrace
