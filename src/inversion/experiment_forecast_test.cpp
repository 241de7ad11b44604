#include "inversion/experiment_forecast.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "inversion/experiment_forecast_json.h"
#include "inversion/forecast.h"
#include "inversion/small_study.h"

namespace terrace {
namespace {

constexpr double cell_nm = 0.3905;

/// Thin lamellae with little unknown, so that a forecast takes a moment.
Recipe study() {
  auto recipe = small_study();
  recipe.ranges.film_b_scale = {1, 1};
  recipe.ranges.film_cell_angstrom = {3.73, 3.73};
  return recipe;
}

ForecastRequest request_of(std::vector<double> depths_cells) {
  ForecastRequest request{.electrons_per_pattern = {30, 1000, 30000}};
  for (const double depth : depths_cells) request.depths_nm.push_back(depth * cell_nm);
  return request;
}

/// What an InputError says; empty where none is thrown.
std::string refusal(const Recipe& recipe, const ForecastRequest& request) {
  try {
    cost_of_forecast(recipe, request, 1);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(ExperimentForecast, fitting_costs_electrons_and_electrons_buy_the_exact_cell) {
  const auto forecast = forecast_experiment(study(), request_of({2, 5}), 1);
  ASSERT_EQ(forecast.settings.size(), 1u);
  ASSERT_EQ(forecast.settings[0].depths.size(), 2u);
  for (const auto& depth : forecast.settings[0].depths) {
    for (const auto& dose : {depth.next_cell, depth.mirrored, depth.twin, depth.two_steps}) {
      ASSERT_TRUE(dose);
      EXPECT_GE(dose->fitted, dose->known);
      EXPECT_GT(dose->known, 1);
    }
    ASSERT_EQ(depth.exact_cell.size(), 3u);
    EXPECT_LT(depth.exact_cell[0], depth.exact_cell[2]);
    EXPECT_LT(depth.over_twin[0], depth.over_twin[2]);
  }
}

TEST(ExperimentForecast, is_the_same_on_any_number_of_threads) {
  const auto json = [](int threads) {
    return forecast_json(study(), forecast_experiment(study(), request_of({4}), threads)).dump();
  };
  EXPECT_EQ(json(1), json(3));
}

TEST(ExperimentForecast, sums_and_propagation_make_no_difference_of_their_own) {
  auto recipe = study();
  recipe.microscope.source_fwhm_angstrom = 0.8;
  Conditions conditions;
  conditions.thickness_nm = 8 * cell_nm;
  const ForwardModel model(recipe, conditions, 1);
  const Explanation truth{
      {.interface_class = InterfaceClass::rough, .thickness_cells = 8, .step_depth_cells = 4, .step_height_cells = 1},
      expected_circumstances(recipe, conditions)};
  const auto propagated = model.propagate(truth.hypothesis, truth.circumstances);
  const Separation separation(linearise(propagated, model, truth, {}), {}, model.expected({&truth, 1}));
  // Rounding of float, 1e-6 of a pattern at most in each of its values: 1e-12 of its square, for each of 16 positions.
  EXPECT_LT(separation.at(1).expected_ratio(0), 16e-12);
}

TEST(ExperimentForecast, a_wider_source_takes_more_electrons) {
  auto request = request_of({4});
  request.sources_fwhm_angstrom = {0, 0.8};
  const auto forecast = forecast_experiment(study(), request, 1);
  ASSERT_EQ(forecast.settings.size(), 2u);
  EXPECT_LT(forecast.settings[0].depths[0].next_cell->known, forecast.settings[1].depths[0].next_cell->known);
}

TEST(ExperimentForecast, settings_are_every_combination_as_asked_for) {
  auto recipe = study();
  recipe.ranges.amorphous_nm = {0, 4};
  recipe.ranges.source_fwhm_angstrom = {0.4, 0.8};
  auto request = request_of({3});
  request.defoci_nm = {-3, 5};
  request.sources_fwhm_angstrom = {0.3};
  request.across = {4, 8};
  request.thicknesses_nm = {2};  // 5.1 cells
  const auto forecast = forecast_experiment(recipe, request, 1);
  ASSERT_EQ(forecast.settings.size(), 4u);
  for (int i = 0; i < 4; ++i) {
    const auto& setting = forecast.settings[i].setting;
    EXPECT_NEAR(setting.defocus_nm, request.defoci_nm[i / 2], 1e-12);
    EXPECT_NEAR(setting.source_fwhm_angstrom, 0.3, 1e-12);
    EXPECT_EQ(setting.thickness_cells, 5);
    EXPECT_EQ(setting.across, request.across[i % 2]);
    EXPECT_NEAR(setting.step_angstrom * setting.across, 4 * 3.905, 1e-12);
  }
}

TEST(ExperimentForecast, the_recipes_middle_is_what_is_not_asked_for) {
  const auto cost = cost_of_forecast(study(), {}, 1);
  EXPECT_EQ(cost.settings, 1);
  EXPECT_EQ(cost.depths, 5);
  EXPECT_GT(cost.seconds, 0);
  EXPECT_GT(cost.memory_bytes, 0);
}

TEST(ExperimentForecast, what_cannot_be_is_refused_before_any_work) {
  EXPECT_NE(refusal(study(), request_of({20})).find("outside a lamella"), std::string::npos);
  EXPECT_NE(refusal(study(), request_of({0})).find("outside a lamella"), std::string::npos);
  auto thin = request_of({1});
  thin.thicknesses_nm = {1};
  EXPECT_NE(refusal(study(), thin).find("too few"), std::string::npos);
  auto thick = request_of({1});
  thick.thicknesses_nm = {60};
  EXPECT_NE(refusal(study(), thick).find("window.columns"), std::string::npos);
  auto milled = study();
  milled.ranges.film_loss_cells = {0, 3};
  auto six = request_of({1});
  six.thicknesses_nm = {6 * cell_nm};
  EXPECT_NE(refusal(milled, six).find("film_loss_cells"), std::string::npos);
  auto steep = request_of({1});
  steep.semiangles_mrad = {90};
  EXPECT_FALSE(refusal(study(), steep).empty());
}

TEST(ExperimentForecast, a_dose_that_is_never_reached_is_no_number_in_the_file) {
  ExperimentForecast forecast{{100}, {{}}};
  forecast.settings[0].depths.push_back({.next_cell = SettlingDose{INFINITY, 12}, .exact_cell = {1}, .over_twin = {1}});
  const auto settles = forecast_json(study(), forecast)["settings"][0]["depths"][0]["settles_at"];
  EXPECT_TRUE(settles["next_cell"]["fitted"].is_null());
  EXPECT_EQ(settles["next_cell"]["known"], 12);
  EXPECT_FALSE(settles.contains("twin"));
}

}  // namespace
}  // namespace terrace
