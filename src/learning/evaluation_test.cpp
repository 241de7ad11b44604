#include "learning/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "dataset/detection.h"
#include "learning/synthetic_samples.h"
#include "learning/training.h"

namespace terrace {
namespace {

using testing::HasSubstr;

/// A list that says what recipe it comes from, and how its samples are to be detected.
class StudySource : public SampleSource {
 public:
  StudySource(std::vector<Sample> samples, const std::string& hash, std::vector<double> electrons = {0, 0})
      : list_(source_of(std::move(samples), synthetic::small_grid(), {.electrons_per_pattern = std::move(electrons)})) {
    manifest_ = {{"recipe_hash", hash}, {"recipe", {{"detection", to_json(list_->detection())}}}};
  }
  std::int64_t size() const override { return list_->size(); }
  const StandardGrid& grid() const override { return list_->grid(); }
  const DetectionRanges& detection() const override { return list_->detection(); }
  const Labels& labels(std::int64_t position) const override { return list_->labels(position); }
  const Conditions& conditions(std::int64_t position) const override { return list_->conditions(position); }
  const Origin& origin(std::int64_t position) const override { return list_->origin(position); }
  Sample read(std::int64_t position) const override { return list_->read(position); }
  nlohmann::ordered_json manifest() const override { return manifest_; }

 private:
  std::unique_ptr<SampleSource> list_;
  nlohmann::ordered_json manifest_;
};

TrainingSettings small_settings() {
  TrainingSettings settings;
  settings.epochs = 3;
  settings.threads = 1;
  settings.batch = 16;
  settings.components = 8;
  settings.width = 16;
  settings.blocks = 1;
  settings.embedding = 8;
  return settings;
}

/// The test families of `samples` once more as new families of a held-out set, changed by `change`.
template <class Change>
void add_held_out(std::vector<Sample>& samples, const std::string& name, const Change& change) {
  const auto count = samples.size();
  const auto first = samples.back().origin.index + 100000;  // numbers that no family has yet
  for (std::size_t i = 0; i < count; ++i) {
    if (samples[i].origin.split != "test") continue;
    Sample sample = samples[i];
    sample.origin.split = name;
    sample.origin.family += first;
    sample.origin.index += first;
    sample.origin.structure += first;
    change(sample);
    samples.push_back(std::move(sample));
  }
}

std::string complaint_of(const Model& model, const SampleSource& samples, const EvaluationSettings& settings = {}) {
  try {
    evaluate(model, samples, settings);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Evaluation, held_out_sets_have_blocks_of_their_own_and_strange_ones_are_recognised) {
  auto samples = synthetic::samples(400);
  add_held_out(samples, "same", [](Sample&) {});
  add_held_out(samples, "strange", [](Sample& sample) {
    for (auto pixel = sample.patterns.begin() + 3; pixel < sample.patterns.end(); pixel += 11) *pixel *= 20;
  });
  const StudySource source(std::move(samples), "a");
  const auto json = to_json(evaluate(train(source, small_settings()), source));
  const auto& held_out = json.at("held_out");
  ASSERT_EQ(held_out.size(), 2u);
  EXPECT_DOUBLE_EQ(held_out.at("same").at("out_of_domain_auroc").at("value"), 0.5);  // the same numbers, tied
  EXPECT_EQ(held_out.at("same").at("class_accuracy").at("value"), json.at("class_accuracy").at("value"));
  EXPECT_GT(held_out.at("strange").at("out_of_domain_auroc").at("value"), 0.95);
}

TEST(Evaluation, the_thickness_curve_takes_in_the_sets_that_thickness_was_pushed_in) {
  auto samples = synthetic::samples(200);
  add_held_out(samples, "thicker", [](Sample& sample) { sample.labels.thickness_nm += 5; });
  add_held_out(samples, "tilted", [](Sample&) {});
  const StudySource source(std::move(samples), "a");
  const auto json = to_json(evaluate(train(source, small_settings()), source));
  const auto& points = json.at("curves").at("class_accuracy_over_thickness").at("points");
  long total = 0;
  for (const auto& point : points) total += point.at("n").get<long>();
  EXPECT_EQ(total, 2 * json.at("class_accuracy").at("n").get<long>());
  EXPECT_DOUBLE_EQ(json.at("about").at("trained_thickness_nm").at(1), 12 * 0.3905);
}

TEST(Evaluation, each_dose_has_its_block_and_the_headline_is_one_of_them) {
  const StudySource source(synthetic::samples(200), "a", {500, 2e4});
  const auto json = to_json(evaluate(train(source, small_settings()), source));
  std::vector<std::string> doses;
  for (const auto& [dose, block] : json.at("by_dose").items()) doses.push_back(dose);
  EXPECT_EQ(doses, (std::vector<std::string>{"0", "500", "1000", "10000"}));
  EXPECT_EQ(json.at("by_dose").at("10000").at("class_accuracy"), json.at("class_accuracy"));
  EXPECT_EQ(json.at("about").at("electrons_per_pattern"), 1e4);
}

TEST(Evaluation, every_figure_says_how_many_structures_it_rests_on) {
  auto samples = synthetic::samples(80);
  for (auto& sample : samples) sample.origin.structure = sample.origin.index / 2;
  const StudySource source(std::move(samples), "a");
  const auto json = to_json(evaluate(train(source, small_settings()), source));
  for (const auto& [name, entry] : json.items())
    if (entry.is_object() && entry.contains("families")) {
      EXPECT_GE(entry.at("n"), entry.at("structures")) << name;
      EXPECT_GE(entry.at("structures"), entry.at("families")) << name;
    }
  EXPECT_EQ(json.at("class_accuracy").at("structures").get<long>() * 2, json.at("class_accuracy").at("n"));
}

TEST(Evaluation, a_split_without_samples_is_refused) {
  const StudySource source(synthetic::samples(80), "a");
  const auto model = train(source, small_settings());
  EXPECT_THAT(complaint_of(model, source, {.split = "nowhere"}), HasSubstr("'nowhere'"));
}

TEST(Evaluation, data_of_another_recipe_are_refused_unless_asked_for_and_then_noted) {
  const StudySource source(synthetic::samples(80), "a"), other(synthetic::samples(80), "b");
  const auto model = train(source, small_settings());
  EXPECT_THAT(complaint_of(model, other), HasSubstr("--other-recipe"));
  const auto evaluation = evaluate(model, other, {.other_recipes = OtherRecipes::allowed});
  EXPECT_EQ(evaluation.record.at("model_learnt_from_another_recipe"), "a");
  EXPECT_FALSE(evaluate(model, source).record.contains("model_learnt_from_another_recipe"));
}

TEST(Evaluation, another_grid_is_refused_whatever_was_asked_for) {
  const StudySource source(synthetic::samples(80), "a");
  auto model = train(source, small_settings());
  model.preprocessing.grid.mrad_per_pixel *= 2;
  EXPECT_THAT(complaint_of(model, source, {.other_recipes = OtherRecipes::allowed}), HasSubstr("[grid]"));
}

TEST(Evaluation, a_family_in_two_splits_is_refused) {
  const StudySource source(synthetic::samples(80), "a");
  const auto model = train(source, small_settings());
  auto samples = synthetic::samples(80);
  samples[17].origin.split = samples[17].origin.split == "test" ? "train" : "test";
  EXPECT_THAT(complaint_of(model, StudySource(std::move(samples), "a")), HasSubstr("Family 4"));
}

}  // namespace
}  // namespace terrace
