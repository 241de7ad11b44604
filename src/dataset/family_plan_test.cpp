#include "dataset/family_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "core/error.h"
#include "dataset/family_simulation.h"

namespace terrace {
namespace {

Recipe small_recipe() {
  Recipe recipe;
  recipe.study.families = 12;
  recipe.study.seed = 5;
  recipe.ranges.thickness_cells = {6, 10};
  recipe.content.random_cation_share = 0.5;
  recipe.film = lanthanum_aluminate();
  return recipe;
}

/// Occupancy of each (species, column, row, B) summed along the beam.
std::map<std::tuple<int, long, long, long>, double> projection(const PlannedStructure& structure, int cells) {
  const auto specimen = build(structure.interface, cut_off(structure.sites, cells));
  std::map<std::tuple<int, long, long, long>, double> sums;
  for (const int slab : specimen.stack)
    for (const auto& atom : specimen.slabs[slab].atoms)
      sums[{atom.atomic_number, std::lround(atom.x * 1e4), std::lround(atom.y * 1e4),
            std::lround(atom.b_factor * 1e4)}] += atom.occupancy;
  std::erase_if(sums, [](const auto& entry) { return entry.second < 1e-12; });
  return sums;
}

TEST(FamilyPlan, twins_project_alike_column_by_column) {
  const auto recipe = small_recipe();
  int pairs = 0, whole_atoms = 0;
  for (int family = 0; family < 4; ++family) {
    const auto plan = plan_family(recipe, family);
    std::map<std::int64_t, std::vector<const PlannedSample*>> by_pair;
    for (const auto& sample : plan.samples)
      if (sample.origin.pair >= 0) by_pair[sample.origin.pair].push_back(&sample);
    for (const auto& [pair, twins] : by_pair) {
      ASSERT_EQ(twins.size(), 2u);
      ++pairs;
      EXPECT_EQ(twins[0]->labels.interface_class, InterfaceClass::rough);
      EXPECT_EQ(twins[1]->labels.interface_class, InterfaceClass::diffuse);
      EXPECT_EQ(twins[0]->labels.interface_offset_cells, twins[1]->labels.interface_offset_cells);
      EXPECT_EQ(twins[0]->thickness_cells, twins[1]->thickness_cells);
      whole_atoms += twins[1]->origin.mixing == "random_cations";
      const auto one = projection(plan.structures[twins[0]->structure], twins[0]->thickness_cells);
      const auto other = projection(plan.structures[twins[1]->structure], twins[1]->thickness_cells);
      ASSERT_EQ(one.size(), other.size());
      for (auto a = one.begin(), b = other.begin(); a != one.end(); ++a, ++b) {
        EXPECT_EQ(a->first, b->first);
        EXPECT_NEAR(a->second, b->second, 1e-9);
      }
    }
  }
  EXPECT_GT(pairs, 30);
  EXPECT_GT(whole_atoms, 5);
}

TEST(FamilyPlan, a_family_is_a_pure_function_of_recipe_and_number) {
  const auto recipe = small_recipe();
  const auto first = plan_family(recipe, 3), again = plan_family(recipe, 3);
  ASSERT_EQ(first.samples.size(), static_cast<std::size_t>(recipe.samples_per_family()));
  for (std::size_t i = 0; i < first.samples.size(); ++i) {
    EXPECT_EQ(first.samples[i].labels.step_depth_cells, again.samples[i].labels.step_depth_cells);
    EXPECT_EQ(first.samples[i].origin.index, 3 * recipe.samples_per_family() + static_cast<int>(i));
  }
  EXPECT_EQ(first.samples[0].positions, again.samples[0].positions);
  EXPECT_NE(first.samples[0].positions, plan_family(recipe, 4).samples[0].positions);
}

TEST(FamilyPlan, steps_count_only_inside_the_specimen) {
  const auto recipe = small_recipe();
  for (int family = 0; family < 12; ++family)
    for (const auto& sample : plan_family(recipe, family).samples) {
      if (sample.labels.step_count == 0) continue;
      EXPECT_GE(sample.labels.step_depth_cells, recipe.rules.surface_margin_cells);
      EXPECT_LE(sample.labels.step_depth_cells, sample.thickness_cells - recipe.rules.surface_margin_cells);
      EXPECT_EQ(std::abs(sample.labels.step_height_cells), 1);
      EXPECT_NEAR(sample.labels.step_depth_nm, sample.labels.step_depth_cells * 0.3905, 1e-9);
    }
}

TEST(FamilyPlan, the_registered_plane_lies_within_half_a_cell_and_its_error_of_the_boundary) {
  const auto recipe = small_recipe();
  for (int family = 0; family < 12; ++family)
    for (const auto& sample : plan_family(recipe, family).samples)
      EXPECT_LE(std::abs(sample.labels.interface_offset_cells), 0.5 + recipe.ranges.registration_error_cells + 0.7);
}

TEST(Recipe, splits_take_their_shares_in_any_first_part_of_the_families) {
  Recipe recipe;
  recipe.study.families = 1000;
  for (const int first : {100, 1000}) {
    std::map<std::string, int> count;
    for (int family = 0; family < first; ++family) ++count[recipe.split_of(family)];
    EXPECT_NEAR(count["test"], 0.2 * first, 0.02 * first + 1);
    EXPECT_NEAR(count["calibration"], 0.1 * first, 0.02 * first + 1);
  }
}

Recipe recipe_of(const std::string& text) {
  const auto path = testing::TempDir() + "recipe_test.toml";
  std::ofstream(path) << text;
  return read_recipe(path);
}

std::string refusal(const std::string& text) {
  try {
    recipe_of(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Recipe, what_cannot_be_built_is_refused_in_one_line) {
  using testing::HasSubstr;
  EXPECT_THAT(refusal("[ranges]\nthickness_cells = [40, 20]"), HasSubstr("low ≤ high"));
  EXPECT_THAT(refusal("[ranges]\nthicknes_cells = [20, 40]"), HasSubstr("Did you mean 'thickness_cells'"));
  EXPECT_THAT(refusal("[rangs]\nx = 1"), HasSubstr("Did you mean 'ranges'"));
  EXPECT_THAT(refusal("[window]\ncolumns = 6"), HasSubstr("at least"));
  EXPECT_THAT(refusal("[study]\nfamilies = 3\ntest_share = 0.01\ncalibration_share = 0.01"),
              HasSubstr("no family for"));
  EXPECT_EQ(refusal("[study]\nname = \"fine\""), "accepted");
}

TEST(Recipe, the_hash_follows_every_setting) {
  EXPECT_EQ(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[study]\nseed = 1")));
  EXPECT_NE(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[study]\nseed = 2")));
  EXPECT_NE(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[film]\nb_factor_o = 0.5")));
}

}  // namespace
}  // namespace terrace
