// How good a model is on interfaces that it never saw: the test split of a data set, at every dose, and its held-out
// sets.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "learning/evaluation_refusals.h"
#include "learning/judged_sample.h"
#include "learning/measured_curve.h"
#include "learning/model.h"
#include "learning/reliability.h"
#include "learning/sample_source.h"

namespace terrace {

/// A step that was there, and where it was said to be; nm from the entrance surface.
struct JudgedDepth {
  double truth_nm = 0, answer_nm = 0, low_nm = 0, high_nm = 0, thickness_nm = 0;
};

/// The measures of one dose ("10000") or of one held-out set ("thicker").
struct MeasureBlock {
  std::string name;
  std::vector<Measure> measures;
};

const Measure* find_measure(const std::vector<Measure>& measures, std::string_view name);

struct Evaluation {
  std::vector<Measure> measures;                   ///< of the test split at the headline's dose, then the baselines
  std::array<std::array<long, 4>, 4> confusion{};  ///< [truth][answer]
  std::vector<ConfidenceBin> reliability;
  std::vector<JudgedDepth> depths;  ///< single steps
  std::vector<MeasuredCurve> curves;
  std::vector<MeasureBlock> by_dose;
  std::vector<MeasureBlock> beside_limit;  ///< by dose, on the samples of EvaluationSettings::limit_samples alone
  std::vector<MeasureBlock> held_out;      ///< at the headline's dose, with out_of_domain_auroc
  nlohmann::ordered_json record;           ///< data set, dose, trained thicknesses, counts

  const Measure* find(std::string_view name) const { return find_measure(measures, name); }
};

/// name → {value, low, high, n, structures, families, meaning}, then "confusion_matrix", "reliability",
/// "depth_scatter", "curves", "by_dose" {dose: {name: measure}}, "beside_limit" likewise, "held_out" {set: {name:
/// measure}}, "about". Numbers that do not exist (no sample to measure on) are left out with their measure.
nlohmann::ordered_json to_json(const Evaluation& evaluation);
nlohmann::ordered_json to_json(const std::vector<Measure>& measures);

struct EvaluationSettings {
  std::string split = "test";
  int threads = 1;
  OtherRecipes other_recipes = OtherRecipes::refused;
  std::vector<std::int64_t> limit_samples = {};  ///< indices in the recipe for which an exact limit is known
};

/// Judges the model on a split at every dose of the recipe, and on the held-out sets at the headline's, and trains the
/// baselines on the data set's own training split. Throws InputError where the split is empty or the data do not fit
/// the model (evaluation_refusals.h).
Evaluation evaluate(const Model& model, const SampleSource& samples, const EvaluationSettings& settings = {},
                    const Progress& progress = {});
Evaluation evaluate(const Model& model, const DataSet& data, const EvaluationSettings& settings = {},
                    const Progress& progress = {});

/// The figures of predictions that exist already: measures, confusion, reliability, depths and curves over depth.
Evaluation evaluation_of(std::span<const JudgedSample> judged);

}  // namespace terrace
