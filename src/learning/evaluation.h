// How good a model is on interfaces that it never saw: the test split of a data set.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "learning/model.h"
#include "learning/sample_source.h"

namespace terrace {

/// A sample of the test split beside what was said of it.
struct JudgedSample {
  Labels labels;
  Conditions conditions;
  Origin origin;
  Prediction prediction;
};

/// Answers given with about this confidence, and the share of them that was right, with its 95 % interval.
struct ConfidenceBin {
  double confidence = 0, right = 0, right_low = 0, right_high = 0;
  long n = 0;
};

/// A step that was there, and where it was said to be; nm from the entrance surface.
struct JudgedDepth {
  double truth_nm = 0, answer_nm = 0, low_nm = 0, high_nm = 0, thickness_nm = 0;
};

struct Evaluation {
  std::vector<Measure> measures;
  std::array<std::array<long, 4>, 4> confusion{};  ///< [truth][answer]
  std::vector<ConfidenceBin> reliability;
  std::vector<JudgedDepth> depths;
  nlohmann::ordered_json record;  ///< data set, thresholds, counts

  const Measure* find(std::string_view name) const;
};

/// name → {value, low, high, n, families, meaning}, then "confusion_matrix", "reliability", "depth_scatter", "about".
/// Numbers that do not exist (no sample to measure on) are left out with their measure.
nlohmann::ordered_json to_json(const Evaluation& evaluation);

/// Judges the model on `split` and trains the baselines on the data set's own training split. Abstaining counts in
/// `abstention_share` alone: the figures judge the answer that would have been given. Throws InputError where the split
/// is empty or the data do not fit the model.
Evaluation evaluate(const Model& model, const SampleSource& samples, const Progress& progress = {}, int threads = 1,
                    std::string_view split = "test");
Evaluation evaluate(const Model& model, const DataSet& data, const Progress& progress = {}, int threads = 1);

/// The figures of predictions that exist already.
Evaluation evaluation_of(std::span<const JudgedSample> judged);

}  // namespace terrace
