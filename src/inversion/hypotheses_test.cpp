#include "inversion/hypotheses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "inversion/small_study.h"

namespace terrace {
namespace {

/// A sample of the small study that is known to be `cells` thick, give or take `error` cells.
PlannedSample sample_of_thickness(int cells, double error_cells) {
  PlannedSample sample;
  sample.thickness_cells = cells;
  sample.conditions.thickness_nm = cells * 0.3905;
  sample.conditions.thickness_error_nm = error_cells * 0.3905;
  return sample;
}

std::vector<Hypothesis> hypotheses_for(const Recipe& recipe, int cells, double error_cells = 0) {
  return hypotheses_of(space_of(recipe, sample_of_thickness(cells, error_cells)));
}

Interface crystal_of(const Recipe& recipe) {
  Interface interface;
  interface.substrate_cells = interface.film_cells = recipe.window.columns / 2;
  interface.cells_along = recipe.window.cells_along;
  interface.film = recipe.film;
  return interface;
}

/// Film cells in each column on the A site, summed along the beam; in thousandths, so that they compare.
std::vector<long> projection(const PlannedStructure& structure) {
  std::vector<long> sums;
  for (int column = 0; column < structure.sites.columns(); ++column) {
    double sum = 0;
    for (int depth = 0; depth < structure.sites.depth_cells(); ++depth) sum += structure.sites.film_a(depth, 0, column);
    sums.push_back(std::lround(1000 * sum));
  }
  sums.push_back(structure.sites.first_film_column);
  return sums;
}

TEST(Hypotheses, the_truth_is_among_them) {
  auto recipe = small_study();
  recipe.content.exits_per_step = 2;  // one registration for two thicknesses
  for (const double error : {0.0, 0.25, 0.45}) {
    recipe.ranges.registration_error_cells = error;
    int found = 0;
    for (int family = 0; family < 12; ++family) {
      const auto plan = plan_family(recipe, family);
      for (const auto& sample : plan.samples) {
        const auto& structure = plan.structures[sample.structure];
        if (sample.origin.pair < 0 && sample.labels.interface_class != InterfaceClass::abrupt) continue;
        const auto hypotheses = hypotheses_of(space_of(recipe, sample));
        const int place = position_of_truth(hypotheses, structure, sample.thickness_cells);
        ASSERT_GE(place, 0) << "family " << family << ", sample " << sample.origin.index;
        const auto& truth = hypotheses[place];
        EXPECT_EQ(truth.interface_class, sample.labels.interface_class);
        EXPECT_EQ(truth.thickness_cells, sample.thickness_cells);
        EXPECT_EQ(truth.step_depth_cells, sample.labels.step_depth_cells);
        EXPECT_EQ(truth.step_height_cells, sample.labels.step_height_cells);
        EXPECT_NEAR(mean_boundary(truth), sample.labels.interface_offset_cells, 1e-12);
        EXPECT_EQ(structure_of(truth, structure.interface).registered_x, structure.registered_x);
        ++found;
      }
    }
    EXPECT_EQ(found, 12 * (2 * 2 * 2 + 1));
  }
}

TEST(Hypotheses, what_is_made_otherwise_is_not_among_them) {
  auto recipe = small_study();
  recipe.content.random_cation_share = 1;
  int looked_at = 0;
  for (int family = 0; family < 4; ++family) {
    const auto plan = plan_family(recipe, family);
    for (const auto& sample : plan.samples) {
      if (sample.labels.sigma_a_cells == 0) continue;
      const auto hypotheses = hypotheses_of(space_of(recipe, sample));
      EXPECT_EQ(position_of_truth(hypotheses, plan.structures[sample.structure], sample.thickness_cells), -1);
      ++looked_at;
    }
  }
  EXPECT_GT(looked_at, 10);
}

TEST(Hypotheses, no_structure_stands_twice) {
  const auto recipe = small_study();
  const auto hypotheses = hypotheses_for(recipe, 9, 1);
  const auto known = crystal_of(recipe);
  for (int i = 0; i < std::ssize(hypotheses); ++i)
    EXPECT_EQ(position_of_truth(hypotheses, structure_of(hypotheses[i], known), hypotheses[i].thickness_cells), i);
}

TEST(Hypotheses, every_step_has_one_twin_and_every_twin_a_step_of_its_projection) {
  const auto recipe = small_study();
  std::map<std::vector<long>, std::pair<int, int>> steps_and_twins;
  for (const auto& h : hypotheses_for(recipe, 10)) {
    auto& [steps, twins] = steps_and_twins[projection(structure_of(h, crystal_of(recipe)))];
    steps += h.interface_class == InterfaceClass::rough;
    twins += h.interface_class == InterfaceClass::diffuse;
  }
  for (const auto& [projected, count] : steps_and_twins) {
    EXPECT_EQ(count.second, count.first > 0 ? 1 : 0);
    EXPECT_LE(count.first, 2);  // a step and its mirror image
  }
  EXPECT_GT(steps_and_twins.size(), 9u);
}

TEST(Hypotheses, steps_stand_at_every_depth_where_they_count) {
  auto recipe = small_study();
  recipe.ranges.registration_error_cells = 0.5;  // every step has a plane
  for (const double margin : {1.0, 3.0}) {
    recipe.rules.surface_margin_cells = margin;
    std::set<std::pair<int, int>> steps;
    for (const auto& h : hypotheses_for(recipe, 9))
      if (h.interface_class == InterfaceClass::rough) steps.insert({h.step_depth_cells, h.step_height_cells});
    EXPECT_EQ(std::ssize(steps), 2 * (9 - 2 * static_cast<int>(margin) + 1));
  }
}

TEST(Hypotheses, planes_are_those_that_registration_can_name) {
  auto recipe = small_study();
  recipe.ranges.thickness_cells = {10, 10};
  recipe.ranges.registration_error_cells = 0.2;
  for (const auto& h : hypotheses_for(recipe, 10)) EXPECT_LE(std::abs(mean_boundary(h)), 0.7 + 1e-9);
  recipe.ranges.registration_error_cells = 0;
  std::set<int> planes;
  for (const auto& h : hypotheses_for(recipe, 10))
    if (h.interface_class == InterfaceClass::abrupt) planes.insert(h.plane);
  EXPECT_EQ(planes, std::set<int>{0});
}

TEST(Hypotheses, each_class_and_in_it_each_thickness_is_equally_probable) {
  std::map<InterfaceClass, double> classes;
  std::map<std::pair<InterfaceClass, int>, double> thicknesses;
  for (const auto& h : hypotheses_for(small_study(), 9, 1)) {
    classes[h.interface_class] += h.prior;
    thicknesses[{h.interface_class, h.thickness_cells}] += h.prior;
  }
  EXPECT_EQ(classes.size(), 3u);
  for (const auto& [name, prior] : classes) EXPECT_NEAR(prior, 1.0 / 3, 1e-12);
  EXPECT_EQ(thicknesses.size(), 9u);
  for (const auto& [name, prior] : thicknesses) EXPECT_NEAR(prior, 1.0 / 9, 1e-12);
}

TEST(Hypotheses, thickness_is_one_of_those_within_its_error_that_the_recipe_makes) {
  const auto thicknesses = [](int cells, double error_cells) {
    return space_of(small_study(), sample_of_thickness(cells, error_cells)).thicknesses;
  };
  EXPECT_EQ(thicknesses(9, 0), (std::vector{9}));
  EXPECT_EQ(thicknesses(9, 1.4), (std::vector{8, 9, 10}));
  EXPECT_EQ(thicknesses(10, 1.4), (std::vector{9, 10}));  // the recipe makes none thicker
}

}  // namespace
}  // namespace terrace
