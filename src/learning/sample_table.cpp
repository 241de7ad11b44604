#include "learning/sample_table.h"

#include <cmath>

#include "core/threads.h"
#include "learning/augmentation.h"

namespace terrace {

SampleTable::SampleTable(const SampleSource& source, const std::vector<std::int64_t>& positions,
                         const Preprocessing& preprocessing, const TrainingSettings& settings, int depth_bins,
                         const Progress& progress)
    : preprocessing_(preprocessing), settings_(settings), detection_(source.detection()) {
  for (const auto position : positions) {
    const Sample sample = source.read(position);
    labels_.push_back(sample.labels);
    conditions_.push_back(sample.conditions);
    targets_.push_back(target_of(sample.labels, sample.conditions, depth_bins, settings.depth_smoothing_cells));
    if (ideal()) features_.push_back(preprocessing.apply(sample));
    if (ideal()) mirrored_.push_back(preprocessing.apply(mirrored(sample)));
    if (!ideal()) patterns_.emplace_back(sample.patterns);
    if (!ideal()) covered_.push_back(sample.covered);
    if (progress) progress("reading samples", size(), std::ssize(positions));
  }
}

Sample SampleTable::clean(std::int64_t index) const {
  Sample sample;
  sample.patterns = patterns_[index].patterns();
  sample.covered = covered_[index];
  sample.conditions = conditions_[index];
  return sample;
}

Sample SampleTable::detected(Sample sample, const Detection& detection, Random& random) const {
  detect(detection, preprocessing_.grid.mrad_per_pixel_at(sample.conditions.semiangle_mrad), sample, random);
  return sample;
}

Features SampleTable::plain(std::int64_t index) const {
  if (ideal()) return features_[index];
  Random random(settings_.seed, {0x706c61696e, static_cast<std::uint64_t>(index)});
  const auto detection = draw_detection(detection_, random);
  return preprocessing_.apply(detected(clean(index), detection, random));
}

BothWays SampleTable::at_dose(std::int64_t index, double electrons) const {
  if (ideal()) return {features_[index], mirrored_[index]};
  Random random(settings_.seed,
                {0x646f7365, static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(std::lround(electrons))});
  auto detection = draw_detection(detection_, random);
  detection.electrons_per_pattern = electrons;
  const Sample sample = detected(clean(index), detection, random);
  return {preprocessing_.apply(sample), preprocessing_.apply(mirrored(sample))};
}

double SampleTable::drawn_thickness_nm(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const {
  const auto& known = conditions_[index];
  // Shuffled labels are another sample's, and its thickness would tell which.
  if (ideal() || known.thickness_error_nm == 0 || settings_.shuffle_labels == "yes") return known.thickness_nm;
  Random random(settings_.seed, {0x746869636b, member, epoch, static_cast<std::uint64_t>(index)});
  return labels_[index].thickness_nm + random.uniform(-known.thickness_error_nm, known.thickness_error_nm);
}

Target SampleTable::target_of_varied(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const {
  Target target = targets_[index];
  Conditions conditions = conditions_[index];
  conditions.thickness_nm = drawn_thickness_nm(index, member, epoch);
  target.values[thickness_excess] = standardised(regressions[thickness_excess], labels_[index], conditions);
  return target;
}

Features SampleTable::varied(std::int64_t index, std::uint64_t member, std::uint64_t epoch) const {
  Random random(settings_.seed, {0x766172696564, member, epoch, static_cast<std::uint64_t>(index)});
  const bool mirror = settings_.augmentation == "mirror" && random.uniform() < 0.5;
  const bool mask = random.uniform() < settings_.masked_probability;
  const auto window = random_window(preprocessing_.grid, settings_.masked_share, random);
  if (ideal()) {
    const auto& features = (mirror ? mirrored_ : features_)[index];
    return mask ? preprocessing_.restrict_to(features, window) : features;
  }
  Sample sample = mirror ? mirrored(clean(index)) : clean(index);
  sample.conditions.thickness_nm = drawn_thickness_nm(index, member, epoch);
  if (mask) sample = seen_through(window, std::move(sample));
  const auto detection = draw_detection(detection_, random);
  return preprocessing_.apply(detected(std::move(sample), detection, random));
}

std::vector<Features> make_features(std::int64_t count, int threads,
                                    const std::function<Features(std::int64_t)>& make) {
  std::vector<Features> features(count);
  parallel_for(count, threads, [&](std::int64_t i) { features[i] = make(i); });
  return features;
}

}  // namespace terrace
