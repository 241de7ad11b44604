#include "learning/pattern_dictionary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/threads.h"
#include "learning/linear_algebra.h"

namespace terrace {
namespace {

constexpr int components = 24;
constexpr std::int64_t samples_to_fit_on = 500, samples_at_once = 64;
constexpr double same_thickness_nm = 3 * depth_cell_nm;

std::vector<std::int64_t> even_part(const std::vector<std::int64_t>& positions, std::int64_t most) {
  const auto count = std::min(most, std::ssize(positions));
  std::vector<std::int64_t> part;
  for (std::int64_t i = 0; i < count; ++i) part.push_back(positions[i * std::ssize(positions) / count]);
  return part;
}

/// The entry of greatest similarity among those that `may` be named.
class Nearest {
 public:
  void offer(std::int64_t entry, float similarity) {
    if (entry_ < 0 || similarity > best_) entry_ = entry, best_ = similarity;
  }
  std::int64_t entry() const { return entry_; }

 private:
  std::int64_t entry_ = -1;
  float best_ = 0;
};

}  // namespace

std::vector<float> PatternDictionary::numbers_of(const Sample& sample) const {
  const auto features = preprocessing_.apply(sample);
  return {features.components.begin(), features.components.end()};
}

Image PatternDictionary::rows_of(std::span<const Sample> samples, int threads) const {
  Image rows({std::ssize(samples), preprocessing_.positions() * preprocessing_.components()});
  parallel_for(std::ssize(samples), threads,
               [&](std::int64_t i) { std::ranges::copy(numbers_of(samples[i]), rows[i].begin()); });
  return rows;
}

PatternDictionary PatternDictionary::of_training_split(const SampleSource& samples, const DetectionAtDose& detection,
                                                       int threads, const Progress& progress) {
  const auto positions = positions_in_split(samples, "train");
  PatternDictionary dictionary;
  dictionary.preprocessing_ =
      fit_preprocessing(read_detected(samples, even_part(positions, samples_to_fit_on), {}, threads), samples.grid(),
                        {.components = components, .electrons_per_pattern = detection.electrons_per_pattern});
  const auto& fitted = dictionary.preprocessing_;
  dictionary.rows_ = Image({std::ssize(positions), fitted.positions() * fitted.components()});
  for (std::int64_t first = 0; first < std::ssize(positions); first += samples_at_once) {
    const auto count = std::min(samples_at_once, std::ssize(positions) - first);
    const auto part = read_detected(samples, std::span(positions).subspan(first, count), detection, threads);
    const auto rows = dictionary.rows_of(part, threads);
    std::ranges::copy(rows, &dictionary.rows_(first, 0));
    for (const auto& sample : part) {
      dictionary.labels_.push_back(sample.labels);
      dictionary.thickness_nm_.push_back(sample.conditions.thickness_nm);
    }
    if (progress) progress("filling the dictionary of patterns", first + count, std::ssize(positions));
  }
  for (std::int64_t i = 0; i < std::ssize(positions); ++i) {
    const auto row = dictionary.rows_[i];
    dictionary.half_square_.push_back(0.5f * std::inner_product(row.begin(), row.end(), row.begin(), 0.0f));
  }
  return dictionary;
}

DictionaryAnswer PatternDictionary::answer(const Conditions& conditions, std::span<const float> similarity) const {
  Nearest classes_here, steps_here, classes, steps;
  for (std::int64_t i = 0; i < std::ssize(labels_); ++i) {
    const bool here = std::abs(thickness_nm_[i] - conditions.thickness_nm) <= same_thickness_nm + 1e-9;
    const auto found = labels_[i].interface_class;
    if (found == InterfaceClass::rough || found == InterfaceClass::diffuse) {
      classes.offer(i, similarity[i]);
      if (here) classes_here.offer(i, similarity[i]);
    }
    if (has_step(labels_[i]) && labels_[i].step_count == 1) {
      steps.offer(i, similarity[i]);
      if (here) steps_here.offer(i, similarity[i]);
    }
  }
  const auto named = classes_here.entry() >= 0 ? classes_here.entry() : classes.entry();
  const auto step = steps_here.entry() >= 0 ? steps_here.entry() : steps.entry();
  return {named >= 0 && labels_[named].interface_class == InterfaceClass::rough,
          step >= 0 ? labels_[step].step_depth_cells : 0};
}

std::vector<DictionaryAnswer> PatternDictionary::look_up(std::span<const Sample> samples, int threads) const {
  std::vector<DictionaryAnswer> answers(samples.size());
  for (std::int64_t first = 0; first < std::ssize(samples); first += samples_at_once) {
    const auto part = samples.subspan(first, std::min(samples_at_once, std::ssize(samples) - first));
    // Nearest is where a · b − ½ |b|² is greatest.
    auto similarity = multiply_by_transpose(rows_of(part, threads), rows_);
    parallel_for(std::ssize(part), threads, [&](std::int64_t i) {
      auto row = similarity[i];
      for (std::int64_t k = 0; k < std::ssize(row); ++k) row[k] -= half_square_[k];
      answers[first + i] = answer(part[i].conditions, row);
    });
  }
  return answers;
}

}  // namespace terrace
