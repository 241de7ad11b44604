// The training samples in memory, shown a little differently each time they are asked for.
#pragma once

#include <vector>

#include "core/progress.h"
#include "core/random.h"
#include "learning/sample_source.h"
#include "learning/trainer.h"
#include "learning/training_settings.h"

namespace terrace {

/// Preprocessed samples of `positions` in `source`. Without noise the features are made once (and again for the mirror
/// image); with noise the patterns stay in memory and are preprocessed each time they are shown.
class SampleTable {
 public:
  SampleTable(const SampleSource& source, const std::vector<std::int64_t>& positions,
              const Preprocessing& preprocessing, const TrainingSettings& settings, int depth_bins,
              const Progress& progress);

  std::int64_t size() const { return static_cast<std::int64_t>(targets_.size()); }
  const Target& target(std::int64_t index) const { return targets_[index]; }
  const Labels& labels(std::int64_t index) const { return labels_[index]; }
  /// The whole scan, not mirrored; its noise, if any, is always the same.
  Features plain(std::int64_t index) const;
  /// Mirrored, noisy, seen through a window, as the settings say and `key` (member, epoch) draws.
  Features varied(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const;

 private:
  bool noisy() const { return settings_.electrons_per_pattern.at(1) > 0; }
  double drawn_dose(Random& random) const;
  Features noisy_features(const Sample& sample, Random& random) const;

  const Preprocessing& preprocessing_;
  TrainingSettings settings_;
  std::vector<Sample> samples_;                ///< with noise
  std::vector<Features> features_, mirrored_;  ///< without
  std::vector<Labels> labels_;
  std::vector<Target> targets_;
};

/// features[i] = make(i) for every index, on `threads` threads.
std::vector<Features> make_features(std::int64_t count, int threads, const std::function<Features(std::int64_t)>& make);

}  // namespace terrace
