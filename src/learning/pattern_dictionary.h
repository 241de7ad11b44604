// Nearest neighbour in a dictionary of patterns: the baseline that learns nothing and remembers everything.
#pragma once

#include <vector>

#include "core/progress.h"
#include "learning/dose.h"
#include "learning/preprocessing.h"

namespace terrace {

struct DictionaryAnswer {
  bool is_rough = false;        ///< the nearest rough or diffuse entry is rough
  double step_depth_cells = 0;  ///< of the nearest entry with a single step
};

/// The leading whitened components of every training sample. Nearest is by Euclidean distance among the entries whose
/// given thickness is that of the sample within three cells; among all where there are none.
class PatternDictionary {
 public:
  static PatternDictionary of_training_split(const SampleSource& samples, const DetectionAtDose& detection, int threads,
                                             const Progress& progress = {});
  std::vector<DictionaryAnswer> look_up(std::span<const Sample> samples, int threads) const;

 private:
  std::vector<float> numbers_of(const Sample& sample) const;
  /// rows of numbers, one for each sample.
  Image rows_of(std::span<const Sample> samples, int threads) const;
  DictionaryAnswer answer(const Conditions& conditions, std::span<const float> similarity) const;

  Preprocessing preprocessing_;
  Image rows_;                        ///< [entry][number]
  std::vector<float> half_square_;    ///< [entry], ½ |row|²
  std::vector<Labels> labels_;        ///< [entry]
  std::vector<double> thickness_nm_;  ///< [entry], as given
};

}  // namespace terrace
