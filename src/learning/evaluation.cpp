#include "learning/evaluation.h"

#include <algorithm>
#include <set>

#include "learning/baselines.h"
#include "learning/judging.h"
#include "learning/measures.h"

namespace terrace {
namespace {

struct ThicknessRange {
  double low_nm = 0, high_nm = 0;
  bool holds(double nm) const { return nm >= low_nm - 1e-6 && nm <= high_nm + 1e-6; }
};

ThicknessRange trained_thickness(const SampleSource& samples) {
  std::vector<double> seen;
  for (std::int64_t i = 0; i < samples.size(); ++i)
    if (samples.origin(i).split == "train") seen.push_back(samples.labels(i).thickness_nm);
  if (seen.empty()) return {};
  return {std::ranges::min(seen), std::ranges::max(seen)};
}

/// A set that mostly lies outside the trained thicknesses was pushed there on purpose.
bool is_pushed_in_thickness(std::span<const JudgedSample> judged, const ThicknessRange& trained) {
  const auto outside =
      std::ranges::count_if(judged, [&](const JudgedSample& s) { return !trained.holds(s.labels.thickness_nm); });
  return 2 * outside > std::ssize(judged);
}

/// The splits that are neither of the study's own, in the order of their samples.
std::vector<std::string> held_out_sets(const SampleSource& samples) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < samples.size(); ++i) {
    const auto& split = samples.origin(i).split;
    const bool own = split == "train" || split == "calibration" || split == "test";
    if (!own && std::ranges::find(names, split) == names.end()) names.push_back(split);
  }
  return names;
}

JudgedDepth depth_of(const JudgedSample& s) {
  const auto& p = s.prediction;
  return {s.labels.step_depth_nm, p.depth_nm, p.depth_low_nm, p.depth_high_nm, s.labels.thickness_nm};
}

std::vector<JudgedSample> chosen(const std::vector<JudgedSample>& judged, const std::vector<std::int64_t>& indices) {
  const std::set<std::int64_t> wanted(indices.begin(), indices.end());
  std::vector<JudgedSample> found;
  for (const auto& sample : judged)
    if (wanted.contains(sample.origin.index)) found.push_back(sample);
  return found;
}

/// One evaluation as it grows.
class Evaluator {
 public:
  Evaluator(const Model& model, const SampleSource& samples, const EvaluationSettings& settings,
            const Progress& progress)
      : model_(model),
        samples_(samples),
        settings_(settings),
        progress_(progress),
        positions_(positions_or_refuse(samples, settings.split)),
        ranges_(samples.detection()),
        headline_(headline_dose(ranges_)) {}

  Evaluation run() {
    const auto test = judged_at(headline_, positions_);
    evaluation_ = evaluation_of(test);
    add_doses(test);
    add_held_out(test);
    add_baselines();
    note_what_was_done();
    return std::move(evaluation_);
  }

 private:
  DetectionAtDose detection_at(double dose) const { return {.ranges = ranges_, .electrons_per_pattern = dose}; }

  std::vector<JudgedSample> judged_at(double dose, std::span<const std::int64_t> positions) const {
    return judge(model_, samples_, positions, detection_at(dose), settings_.threads, progress_);
  }

  void add_baselines() {
    const BaselineQuestion question{settings_.split, detection_at(headline_), settings_.threads};
    for (auto& measure : baseline_measures(samples_, question, progress_))
      evaluation_.measures.push_back(std::move(measure));
  }

  void add_doses(const std::vector<JudgedSample>& test) {
    for (const double dose : doses_of(ranges_)) {
      const auto judged = dose == headline_ ? test : judged_at(dose, positions_);
      evaluation_.by_dose.push_back({name_of_dose(dose), measures_of(judged)});
      const auto beside = chosen(judged, settings_.limit_samples);
      if (!beside.empty()) evaluation_.beside_limit.push_back({name_of_dose(dose), measures_of(beside)});
    }
  }

  void add_held_out(const std::vector<JudgedSample>& test) {
    const auto trained = trained_thickness(samples_);
    auto all_thicknesses = test;
    for (const auto& name : held_out_sets(samples_)) {
      const auto judged = judged_at(headline_, positions_in_split(samples_, name));
      auto measures = measures_of(judged);
      measures.push_back(recognition_of(test, judged));
      evaluation_.held_out.push_back({name, std::move(measures)});
      if (is_pushed_in_thickness(judged, trained))
        all_thicknesses.insert(all_thicknesses.end(), judged.begin(), judged.end());
    }
    for (auto& curve : curves_over_thickness(all_thicknesses, trained.low_nm, trained.high_nm))
      evaluation_.curves.push_back(std::move(curve));
    evaluation_.record["trained_thickness_nm"] = {trained.low_nm, trained.high_nm};
  }

  void note_what_was_done() {
    auto& record = evaluation_.record;
    record["split"] = settings_.split;
    record["samples"] = positions_.size();
    record["electrons_per_pattern"] = headline_;
    const auto learnt = recipe_hash_of(model_.record.value("data", nlohmann::ordered_json::object()));
    if (learnt != recipe_hash_of(samples_.manifest())) record["model_learnt_from_another_recipe"] = learnt;
    record["data"] = samples_.manifest();
  }

  const Model& model_;
  const SampleSource& samples_;
  const EvaluationSettings& settings_;
  const Progress& progress_;
  std::vector<std::int64_t> positions_;
  DetectionRanges ranges_;
  double headline_;
  Evaluation evaluation_;
};

}  // namespace

Evaluation evaluation_of(std::span<const JudgedSample> judged) {
  Evaluation evaluation;
  evaluation.measures = measures_of(judged);
  evaluation.reliability = reliability_of(judged);
  evaluation.curves = curves_over_depth(judged);
  for (const auto& sample : judged) {
    const auto answer = static_cast<int>(most_probable_class(sample.prediction));
    ++evaluation.confusion[static_cast<int>(sample.labels.interface_class)][answer];
    if (has_single_step(sample)) evaluation.depths.push_back(depth_of(sample));
  }
  return evaluation;
}

Evaluation evaluate(const Model& model, const SampleSource& samples, const EvaluationSettings& settings,
                    const Progress& progress) {
  refuse_unfit(model, samples, settings.other_recipes);
  return Evaluator(model, samples, settings, progress).run();
}

}  // namespace terrace
