// One member of the ensemble: its epochs, its best weights, its checkpoint.
#pragma once

#include <chrono>

#include "learning/sample_table.h"
#include "learning/training.h"

namespace terrace {

/// What the members of one run share.
struct TrainingRun {
  const TrainingSettings& settings;
  const TrainingHooks& hooks;
  const SampleTable& training;
  const SampleTable& validation;
  NetworkShape shape;
  std::string identity;  ///< names data and settings; a checkpoint of another identity is refused
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  double seconds_before = 0;  ///< spent before a checkpoint was resumed
  double seconds() const;
};

/// What of a run lies behind it: finished members and the learning curve.
struct TrainingState {
  std::vector<Network> finished;
  std::vector<EpochReport> curve;
};

/// Trains the next member, and appends it with its best weights to `state`. Resumes from `checkpoint` if it is not
/// null.
void train_member(TrainingRun& run, TrainingState& state, const TensorFile* checkpoint);

/// The checkpoint of this run, or null where there is none; restores what is finished into `state`.
std::unique_ptr<TensorFile> open_checkpoint(TrainingRun& run, TrainingState& state);

}  // namespace terrace
