// A forecast's page: names that tell settings apart, doses in words, one curve a setting.
#include "report/forecast_section.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

SettingForecast setting_of(double source, double next_cell) {
  SettingForecast made;
  made.setting = {.energy_kev = 200,
                  .semiangle_mrad = 20,
                  .source_fwhm_angstrom = source,
                  .thickness_cells = 40,
                  .thickness_nm = 15.62,
                  .across = 16,
                  .along = 2,
                  .step_angstrom = 0.976};
  for (const int depth : {10, 20})
    made.depths.push_back({.depth_cells = depth,
                           .depth_nm = 0.3905 * depth,
                           .next_cell = SettlingDose{next_cell, 200},
                           .exact_cell = {0.1 * depth / 10, 0.9},
                           .over_twin = {0.5, 1},
                           .depth_error_nm = {0.8, 0}});
  return made;
}

ExperimentForecast made() { return {{100, 1000}, {setting_of(0, 1234), setting_of(0.4, INFINITY)}}; }

TEST(ForecastSection, settings_are_named_by_what_differs) {
  EXPECT_EQ(setting_names(made()), (std::vector<std::string>{"source 0 Å", "source 0.4 Å"}));
  const auto alone = setting_names({{100, 1000}, {setting_of(0.4, 1)}});
  EXPECT_NE(alone[0].find("200 kV, 20 mrad, 15.62 nm thick"), std::string::npos);
}

TEST(ForecastSection, doses_are_grouped_and_never_is_said) {
  EXPECT_EQ(dose_text(SettlingDose{1234.4, 1}), "1,234");
  EXPECT_EQ(dose_text(SettlingDose{123456, 7.2}, &SettlingDose::known), "7");
  EXPECT_EQ(dose_text(SettlingDose{3.14e7, 1}), "3.14e+07");
  EXPECT_EQ(dose_text(SettlingDose{INFINITY, 1}), "never");
  EXPECT_EQ(dose_text(std::nullopt), "–");
}

TEST(ForecastSection, tables_have_a_row_for_each_depth_as_long_as_the_columns) {
  const auto forecast = made();
  for (const auto& table :
       {settling_table(forecast.settings[0]), rates_table(forecast.settings[0], forecast.electrons_per_pattern)}) {
    ASSERT_EQ(table.rows.size(), 2u);
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size());
  }
  EXPECT_EQ(settling_table(forecast.settings[0]).rows[0][2], "1,234 (200)");
  EXPECT_EQ(rates_table(forecast.settings[0], forecast.electrons_per_pattern).rows[0][2], "0.10 / 0.50 / 0.80");
}

TEST(ForecastSection, a_question_that_no_dose_settles_draws_no_curve) {
  const auto charts = forecast_sections(made())[0].charts;
  ASSERT_EQ(charts.size(), 2u);            // next cell, and the rate over dose; nothing else was asked
  EXPECT_EQ(charts[0].curves.size(), 1u);  // of the point source alone
  ASSERT_EQ(charts[1].curves.size(), 2u);
  EXPECT_EQ(charts[1].curves[0].y[0], 0.1);  // the hardest depth
}

TEST(ForecastSection, a_setting_of_three_values_is_an_axis) {
  auto forecast = made();
  EXPECT_EQ(forecast_sections(forecast).size(),
            3u);  // charts over depth and dose, two settings; two values are no axis
  forecast.settings = {setting_of(0.8, 4000), setting_of(0, 1000), setting_of(0.4, 2000)};
  forecast.settings[0].depths[1].next_cell->fitted = 5000;
  const auto charts = forecast_sections(forecast)[1].charts;
  ASSERT_EQ(charts.size(), 1u);  // the next cell over the source
  EXPECT_EQ(charts[0].x_name, "source (Å)");
  ASSERT_EQ(charts[0].curves.size(), 1u);
  EXPECT_EQ(charts[0].curves[0].x, (std::vector<double>{0, 0.4, 0.8}));
  EXPECT_EQ(charts[0].curves[0].y, (std::vector<double>{1000, 2000, 5000}));  // the hardest depth
}

TEST(ForecastSection, other_settings_have_curves_of_their_own_over_an_axis) {
  ExperimentForecast forecast{{100, 1000}, {}};
  for (const double angle : {15, 20, 25})
    for (const double source : {0.4, 0.8}) {
      forecast.settings.push_back(setting_of(source, angle == 25 && source == 0.8 ? INFINITY : 100 * angle));
      forecast.settings.back().setting.semiangle_mrad = angle;
    }
  const auto charts = forecast_sections(forecast)[0].charts;
  ASSERT_EQ(charts.size(), 1u);
  EXPECT_EQ(charts[0].x_name, "semi-angle (mrad)");
  ASSERT_EQ(charts[0].curves.size(), 1u);  // a curve of two points that are ever settled is none
  EXPECT_EQ(charts[0].curves[0].name, "source 0.4 Å");
}

TEST(ForecastSection, scans_of_other_steps_are_compared_by_the_dose_on_the_area) {
  ExperimentForecast forecast{{100, 1000}, {}};
  for (const int along : {1, 4})
    for (const int across : {8, 16, 32}) {
      forecast.settings.push_back(setting_of(0.4, 16000.0 / across));
      auto& setting = forecast.settings.back().setting;
      setting.across = across, setting.along = along;
      setting.step_angstrom = 16.0 / across;
      setting.electrons_per_square_angstrom = 0.05 * across * along;
    }
  const auto charts = forecast_sections(forecast)[0].charts;
  ASSERT_EQ(charts.size(), 1u);
  EXPECT_EQ(charts[0].x_name, "scan step (Å)");
  ASSERT_EQ(charts[0].curves.size(), 2u);  // of each number of positions along
  EXPECT_EQ(charts[0].curves[0].name, "1 along");
  EXPECT_EQ(charts[0].curves[0].x, (std::vector<double>{0.5, 1, 2}));
  for (const double y : charts[0].curves[0].y) EXPECT_NEAR(y, 800, 1e-9);
  for (const double y : charts[0].curves[1].y) EXPECT_NEAR(y, 3200, 1e-9);
}

TEST(ForecastSection, many_settings_have_no_curves_of_their_own) {
  ExperimentForecast forecast{{100, 1000}, {}};
  for (int i = 0; i < 9; ++i) forecast.settings.push_back(setting_of(0.1 * i, 1000 + i));
  const auto sections = forecast_sections(forecast);
  ASSERT_EQ(sections.size(), 2u);  // over the source, and all tables
  EXPECT_EQ(sections[0].title, "Over the source (Å)");
  EXPECT_EQ(sections[1].tables.size(), 18u);
  for (auto& one : forecast.settings) one.depths[1].next_cell.reset(), one.depths[0].next_cell.reset();
  EXPECT_EQ(forecast_sections(forecast)[0].title, "Which dose settles what");  // there is nothing else to show
}

TEST(ForecastSection, makes_a_page) {
  ReportContent page;
  page.title = "Forecast";
  page.sections = forecast_sections(made());
  EXPECT_NE(report_page(page).find("settles"), std::string::npos);
}

}  // namespace
}  // namespace terrace
