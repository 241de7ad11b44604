#include "learning/sample_table.h"

#include <cmath>

#include "core/threads.h"
#include "learning/augmentation.h"

namespace terrace {

SampleTable::SampleTable(const SampleSource& source, const std::vector<std::int64_t>& positions,
                         const Preprocessing& preprocessing, const TrainingSettings& settings, int depth_bins,
                         const Progress& progress)
    : preprocessing_(preprocessing), settings_(settings) {
  const bool mirrors = settings.augmentation == "mirror";
  for (const auto position : positions) {
    Sample sample = source.read(position);
    labels_.push_back(sample.labels);
    targets_.push_back(target_of(sample.labels, depth_bins, settings.depth_smoothing_cells));
    if (!noisy()) features_.push_back(preprocessing.apply(sample));
    if (!noisy() && mirrors) mirrored_.push_back(preprocessing.apply(mirrored(sample)));
    if (noisy()) samples_.push_back(std::move(sample));
    if (progress) progress("reading samples", size(), std::ssize(positions));
  }
}

double SampleTable::drawn_dose(Random& random) const {
  const double low = std::max(settings_.electrons_per_pattern[0], 1.0), high = settings_.electrons_per_pattern[1];
  return std::exp(random.uniform(std::log(low), std::log(high)));
}

Features SampleTable::noisy_features(const Sample& clean, Random& random) const {
  Sample sample = clean;
  add_shot_noise(sample, drawn_dose(random), random);
  return preprocessing_.apply(sample);
}

Features SampleTable::plain(std::int64_t index) const {
  if (!noisy()) return features_[index];
  Random random(settings_.seed, {0x706c61696e, static_cast<std::uint64_t>(index)});
  return noisy_features(samples_[index], random);
}

Features SampleTable::varied(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const {
  Random random(settings_.seed, {0x766172696564, member, epoch, static_cast<std::uint64_t>(index)});
  const bool mirror = settings_.augmentation == "mirror" && random.uniform() < 0.5;
  const bool mask = random.uniform() < settings_.masked_probability;
  const auto window = random_window(preprocessing_.grid, settings_.masked_share, random);
  Features features = !noisy() ? (mirror ? mirrored_ : features_)[index]
                               : noisy_features(mirror ? mirrored(samples_[index]) : samples_[index], random);
  return mask ? preprocessing_.restrict_to(features, window) : features;
}

std::vector<Features> make_features(std::int64_t count, int threads,
                                    const std::function<Features(std::int64_t)>& make) {
  std::vector<Features> features(count);
  parallel_for(count, threads, [&](std::int64_t i) { features[i] = make(i); });
  return features;
}

}  // namespace terrace
