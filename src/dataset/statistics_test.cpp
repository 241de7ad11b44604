#include "dataset/statistics.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dataset/family_plan.h"

namespace terrace {
namespace {

Labels step_at(double depth_cells) {
  Labels labels;
  labels.interface_class = InterfaceClass::rough;
  labels.step_count = 1;
  labels.step_depth_cells = depth_cells;
  return labels;
}

TEST(DataSetStatistics, ranges_are_those_that_were_drawn_and_labels_that_are_not_there_do_not_count) {
  DataSetStatistics statistics;
  statistics.add(step_at(4), {}, {.structure = 1, .split = "train"}, 1);
  statistics.add(step_at(10), {}, {.structure = 2, .split = "train"}, 2);
  statistics.add({}, {}, {.structure = 3, .split = "train"}, 3);  // no step: depth −1
  const auto drawn = statistics.json().at("train").at("drawn");
  EXPECT_EQ(drawn.at("step_depth_cells").at("least"), 4);
  EXPECT_EQ(drawn.at("step_depth_cells").at("mean"), 7);
  EXPECT_EQ(drawn.at("step_depth_cells").at("most"), 10);
  EXPECT_EQ(drawn.at("step_count").at("least"), 0);
  EXPECT_FALSE(drawn.contains("second_step_depth_cells"));
  EXPECT_EQ(drawn.at("given_energy_kev").at("mean"), 200);
}

TEST(DataSetStatistics, states_of_a_structure_are_samples_but_no_new_structures) {
  DataSetStatistics statistics;
  for (int state = 0; state < 3; ++state)
    statistics.add({}, {}, {.family = 5, .structure = 1, .state = state, .pair = 9, .split = "test"}, state);
  const auto test = statistics.json().at("test");
  EXPECT_EQ(test.at("samples"), 3);
  EXPECT_EQ(test.at("structures"), 1);
  EXPECT_EQ(test.at("families"), 1);
  EXPECT_EQ(test.at("pairs"), 1);
}

TEST(DataSetStatistics, equal_patterns_are_counted_and_those_between_splits_apart) {
  DataSetStatistics statistics;
  for (const char* split : {"train", "train", "test"}) statistics.add({}, {}, {.split = split}, 77);
  statistics.add({}, {}, {.split = "test"}, 78);
  EXPECT_EQ(statistics.json().at("duplicates").at("samples"), 2);
  EXPECT_EQ(statistics.json().at("duplicates").at("between_splits"), 1);
}

TEST(DataSetStatistics, the_random_cation_share_is_that_of_mixed_samples) {
  DataSetStatistics statistics;
  for (const char* mixing : {"none", "none", "virtual_crystal", "random_cations"})
    statistics.add({}, {}, {.split = "train", .mixing = mixing}, 1);
  EXPECT_DOUBLE_EQ(statistics.json().at("train").at("random_cation_share").get<double>(), 0.5);
}

Recipe many_families() {
  Recipe recipe;
  recipe.study = {.families = 60, .calibration_share = 0.2, .test_share = 0.3};
  recipe.content = {.stepped_structures = 2, .exits_per_step = 1, .diffuse_profiles = 1, .abrupt_exits = 1};
  recipe.content.random_cation_share = 1;
  recipe.held_out = {{"thicker", 8, recipe.ranges}};
  recipe.held_out[0].ranges.thickness_cells = {41, 50};
  return recipe;
}

// What makes a family: if two splits shared any of it, a test would ask what training had shown.
TEST(Splits, share_no_structure_no_crystal_no_seed_and_no_sample) {
  const auto recipe = many_families();
  std::map<std::int64_t, std::string> structures, indices;
  std::map<double, std::string> film_cells;
  std::map<int, std::string> seeds;
  const auto claim = [](auto& owners, const auto& key, const std::string& split) {
    EXPECT_EQ(owners.emplace(key, split).first->second, split) << key;
  };
  for (int family = 0; family < recipe.families(); ++family) {
    const auto plan = plan_family(recipe, family);
    const auto split = recipe.split_of(family);
    for (const auto& sample : plan.samples) {
      EXPECT_EQ(sample.origin.split, split);
      claim(structures, sample.origin.structure, split);
      claim(indices, sample.origin.index, split);
      claim(film_cells, sample.labels.film_cell_angstrom, split);
    }
    for (const auto& structure : plan.structures) claim(seeds, structure.interface.seed, split);
  }
  EXPECT_EQ(film_cells.size(), 68u);  // and each family has a crystal of its own
  EXPECT_EQ(std::ssize(indices), recipe.samples());
}

// Labels, conditions and crystal together name a sample: none of one split comes back in another under a new number.
TEST(Splits, no_family_comes_back_under_another_number) {
  const auto recipe = many_families();
  std::map<std::string, std::string> owners;
  for (int family = 0; family < recipe.families(); ++family)
    for (const auto& sample : plan_family(recipe, family).samples) {
      const auto& l = sample.labels;
      const auto text =
          fmt::format("{} {} {} {} {} {} {}", l.film_cell_angstrom, l.step_depth_cells, l.sigma_a_cells,
                      l.interface_offset_cells, l.thickness_nm, sample.microscope.defocus_nm, sample.positions[0].x);
      EXPECT_EQ(owners.emplace(text, recipe.split_of(family)).first->second, recipe.split_of(family));
    }
}

}  // namespace
}  // namespace terrace
