#include "learning/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "learning/baselines.h"
#include "learning/measures.h"

namespace terrace {
namespace {

constexpr std::int64_t samples_at_once = 64;

std::vector<JudgedSample> judge(const Model& model, const SampleSource& source,
                                const std::vector<std::int64_t>& positions, const Progress& progress, int threads) {
  std::vector<JudgedSample> judged;
  for (std::int64_t first = 0; first < std::ssize(positions); first += samples_at_once) {
    std::vector<Sample> samples;
    for (auto i = first; i < std::min(first + samples_at_once, std::ssize(positions)); ++i)
      samples.push_back(source.read(positions[i]));
    const auto predictions = model.predict(samples, threads);
    for (std::size_t i = 0; i < samples.size(); ++i)
      judged.push_back({samples[i].labels, samples[i].conditions, samples[i].origin, predictions[i]});
    if (progress) progress("judging samples", std::ssize(judged), std::ssize(positions));
  }
  return judged;
}

JudgedDepth depth_of(const JudgedSample& s) {
  const auto& p = s.prediction;
  return {s.labels.step_depth_nm, p.depth_nm, p.depth_low_nm, p.depth_high_nm, s.conditions.thickness_nm};
}

nlohmann::ordered_json measure_json(const Measure& m) {
  return {{"value", m.value}, {"low", m.low},           {"high", m.high},
          {"n", m.n},         {"families", m.families}, {"meaning", m.meaning}};
}

nlohmann::ordered_json reliability_json(const std::vector<ConfidenceBin>& bins) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& bin : bins)
    list.push_back({{"confidence", bin.confidence},
                    {"right", bin.right},
                    {"low", bin.right_low},
                    {"high", bin.right_high},
                    {"n", bin.n}});
  return list;
}

nlohmann::ordered_json depths_json(const std::vector<JudgedDepth>& depths) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& d : depths)
    list.push_back({{"truth_nm", d.truth_nm},
                    {"answer_nm", d.answer_nm},
                    {"low_nm", d.low_nm},
                    {"high_nm", d.high_nm},
                    {"thickness_nm", d.thickness_nm}});
  return list;
}

}  // namespace

const Measure* Evaluation::find(std::string_view name) const {
  const auto found = std::ranges::find(measures, name, &Measure::name);
  return found == measures.end() ? nullptr : &*found;
}

nlohmann::ordered_json to_json(const Evaluation& evaluation) {
  nlohmann::ordered_json json;
  for (const auto& measure : evaluation.measures)
    if (std::isfinite(measure.value)) json[measure.name] = measure_json(measure);
  json["confusion_matrix"] = {{"names", interface_class_names}, {"counts", evaluation.confusion}};
  json["reliability"] = reliability_json(evaluation.reliability);
  json["depth_scatter"] = depths_json(evaluation.depths);
  json["about"] = evaluation.record;
  return json;
}

Evaluation evaluation_of(std::span<const JudgedSample> judged) {
  Evaluation evaluation;
  evaluation.measures = measures_of(judged);
  evaluation.reliability = reliability_of(judged);
  for (const auto& sample : judged) {
    const auto answer = static_cast<int>(most_probable_class(sample.prediction));
    ++evaluation.confusion[static_cast<int>(sample.labels.interface_class)][answer];
    if (has_step(sample.labels)) evaluation.depths.push_back(depth_of(sample));
  }
  return evaluation;
}

Evaluation evaluate(const Model& model, const SampleSource& samples, const Progress& progress, int threads,
                    std::string_view split) {
  const auto positions = positions_in_split(samples, split);
  if (positions.empty())
    throw InputError(fmt::format("No sample of the data set belongs to the split '{}'. Make more families.", split));
  Evaluation evaluation = evaluation_of(judge(model, samples, positions, progress, threads));
  for (auto& measure : baseline_measures(samples, split, progress)) evaluation.measures.push_back(std::move(measure));
  evaluation.record = {{"split", split}, {"samples", positions.size()}, {"data", samples.manifest()}};
  return evaluation;
}

}  // namespace terrace
