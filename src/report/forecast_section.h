// The part of a page that shows a forecast: which dose settles what, under which settings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inversion/experiment_forecast.h"
#include "report/report.h"

namespace terrace {

/// "20 mrad, source 0.4 Å": what differs between the settings of a forecast; of one alone, everything.
std::vector<std::string> setting_names(const ExperimentForecast& forecast);

/// All of a setting in one line.
std::string setting_text(const ForecastSetting& setting);

/// "1,480"; "1.48e+06"; "never" from most_electrons on.
std::string dose_text(double electrons);
/// The same; "–" where the question does not arise.
std::string dose_text(const std::optional<SettlingDose>& dose, double SettlingDose::*which = &SettlingDose::fitted);

/// Settling doses of one setting, a row for each depth.
TextTable settling_table(const SettingForecast& forecast);
/// The probability of the exact cell, and of preferring the step to its twin, a column for each dose.
TextTable rates_table(const SettingForecast& forecast, const std::vector<double>& electrons_per_pattern);

/// Charts of all settings together, then tables setting by setting.
std::vector<ReportSection> forecast_sections(const ExperimentForecast& forecast);

}  // namespace terrace
