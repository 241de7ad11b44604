// Training: a labelled data set in, a model out.
#pragma once

#include <filesystem>
#include <functional>

#include "core/progress.h"
#include "dataset/ranks.h"
#include "learning/model.h"
#include "learning/sample_source.h"
#include "learning/training_settings.h"

namespace terrace {

/// How training went in one epoch; validation is the calibration split.
struct EpochReport {
  int member = 0, epoch = 0, epochs = 0;
  double learning_rate = 0, training_loss = 0, validation_loss = 0;
  double class_accuracy = 0;   ///< of the four classes
  double within_one_cell = 0;  ///< share of the steps placed in the true cell or its neighbours
  double seconds = 0;          ///< since training began
};
nlohmann::ordered_json to_json(const EpochReport& report);
EpochReport epoch_report_from_json(const nlohmann::ordered_json& json);

struct TrainingHooks {
  Progress progress = {};
  std::function<void(const EpochReport&)> on_epoch = {};
  /// Written after each epoch when not empty; an existing one of the same data and settings is resumed, exactly.
  std::filesystem::path checkpoint = {};
  /// Share out each batch; the first one writes the checkpoint, all read it. Null for this process alone.
  const Ranks* ranks = nullptr;
};

/// Trains on the split "train", picks each member's best epoch and calibrates on the split "calibration". The same
/// data, settings and numbers of threads and ranks give the same model (without a time limit). Throws InputError where
/// a split is empty or a checkpoint belongs to another run.
Model train(const SampleSource& samples, const TrainingSettings& settings, const TrainingHooks& hooks = {});
Model train(const DataSet& data, const TrainingSettings& settings, const TrainingHooks& hooks = {});

/// The learning rate at `progress` (0 … 1) of the run, as a share of the highest: a tenth of the run rises, then half a
/// cosine falls to a hundredth.
double learning_rate_share(double progress);

}  // namespace terrace
