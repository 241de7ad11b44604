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

TEST(ForecastSection, makes_a_page) {
  ReportContent page;
  page.title = "Forecast";
  page.sections = forecast_sections(made());
  EXPECT_NE(report_page(page).find("settles"), std::string::npos);
}

}  // namespace
}  // namespace terrace
