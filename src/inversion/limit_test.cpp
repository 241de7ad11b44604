#include "inversion/limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "core/error.h"
#include "core/text_file.h"
#include "dataset/family_simulation.h"
#include "inversion/limit_json.h"
#include "inversion/scores.h"
#include "inversion/small_study.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

LimitRequest small_request() {
  LimitRequest request;
  request.families = 2;
  request.subset = {.pairs_per_family = 1, .abrupt_per_family = 1};
  request.exposure = {.electrons_per_pattern = {300, 1e8}, .draws = 5};
  return request;
}

fs::path fresh_file(const std::string& name) {
  const fs::path path = testing::TempDir() + name;
  fs::remove(path);
  fs::remove(path.string() + ".partial");
  return path;
}

TEST(Questions, the_pattern_of_the_true_hypothesis_is_the_samples_own) {
  const auto recipe = small_study();
  const auto plan = plan_family(recipe, 1);
  const auto samples = simulate_family(recipe, plan, Passage::multislice);
  const auto questions = questions_of(recipe, plan, {.pairs_per_family = 2, .abrupt_per_family = 1});
  const std::int64_t size = recipe.grid.pixels * recipe.grid.pixels;
  const int first = 4, last = 9;  // some positions in the middle
  int compared = 0;
  for (const auto& window : simulations_of(recipe, plan, questions, first, last)) {
    std::vector<std::vector<float>> patterns(window.views.size(), std::vector<float>(size * (last - first)));
    simulate(window.plan, 1,
             [&](int view, std::int64_t position) { return std::span(patterns[view]).subspan(position * size, size); });
    for (std::size_t view = 0; view < window.views.size(); ++view) {
      const auto [question, hypothesis] = window.views[view];
      for (const auto& asked : questions[question].samples) {
        if (asked.truth != hypothesis) continue;
        ++compared;
        const auto own = samples[asked.sample].patterns.span().subspan(first * size, size * (last - first));
        // One more wave beside it in a group of lanes, or one less, changes nothing: bit for bit.
        EXPECT_TRUE(std::ranges::equal(patterns[view], own)) << asked.sample;
      }
    }
  }
  EXPECT_EQ(compared, 5);
}

TEST(Questions, twins_share_one_set_of_patterns) {
  const auto recipe = small_study();
  const auto questions = questions_of(recipe, plan_family(recipe, 0), {.pairs_per_family = 2, .abrupt_per_family = 0});
  ASSERT_EQ(questions.size(), 2u);
  for (const auto& question : questions) EXPECT_EQ(question.samples.size(), 2u);
}

TEST(Questions, every_structure_has_its_turn_before_one_at_a_second_thickness) {
  auto recipe = small_study();
  recipe.content.exits_per_step = 3;
  const auto plan = plan_family(recipe, 3);
  const auto structures_in = [&](int pairs) {
    std::multiset<int> structures;
    for (const auto& question : questions_of(recipe, plan, {.pairs_per_family = pairs, .abrupt_per_family = 0}))
      for (const auto& asked : question.samples)
        if (plan.samples[asked.sample].labels.step_count == 1) structures.insert(plan.samples[asked.sample].structure);
    return structures;
  };
  const auto two = structures_in(2);
  EXPECT_EQ(two.size(), 2u);
  EXPECT_EQ(std::set<int>(two.begin(), two.end()).size(), 2u);
  std::set<std::pair<int, int>> distinct;
  for (const auto& sample : plan.samples)
    if (sample.labels.step_count == 1 && sample.origin.pair >= 0)
      distinct.insert({sample.structure, sample.thickness_cells});
  EXPECT_EQ(structures_in(100).size(), distinct.size());  // equal thicknesses are judged once
}

TEST(FamilyLimit, with_endless_electrons_everything_is_known) {
  for (const auto& judged : judge_family(small_study(), 0, {.pairs_per_family = 2, .abrupt_per_family = 1},
                                         {.electrons_per_pattern = {1e8}, .draws = 2}, 1, {}))
    for (const auto& [name, value] : judged.scores[0])
      EXPECT_EQ(value, name == "step_depth_mae_nm" || name == "mirror_confusion" ? 0 : 1) << judged.index << name;
}

TEST(FamilyLimit, thickness_that_is_not_known_costs_and_never_helps) {
  auto recipe = small_study();
  recipe.ranges.thickness_error_nm = 1;
  const Exposure exposure{.electrons_per_pattern = {1e8}, .draws = 1};
  const auto given = judge_family(recipe, 2, {.pairs_per_family = 1, .abrupt_per_family = 0}, exposure, 1, {});
  const auto known =
      judge_family(recipe, 2, {.pairs_per_family = 1, .abrupt_per_family = 0, .thickness = ThicknessKnowledge::exact},
                   exposure, 1, {});
  ASSERT_EQ(given.size(), 2u);
  ASSERT_EQ(known.size(), 2u);
  // More rivals of each kind: the nearest is at least as near.
  for (int i = 0; i < 2; ++i)
    EXPECT_GE(given[i].settling_electrons.at("rough_from_diffuse"),
              known[i].settling_electrons.at("rough_from_diffuse"));
}

TEST(Limit, is_the_same_for_any_number_of_threads_and_after_an_interruption) {
  const auto recipe = small_study();
  const auto one = fresh_file("limit_one.json"), two = fresh_file("limit_two.json"), cut = fresh_file("limit_cut.json");
  write_limit(recipe, small_request(), one, 1, {});
  write_limit(recipe, small_request(), two, 2, {});
  EXPECT_EQ(read_text(one), read_text(two));
  const auto interrupt = [&](std::string_view, std::int64_t done, std::int64_t) {
    if (done > recipe.grid.positions()) throw std::runtime_error("interrupted");
  };
  EXPECT_THROW(write_limit(recipe, small_request(), cut, 1, interrupt), std::runtime_error);
  EXPECT_FALSE(fs::exists(cut));
  EXPECT_TRUE(fs::exists(cut.string() + ".partial"));
  std::int64_t first_seen = -1;
  write_limit(recipe, small_request(), cut, 1, [&](std::string_view, std::int64_t done, std::int64_t) {
    if (first_seen < 0) first_seen = done;
  });
  EXPECT_GE(first_seen, recipe.grid.positions());  // that family was not judged again
  EXPECT_EQ(read_text(one), read_text(cut));
  EXPECT_FALSE(fs::exists(cut.string() + ".partial"));
}

TEST(Limit, an_unfinished_file_of_another_request_is_left_alone) {
  const auto path = fresh_file("limit_other.json");
  write_text(path.string() + ".partial", question_json(small_study(), small_request()).dump());
  auto other = small_request();
  other.exposure.draws = 6;
  EXPECT_THROW(write_limit(small_study(), other, path, 1, {}), InputError);
}

TEST(Limit, an_unfinished_file_that_has_judged_nothing_yet_is_gone_on_with) {
  const auto path = fresh_file("limit_begun.json");
  auto begun = limit_json(small_study(), small_request(), {});
  write_text(path.string() + ".partial", begun.dump());
  write_limit(small_study(), small_request(), path, 1, {});
  EXPECT_TRUE(fs::exists(path));
}

TEST(Limit, a_split_that_is_not_there_is_refused) {
  auto request = small_request();
  request.split = "thicker";
  EXPECT_THROW(cost_of_limit(small_study(), request, 1), InputError);
}

TEST(LimitFile, names_its_samples_and_has_an_interval_for_each_figure) {
  const auto recipe = small_study();
  std::vector<JudgedStructure> judged;
  for (const int family : {1, 4})
    judged.push_back({.index = family * recipe.samples_per_family(),
                      .family = family,
                      .truth = InterfaceClass::abrupt,
                      .scores = {{{"abrupt_recall", 0.25 * family}}, {{"abrupt_recall", 1}}},
                      .settling_electrons = {{"rough_from_diffuse", 100.0 * family}}});
  const auto json = limit_json(recipe, small_request(), judged);
  EXPECT_EQ(json["samples"].size(), 2u);
  const auto& figure = json["exact"]["300"]["abrupt_recall"];
  EXPECT_DOUBLE_EQ(figure["value"].get<double>(), 0.625);
  EXPECT_DOUBLE_EQ(figure["low"].get<double>(), 0.25);
  EXPECT_DOUBLE_EQ(figure["high"].get<double>(), 1);
  EXPECT_EQ(figure["n"], 2);
  EXPECT_EQ(figure["families"], 2);
  EXPECT_EQ(json["settled_at"]["rough_from_diffuse"]["high"], 400);
  EXPECT_EQ(judged_from_json(json, small_request().exposure)[1].scores, judged[1].scores);
  EXPECT_EQ(judged_from_json(json, small_request().exposure)[1].settling_electrons, judged[1].settling_electrons);
}

}  // namespace
}  // namespace terrace
