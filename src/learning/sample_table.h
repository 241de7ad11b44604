// The training samples in memory, shown a little differently each time they are asked for.
#pragma once

#include <functional>
#include <vector>

#include "core/progress.h"
#include "core/random.h"
#include "learning/compact_patterns.h"
#include "learning/preprocessing.h"
#include "learning/sample_source.h"
#include "learning/target.h"
#include "learning/training_settings.h"

namespace terrace {

/// Preprocessed samples of `positions` in `source`. Seen by an ideal camera, the features are made once (and again for
/// the mirror image); otherwise the patterns stay in memory, and are detected and preprocessed each time they are
/// shown.
class SampleTable {
 public:
  SampleTable(const SampleSource& source, const std::vector<std::int64_t>& positions,
              const Preprocessing& preprocessing, const TrainingSettings& settings, int depth_bins,
              const Progress& progress);

  std::int64_t size() const { return static_cast<std::int64_t>(targets_.size()); }
  const Target& target(std::int64_t index) const { return targets_[index]; }
  /// Of `varied`.
  Target target_of_varied(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const;
  const Labels& labels(std::int64_t index) const { return labels_[index]; }
  const Conditions& conditions(std::int64_t index) const { return conditions_[index]; }
  /// The whole scan, not mirrored; its noise, if any, is always the same.
  Features plain(std::int64_t index) const;
  /// The whole scan with so many electrons in each pattern, and its mirror image; all else is drawn. 0: an ideal camera
  /// where training has one.
  BothWays at_dose(std::int64_t index, double electrons_per_pattern) const;
  /// Mirrored, noisy, seen through a window, its thickness known as well as the recipe says, as the settings say and
  /// `key` (member, epoch) draws. An ideal camera's samples keep the thickness that they came with.
  Features varied(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const;

 private:
  bool ideal() const { return detection_ == DetectionRanges{}; }
  Sample clean(std::int64_t index) const;
  double drawn_thickness_nm(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const;
  Sample detected(Sample sample, const Detection& detection, Random& random) const;

  const Preprocessing& preprocessing_;
  TrainingSettings settings_;
  DetectionRanges detection_;
  std::vector<CompactPatterns> patterns_;  ///< for a real camera
  std::vector<Array<std::uint8_t, 2>> covered_;
  std::vector<Features> features_, mirrored_;  ///< for an ideal one
  std::vector<Labels> labels_;
  std::vector<Conditions> conditions_;
  std::vector<Target> targets_;
};

/// features[i] = make(i) for every index, on `threads` threads.
std::vector<Features> make_features(std::int64_t count, int threads, const std::function<Features(std::int64_t)>& make);

}  // namespace terrace
