#include "dataset/family_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "core/error.h"
#include "dataset/family_simulation.h"
#include "microscope/probe.h"

namespace terrace {
namespace {

Recipe small_recipe() {
  Recipe recipe;
  recipe.study.families = 12;
  recipe.study.seed = 5;
  recipe.ranges.thickness_cells = {6, 10};
  recipe.ranges.film_loss_cells = {0, 2};
  recipe.ranges.specimen_tilt_mrad = {0, 3};
  recipe.content.random_cation_share = 0.5;
  recipe.content.twice_stepped = 2;
  recipe.content.states = 2;
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
      EXPECT_EQ(twins[0]->microscope, twins[1]->microscope);
      EXPECT_EQ(twins[0]->camera, twins[1]->camera);
      EXPECT_EQ(twins[0]->positions, twins[1]->positions);
      EXPECT_EQ(twins[0]->conditions.thickness_nm, twins[1]->conditions.thickness_nm);
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

TEST(FamilyPlan, each_structure_at_each_thickness_is_seen_in_states_of_its_own) {
  const auto recipe = small_recipe();
  const auto plan = plan_family(recipe, 1);
  std::map<std::pair<double, double>, std::set<std::pair<int, int>>> exits;  // (structure, thickness) by tilt
  std::size_t pairs = 0;
  for (const auto& sample : plan.samples) {
    const auto& m = sample.microscope;
    exits[{m.specimen_tilt_x_mrad, m.specimen_tilt_y_mrad}].insert({sample.structure, sample.thickness_cells});
  }
  for (const auto& [tilt, seen] : exits) {
    EXPECT_LE(seen.size(), 2u);  // a step and its twin
    pairs += seen.size() == 2;
  }
  EXPECT_EQ(pairs, static_cast<std::size_t>(recipe.content.stepped_structures * recipe.content.exits_per_step *
                                            recipe.content.states));
}

TEST(FamilyPlan, every_probe_fits_the_window) {
  auto recipe = small_recipe();
  recipe.ranges.defocus_nm = {0, 60};  // at the usual 20 mrad rays reach 12 Å, the window 15.6 Å
  const double window = recipe.window.cells_along * recipe.substrate.cell_angstrom;
  for (const auto& sample : plan_family(recipe, 0).samples) EXPECT_LE(2 * ray_reach(sample.microscope), window);
  recipe.ranges.defocus_nm = {55, 60};
  EXPECT_THROW(plan_family(recipe, 0), InputError);
}

TEST(FamilyPlan, further_thicknesses_of_a_step_have_no_twin) {
  auto recipe = small_recipe();
  recipe.content.exits_per_step = 1;
  recipe.content.more_exits_per_step = 2;
  for (int family = 0; family < 4; ++family) {
    const auto plan = plan_family(recipe, family);
    std::map<int, std::set<int>> thicknesses;  // of each structure
    int paired = 0;
    for (const auto& sample : plan.samples) {
      thicknesses[sample.structure].insert(sample.thickness_cells);
      paired += sample.origin.pair >= 0;
    }
    EXPECT_EQ(thicknesses[0].size(), 3u);  // a stepped one
    EXPECT_EQ(thicknesses[1].size(), 1u);  // its twin
    EXPECT_LE(paired, 2 * recipe.content.stepped_structures * recipe.content.states);
    EXPECT_GT(paired, 0);
  }
}

TEST(FamilyPlan, a_mixed_cell_keeps_its_projection_per_thickness_and_counts_where_a_step_would) {
  auto recipe = small_recipe();
  recipe.content = {.stepped_structures = 1,
                    .exits_per_step = 1,
                    .mixed_cells = 3,
                    .diffuse_profiles = 0,
                    .stepped_and_diffuse = 0,
                    .exits_per_profile = 3,
                    .abrupt_exits = 0};
  recipe.rules.surface_margin_cells = 2;
  int counted = 0, not_counted = 0;
  for (int family = 0; family < 6; ++family) {
    const auto plan = plan_family(recipe, family);
    for (const auto& sample : plan.samples) {
      if (sample.structure < 2) continue;  // the step and its twin
      const auto& sites = plan.structures[sample.structure].sites;
      double film = 0;  // in the mixed column
      for (int column = 0; column < sites.columns(); ++column)
        if (sites.film_a(0, 0, column) > 0 && sites.film_a(0, 0, column) < 1) film = sites.film_a(0, 0, column);
      const double cells = std::min(film, 1 - film) * sample.thickness_cells;
      const bool is_diffuse = sample.labels.interface_class == InterfaceClass::diffuse;
      EXPECT_EQ(is_diffuse, cells >= 2 - 1e-9) << film << " " << sample.thickness_cells;
      EXPECT_EQ(sample.labels.step_count, 0);
      EXPECT_LT(sample.origin.pair, 0);
      ++(is_diffuse ? counted : not_counted);
    }
  }
  EXPECT_GT(counted, 5);
  EXPECT_GT(not_counted, 5);
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

TEST(FamilyPlan, by_the_log_law_half_of_the_families_stay_below_the_geometric_mean_of_thickness) {
  auto recipe = small_recipe();
  recipe.ranges.thickness_cells = {7, 100};
  recipe.ranges.thickness_law = std::string("log");
  const int least = 7 + recipe.content.most_exits() - 1;
  int below = 0, families = 200;
  for (int family = 0; family < families; ++family) {
    int thickest = 0;
    for (const auto& structure : plan_family(recipe, family).structures)
      thickest = std::max(thickest, structure.interface.thickness_cells);
    EXPECT_LE(thickest, 100);
    below += thickest < std::sqrt(least * 100.0);
  }
  // A fair coin thrown 200 times lands within 3.5 standard deviations of half.
  EXPECT_NEAR(below, families / 2, 3.5 * std::sqrt(families / 4.0));
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

TEST(FamilyPlan, a_second_step_lies_below_the_first) {
  const auto recipe = small_recipe();
  int twice = 0;
  for (int family = 0; family < 12; ++family)
    for (const auto& sample : plan_family(recipe, family).samples) {
      EXPECT_EQ(sample.labels.second_step_depth_cells >= 0, sample.labels.step_count == 2);
      if (sample.labels.step_count < 2) continue;
      ++twice;
      EXPECT_GT(sample.labels.second_step_depth_cells, sample.labels.step_depth_cells);
      EXPECT_LT(sample.labels.second_step_depth_cells, sample.thickness_cells);
    }
  EXPECT_GT(twice, 20);
}

TEST(FamilyPlan, states_of_a_structure_differ_in_the_microscope_alone) {
  const auto recipe = small_recipe();
  const auto plan = plan_family(recipe, 2);
  std::map<std::pair<std::int64_t, int>, std::vector<const PlannedSample*>> by_structure;
  for (const auto& sample : plan.samples)
    by_structure[{sample.origin.structure, sample.thickness_cells}].push_back(&sample);
  for (const auto& [key, samples] : by_structure) {
    ASSERT_EQ(samples.size(), 2u);  // no thickness is drawn twice
    EXPECT_NE(samples[0]->microscope, samples[1]->microscope);
    EXPECT_NE(samples[0]->origin.state, samples[1]->origin.state);
    EXPECT_EQ(samples[0]->structure, samples[1]->structure);
    EXPECT_EQ(samples[0]->labels.step_depth_cells, samples[1]->labels.step_depth_cells);
  }
}

TEST(FamilyPlan, the_registered_plane_lies_within_half_a_cell_and_its_error_of_the_boundary) {
  const auto recipe = small_recipe();
  for (int family = 0; family < 12; ++family)
    for (const auto& sample : plan_family(recipe, family).samples) {
      if (sample.labels.step_count >= 2) continue;
      EXPECT_LE(std::abs(sample.labels.interface_offset_cells), 0.5 + recipe.ranges.registration_error_cells + 0.7);
    }
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
  EXPECT_THAT(refusal("[held_out.thin]\nthickness_cells = [8, 9]"), HasSubstr("wants 'families'"));
  EXPECT_THAT(refusal("[held_out.test]\nfamilies = 2"), HasSubstr("another name"));
  EXPECT_THAT(refusal("[held_out.thin]\nfamilies = 2\nthicknes_cells = [8, 9]"), HasSubstr("Did you mean"));
  EXPECT_THAT(refusal("[held_out.thin]\nfamilies = 2\nthickness_cells = [9, 8]"), HasSubstr("held_out.thin.thickness"));
  EXPECT_THAT(refusal("[ranges]\nthickness_cells = [20, 22]"), HasSubstr("holds 3 thicknesses"));
  EXPECT_THAT(refusal("[held_out.thin]\nfamilies = 2\nthickness_cells = [8, 9]"), HasSubstr("held_out.thin.thick"));
  EXPECT_THAT(refusal("[ranges]\nfilm_loss_cells = [0, 12]"), HasSubstr("leave no film"));
  EXPECT_THAT(refusal("[study]\nfamilies = 3\ntest_share = 0.01\ncalibration_share = 0.01"),
              HasSubstr("no family for"));
  EXPECT_THAT(refusal("[held_out.duplicates]\nfamilies = 2"), HasSubstr("another name"));
  EXPECT_THAT(refusal("[window]\ncolumns = 4\n[grid]\nhalf_span_cells = 0.25\n[ranges]\nregistration_error_cells = 2"),
              HasSubstr("window.columns = 4"));
  EXPECT_THAT(refusal("[window]\ncolumns = 6\n[grid]\nhalf_span_cells = 1\n[held_out.far]\nfamilies = 2\n"
                      "registration_error_cells = 2"),
              HasSubstr("held_out.far.registration_error_cells"));
  EXPECT_EQ(refusal("[study]\nname = \"fine\""), "accepted");
}

/// Families draw their film's cell: where no range of it is given, from the film's own alone.
TEST(Recipe, another_film_has_its_own_cell) {
  EXPECT_EQ(recipe_of("[film]\ncell_across_angstrom = 3.95").ranges.film_cell_angstrom, (std::vector{3.95, 3.95}));
  EXPECT_EQ(recipe_of("[film]\ncell_across_angstrom = 3.95\n[ranges]\nfilm_cell_angstrom = [3.9, 4]")
                .ranges.film_cell_angstrom,
            (std::vector{3.9, 4.0}));
  EXPECT_EQ(recipe_of("[film]\nb_factor_a = 0.5").ranges.film_cell_angstrom, Ranges().film_cell_angstrom);
  EXPECT_THAT(refusal("[film]\ncell_across_angstrom = 3.95\n[ranges]\nfilm_cell_angstrom = [3.71, 3.79]"),
              testing::HasSubstr("film.cell_across_angstrom = 3.95"));
}

TEST(Recipe, held_out_sets_follow_the_study_and_differ_only_where_they_say) {
  const auto recipe = recipe_of(
      "[study]\nfamilies = 20\n[ranges]\ndefocus_nm = [-1, 1]\n[held_out.thicker]\nfamilies = 3\n"
      "thickness_cells = [50, 60]\n[held_out.defocused]\nfamilies = 2\ndefocus_nm = [5, 9]");
  EXPECT_EQ(recipe.families(), 25);
  EXPECT_EQ(recipe.samples(), 25 * recipe.samples_per_family());
  EXPECT_EQ(recipe.split_of(20), "defocused");  // in the order of their names
  EXPECT_EQ(recipe.split_of(22), "thicker");
  EXPECT_EQ(recipe.ranges_of(24).thickness_cells, (std::vector{50, 60}));
  EXPECT_EQ(recipe.ranges_of(24).defocus_nm, (std::vector{-1.0, 1.0}));
  EXPECT_EQ(recipe.ranges_of(0).thickness_cells, (std::vector{20, 40}));
  for (const auto& sample : plan_family(recipe, 23).samples) {
    EXPECT_EQ(sample.origin.split, "thicker");
    EXPECT_GE(sample.thickness_cells, 50);
  }
}

TEST(Recipe, what_a_manifest_records_is_the_recipe_again) {
  const auto recipe = recipe_of(
      "[ranges]\nsource_fwhm_angstrom = [0.5, 0.9]\n[detection]\nelectrons_per_pattern = [500, 1e5]\n"
      "[held_out.thin]\nfamilies = 2\nthickness_cells = [8, 11]");
  EXPECT_EQ(recipe_hash(recipe_from_json(to_json(recipe))), recipe_hash(recipe));
}

TEST(Recipe, the_hash_follows_every_setting_of_the_simulation_and_none_of_the_detection) {
  EXPECT_EQ(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[study]\nseed = 1")));
  EXPECT_NE(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[study]\nseed = 2")));
  EXPECT_NE(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[film]\nb_factor_o = 0.5")));
  EXPECT_EQ(recipe_hash(recipe_of("")), recipe_hash(recipe_of("[detection]\nelectrons_per_pattern = [500, 1000]")));
}

}  // namespace
}  // namespace terrace
