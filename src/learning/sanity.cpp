#include "learning/sanity.h"

#include "dataset/bootstrap.h"
#include "learning/judging.h"
#include "learning/training.h"

namespace terrace {
namespace {

DetectionRanges electrons_alone(double low, double high) {
  DetectionRanges ranges;
  ranges.electrons_per_pattern = {low, high};
  return ranges;
}

/// Another source, which must outlive it, as another camera sees it.
class OtherCamera : public SampleSource {
 public:
  OtherCamera(const SampleSource& all, const DetectionRanges& detection) : all_(all), detection_(detection) {}
  std::int64_t size() const override { return all_.size(); }
  const StandardGrid& grid() const override { return all_.grid(); }
  const Labels& labels(std::int64_t position) const override { return all_.labels(position); }
  const Conditions& conditions(std::int64_t position) const override { return all_.conditions(position); }
  const Origin& origin(std::int64_t position) const override { return all_.origin(position); }
  Sample read(std::int64_t position) const override { return all_.read(position); }
  nlohmann::ordered_json manifest() const override { return all_.manifest(); }
  const DetectionRanges& detection() const override { return detection_; }

 private:
  const SampleSource& all_;
  DetectionRanges detection_;
};

Measure told_apart(const Model& model, const SampleSource& twins, double electrons, int threads, std::string name,
                   std::string meaning) {
  std::vector<Contribution> right;
  const DetectionAtDose detection{.ranges = twins.detection(), .electrons_per_pattern = electrons};
  for (const auto& sample : judge(model, twins, positions_in_split(twins, "test"), detection, threads))
    right.push_back({evidence_of(sample.origin), rough_is_told_from_diffuse(sample) ? 1.0 : 0.0});
  return mean_over_families(std::move(name), std::move(meaning), right);
}

void add_totals(const SampleSource& twins, TrainingSettings settings, const Progress& progress,
                std::vector<Measure>& measures) {
  const OtherCamera noisy(twins, electrons_alone(1e3, 1e4));
  settings.input = "totals";
  const Model model = train(noisy, settings, {.progress = progress});
  for (const double electrons : {1e4, 1e3})
    measures.push_back(told_apart(model, noisy, electrons, settings.threads,
                                  "totals_matched_at_" + name_of_dose(electrons),
                                  "twins told apart by the sum of each pattern alone: chance is 0.5"));
}

void add_shuffled(const SampleSource& twins, TrainingSettings settings, const Progress& progress,
                  std::vector<Measure>& measures) {
  const OtherCamera clean(twins, {});
  settings.shuffle_labels = "yes";
  const Model model = train(clean, settings, {.progress = progress});
  measures.push_back(told_apart(model, clean, 0, settings.threads, "shuffled_labels_matched",
                                "twins told apart after learning labels exchanged at random: chance is 0.5"));
}

}  // namespace

TrainingSettings sanity_settings() {
  TrainingSettings settings;
  settings.epochs = 15;
  settings.masked_probability = 0;
  return settings;
}

std::vector<Measure> sanity_measures(const SampleSource& samples, const TrainingSettings& settings,
                                     const Progress& progress) {
  const TwinSource twins(samples);
  for (const char* split : {"train", "calibration", "test"})
    if (positions_in_split(twins, split).empty()) return {};
  std::vector<Measure> measures;
  add_totals(twins, settings, progress, measures);
  add_shuffled(twins, settings, progress, measures);
  return measures;
}

}  // namespace terrace
