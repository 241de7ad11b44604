#include "learning/baselines.h"

#include <algorithm>
#include <cmath>

#include "dataset/bootstrap.h"
#include "learning/linear_discriminant.h"
#include "learning/pattern_dictionary.h"
#include "learning/profile_baseline.h"
#include "learning/training.h"

namespace terrace {
namespace {

constexpr std::int64_t most_samples = 2000;
constexpr int linear_components = 12;

bool is_rough(const Labels& labels) { return labels.interface_class == InterfaceClass::rough; }
bool is_in_question(const Labels& labels) {
  return is_rough(labels) || labels.interface_class == InterfaceClass::diffuse;
}

std::vector<Sample> read_in_question(const SampleSource& source, std::string_view split,
                                     const DetectionAtDose& detection, int threads) {
  std::vector<std::int64_t> positions, chosen;
  for (const auto i : positions_in_split(source, split))
    if (is_in_question(source.labels(i))) positions.push_back(i);
  const auto count = std::min<std::int64_t>(most_samples, std::ssize(positions));
  for (std::int64_t i = 0; i < count; ++i) chosen.push_back(positions[i * std::ssize(positions) / count]);
  return read_detected(source, chosen, detection, threads);
}

bool has_both(const std::vector<Sample>& samples) {
  const auto rough = std::ranges::count_if(samples, [](const auto& s) { return is_rough(s.labels); });
  return rough > 0 && rough < std::ssize(samples);
}

/// says_rough[i] beside samples[i] as measures, over all and over the twins.
void add_measures(const std::string& name, const std::string& meaning, const std::vector<Sample>& samples,
                  const std::vector<bool>& says_rough, std::vector<Measure>& measures) {
  std::vector<Contribution> all, twins;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double right = says_rough[i] == is_rough(samples[i].labels) ? 1 : 0;
    all.push_back({evidence_of(samples[i].origin), right});
    if (samples[i].origin.pair >= 0) twins.push_back(all.back());
  }
  measures.push_back(mean_over_families(name + "_rough_vs_diffuse", meaning, all));
  if (!twins.empty()) measures.push_back(mean_over_families(name + "_matched", meaning + ", twins only", twins));
}

std::vector<double> linear_features(const Sample& sample, const Preprocessing& preprocessing) {
  const auto features = preprocessing.apply(sample);
  std::vector<double> numbers(features.components.begin(), features.components.end());
  numbers.insert(numbers.end(), features.conditions.begin(), features.conditions.end());
  return numbers;
}

std::vector<bool> linear_says_rough(const std::vector<Sample>& training, const std::vector<Sample>& test,
                                    const Preprocessing& preprocessing) {
  std::vector<std::vector<double>> rough, diffuse;
  for (const auto& sample : training)
    (is_rough(sample.labels) ? rough : diffuse).push_back(linear_features(sample, preprocessing));
  const LinearDiscriminant discriminant(diffuse, rough);
  std::vector<bool> says_rough;
  for (const auto& sample : test) says_rough.push_back(discriminant.score(linear_features(sample, preprocessing)) > 0);
  return says_rough;
}

/// Steps of the nearest stepped entry, beside the truth.
void add_depth_measures(const std::vector<Sample>& samples, const std::vector<DictionaryAnswer>& answers,
                        std::vector<Measure>& measures) {
  std::vector<Contribution> near, errors;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto& labels = samples[i].labels;
    if (!has_step(labels) || labels.step_count != 1) continue;
    const double error = std::abs(answers[i].step_depth_cells - labels.step_depth_cells);
    near.push_back({evidence_of(samples[i].origin), std::lround(error) <= 1 ? 1.0 : 0.0});
    errors.push_back({evidence_of(samples[i].origin), error * depth_cell_nm});
  }
  if (near.empty()) return;
  measures.push_back(mean_over_families("baseline_dictionary_step_within_one_cell",
                                        "steps of rough interfaces within a cell of the nearest stepped entry's",
                                        near));
  measures.push_back(mean_over_families("baseline_dictionary_step_depth_mae_nm",
                                        "mean distance of the nearest stepped entry's depth from the truth, nm",
                                        errors));
}

void add_dictionary(const SampleSource& source, const std::vector<Sample>& test, const BaselineQuestion& question,
                    const Progress& progress, std::vector<Measure>& measures) {
  const auto dictionary = PatternDictionary::of_training_split(source, question.detection, question.threads, progress);
  const auto answers = dictionary.look_up(test, question.threads);
  std::vector<bool> says_rough;
  for (const auto& answer : answers) says_rough.push_back(answer.is_rough);
  add_measures("baseline_dictionary", "the nearest training sample in a dictionary of patterns", test, says_rough,
               measures);
  add_depth_measures(test, answers, measures);
}

}  // namespace

std::vector<Measure> baseline_measures(const SampleSource& samples, const BaselineQuestion& question,
                                       const Progress& progress) {
  const auto training = read_in_question(samples, "train", question.detection, question.threads);
  const auto test = read_in_question(samples, question.split, question.detection, question.threads);
  if (!has_both(training) || test.empty()) return {};
  const auto preprocessing = fit_preprocessing(
      read_in_question(samples, "train", {}, question.threads), samples.grid(),
      {.components = linear_components, .electrons_per_pattern = question.detection.electrons_per_pattern});
  std::vector<Measure> measures;
  const auto tell = [&](std::int64_t done) {
    if (progress) progress("asking the baselines", done, 3);
  };
  tell(0);
  if (!training[0].projected_profile.empty())
    add_measures("baseline_projected_profile",
                 "the projection alone (sum of Z^1.7 per column), read by a small network", test,
                 profile_says_rough(training, test, preprocessing, [](const Sample& s) { return s.projected_profile; }),
                 measures);
  tell(1);
  const auto dark_field = [&](const Sample& s) { return dark_field_profile(s, preprocessing.grid); };
  add_measures("baseline_dark_field", "the dark-field signal of the same patterns, read by a small network", test,
               profile_says_rough(training, test, preprocessing, dark_field), measures);
  tell(2);
  add_measures("baseline_linear", "a linear discriminant on the leading components of every pattern", test,
               linear_says_rough(training, test, preprocessing), measures);
  tell(3);
  add_dictionary(samples, test, question, progress, measures);
  return measures;
}

TrainingSettings twin_classifier_settings() {
  TrainingSettings settings;
  settings.epochs = 15;
  settings.masked_probability = 0;
  return settings;
}

Measure twin_classifier_accuracy(const SampleSource& samples, const TrainingSettings& settings,
                                 const Progress& progress) {
  const TwinSource twins(samples);
  const Model model = train(twins, settings, {progress, {}, {}});
  std::vector<Contribution> right;
  for (const auto i : positions_in_split(twins, "test")) {
    const auto p = model.predict(twins.read(i)).class_probability;
    right.push_back({evidence_of(twins.origin(i)), (p[1] > p[2]) == is_rough(twins.labels(i)) ? 1.0 : 0.0});
  }
  return mean_over_families("twin_classifier_accuracy", "a network that saw twins alone tells unseen twins apart",
                            right);
}

}  // namespace terrace
