#include "learning/judging.h"

#include <algorithm>

namespace terrace {

std::vector<JudgedSample> judge(const Model& model, const SampleSource& source, std::span<const std::int64_t> positions,
                                const DetectionAtDose& detection, int threads, const Progress& progress) {
  constexpr std::size_t samples_at_once = 64;
  std::vector<JudgedSample> judged;
  for (std::size_t first = 0; first < positions.size(); first += samples_at_once) {
    const auto part = positions.subspan(first, std::min(samples_at_once, positions.size() - first));
    const auto samples = read_detected(source, part, detection, threads);
    const auto predictions = model.predict(samples, threads);
    for (std::size_t i = 0; i < samples.size(); ++i)
      judged.push_back({samples[i].labels, samples[i].conditions, samples[i].origin, predictions[i]});
    if (progress) progress("judging samples", std::ssize(judged), std::ssize(positions));
  }
  return judged;
}

}  // namespace terrace
