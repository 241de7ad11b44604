#include "inversion/parameters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "core/constants.h"
#include "inversion/inversion_setting.h"

namespace terrace {
namespace {

const Parameter& named(const std::vector<Parameter>& parameters, const std::string& name) {
  for (const auto& p : parameters)
    if (p.name == name) return p;
  throw std::logic_error(name);
}

TEST(Parameters, a_mixed_cell_is_as_full_as_before_when_the_thickness_changes) {
  const Hypothesis mixed{.interface_class = InterfaceClass::diffuse, .thickness_cells = 8, .film_cells = 7.6};
  const auto parameters = parameters_of(small_inversion(), conditions_of_inversion(8), mixed);
  const auto& thickness = named(parameters, "thickness");
  const auto& film = named(parameters, "film in the mixed cell");
  Explanation explanation{mixed, {}};
  thickness.set(explanation, 6);
  EXPECT_DOUBLE_EQ(explanation.hypothesis.film_cells, 5.7);
  EXPECT_DOUBLE_EQ(film.value(explanation), 7.6);
  film.set(explanation, film.most);  // never more film than there are cells
  EXPECT_DOUBLE_EQ(explanation.hypothesis.film_cells, 6);
}

TEST(Parameters, what_the_recipe_fixes_is_no_nuisance_and_has_its_value) {
  auto recipe = small_inversion();
  recipe.microscope.C30_um = 1.2;
  const auto conditions = conditions_of_inversion(8);
  for (const auto& parameter : nuisances_of(recipe, conditions)) EXPECT_NE(parameter.name, "C30");
  EXPECT_EQ(expected_circumstances(recipe, conditions).C30_um, 1.2);
}

TEST(Parameters, a_range_has_the_mean_and_variance_of_its_even_distribution) {
  const auto source = named(nuisances_of(small_inversion(), conditions_of_inversion(8)), "source FWHM");
  EXPECT_NEAR(source.expected, 0.5, 1e-12);
  EXPECT_NEAR(source.sigma, 0.2 / std::sqrt(12.0), 1e-12);
}

/// A twin of a step near a surface is as probable as one of a step in the middle, as the steps are.
TEST(Parameters, no_share_of_a_mixed_cell_is_more_probable_than_another) {
  const Hypothesis mixed{.interface_class = InterfaceClass::diffuse, .thickness_cells = 20, .film_cells = 10};
  const auto parameters = structure_parameters(small_inversion(), mixed);
  const auto prior = [&](double film_cells) {
    Explanation explanation{mixed, {}};
    explanation.hypothesis.film_cells = film_cells;
    return log_prior(parameters, explanation);
  };
  EXPECT_EQ(prior(1), prior(10));
  // Laplace's integral of exp(−x² / 2) over the prior's density, 1 / 20.
  EXPECT_NEAR(std::exp(-log_prior_width(parameters[0])), std::sqrt(2 * std::numbers::pi) / 20, 1e-12);
}

/// Whole cells a … b, each as probable: mean and variance of its normal are theirs.
TEST(Parameters, film_lost_to_milling_is_expected_as_it_is_drawn) {
  auto recipe = small_inversion();
  const auto lost = [&](int least, int most) {
    recipe.ranges.film_loss_cells = {least, most};
    return named(nuisances_of(recipe, conditions_of_inversion(8)), "film lost above");
  };
  EXPECT_EQ(lost(0, 1).expected, 0.5);
  EXPECT_EQ(lost(0, 1).sigma, 0.5);
  EXPECT_EQ(lost(0, 6).expected, 3);
  EXPECT_NEAR(lost(0, 6).sigma, 2, 1e-12);
  recipe.ranges.film_loss_cells = {0, 1};
  EXPECT_EQ(expected_circumstances(recipe, conditions_of_inversion(8)).film_loss_entrance_cells, 1);
}

/// As recipes draw it: what is drawn is added to the microscope's own as a vector of twice the azimuth.
TEST(Parameters, astigmatism_is_expected_where_the_microscopes_own_is) {
  auto recipe = small_inversion();
  const auto scattered = named(nuisances_of(recipe, conditions_of_inversion(8)), "C12_a");
  recipe.microscope.C12_nm = 3;
  recipe.microscope.phi12_deg = 30;
  const auto open = nuisances_of(recipe, conditions_of_inversion(8));
  EXPECT_NEAR(named(open, "C12_a").expected, 1.5, 1e-12);
  EXPECT_NEAR(named(open, "C12_b").expected, 3 * std::sin(pi / 3), 1e-12);
  EXPECT_EQ(named(open, "C12_a").sigma, scattered.sigma);
  recipe.ranges.astigmatism_nm = {0, 0};
  EXPECT_NEAR(expected_circumstances(recipe, conditions_of_inversion(8)).C12_a_nm, 1.5, 1e-12);
}

TEST(Parameters, no_lamella_ends_above_its_step) {
  const Hypothesis step{
      .interface_class = InterfaceClass::rough, .thickness_cells = 8, .step_depth_cells = 6, .step_height_cells = 1};
  EXPECT_EQ(named(parameters_of(small_inversion(), conditions_of_inversion(8), step), "thickness").least, 7);
}

TEST(Parameters, every_one_says_what_was_set) {
  const Hypothesis profile{
      .interface_class = InterfaceClass::diffuse, .thickness_cells = 8, .sigma_a_cells = 0.4, .sigma_b_cells = 0.4};
  Explanation explanation{profile, {}};
  for (const auto& p : parameters_of(small_inversion(), conditions_of_inversion(8), profile)) {
    const double value = p.whole ? 5 : std::clamp(p.expected + p.sigma, p.least, p.most);
    p.set(explanation, value);
    EXPECT_DOUBLE_EQ(p.value(explanation), value) << p.name;
  }
}

}  // namespace
}  // namespace terrace
