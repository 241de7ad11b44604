#include "report/forecast_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "inversion/forecast.h"

namespace terrace {
namespace {

using Settles = std::optional<SettlingDose> DepthForecast::*;

struct Question {
  Settles of;
  NamedRival::Question rival;
  const char* meaning;
};
constexpr Question questions[] = {
    {&DepthForecast::next_cell, NamedRival::Question::adjacent, "The step at its cell, or one cell higher or lower."},
    {&DepthForecast::mirrored, NamedRival::Question::mirrored,
     "The step, or one as far from the exit surface, which projects alike."},
    {&DepthForecast::twin, NamedRival::Question::twin, "The step, or a mixed cell that projects alike."},
    {&DepthForecast::two_steps, NamedRival::Question::two_steps,
     "The step, or the nearest pair of steps that projects alike."},
};

/// Numbers of a setting, in words; `axes` in the same order.
std::vector<std::string> words_of(const ForecastSetting& s) {
  return {fmt::format("{:g} kV", s.energy_kev),
          fmt::format("{:g} mrad", s.semiangle_mrad),
          fmt::format("{:.4g} nm thick", s.thickness_nm),
          fmt::format("defocus {:.4g} nm", s.defocus_nm),
          fmt::format("source {:.3g} Å", s.source_fwhm_angstrom),
          fmt::format("{} positions across (step {:.3g} Å)", s.across, s.step_angstrom),
          fmt::format("{} along", s.along)};
}

struct SettingAxis {
  const char* name;
  double (*of)(const ForecastSetting&);
  /// More positions have fewer electrons in each pattern for the same dose: they are compared by electrons on the area.
  bool changes_positions = false;
};
constexpr SettingAxis axes[] = {
    {"beam energy (kV)", [](const ForecastSetting& s) { return s.energy_kev; }},
    {"semi-angle (mrad)", [](const ForecastSetting& s) { return s.semiangle_mrad; }},
    {"thickness (nm)", [](const ForecastSetting& s) { return s.thickness_nm; }},
    {"defocus (nm)", [](const ForecastSetting& s) { return s.defocus_nm; }},
    {"source (Å)", [](const ForecastSetting& s) { return s.source_fwhm_angstrom; }},
    {"scan step (Å)", [](const ForecastSetting& s) { return s.step_angstrom; }, true},
    {"positions along a cell", [](const ForecastSetting& s) { return 1.0 * s.along; }, true},
};
/// From so many values on a setting is drawn as an axis.
constexpr int fewest_on_an_axis = 3;
/// More settings than these have no curves of their own where an axis shows them: they could not be told apart.
constexpr int most_told_apart = 5;

constexpr const char* doses_in_words =
    "Doses are electrons a pattern of the standard grid, whose positions cover one cell along the interface; a scan of "
    "n cells needs the n-th part in each.";

std::string joined(const std::vector<std::string>& words, const std::vector<bool>& chosen) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (chosen[i]) text += (text.empty() ? "" : ", ") + words[i];
  return text;
}

double number_of(const std::optional<SettlingDose>& dose) {
  return dose && std::isfinite(dose->fitted) ? dose->fitted : std::numeric_limits<double>::quiet_NaN();
}

Chart chart_over_depth(const ExperimentForecast& forecast, const std::vector<std::string>& names,
                       const Question& question) {
  Chart chart{.title = fmt::format("Dose that settles: {}", name_of(question.rival)),
              .meaning = question.meaning,
              .x_name = "depth of the step (nm)",
              .y_name = "electrons a pattern",
              .y_axis = Chart::Axis::logarithmic};
  for (std::size_t i = 0; i < names.size(); ++i) {
    Curve curve{.name = names[i]};
    for (const auto& depth : forecast.settings[i].depths) {
      curve.x.push_back(depth.depth_nm);
      curve.y.push_back(number_of(depth.*question.of));
    }
    if (std::ranges::any_of(curve.y, [](double y) { return std::isfinite(y); }))
      chart.curves.push_back(std::move(curve));
  }
  return chart;
}

/// Which of a setting's numbers differ between the settings.
std::vector<bool> differing(const ExperimentForecast& forecast) {
  std::vector<std::set<std::string>> seen(std::size(axes));
  for (const auto& one : forecast.settings) {
    const auto words = words_of(one.setting);
    for (std::size_t i = 0; i < words.size(); ++i) seen[i].insert(words[i]);
  }
  std::vector<bool> differs;
  for (const auto& values : seen) differs.push_back(values.size() > 1);
  return differs;
}

/// At the hardest depth; nothing where one of them is never settled, or where none is asked.
double hardest(const SettingForecast& forecast, const Question& question) {
  double most = 0;
  for (const auto& depth : forecast.depths) {
    if (!(depth.*question.of)) continue;
    most = std::max(most, (depth.*question.of)->fitted);
  }
  return most > 0 && std::isfinite(most) ? most : std::numeric_limits<double>::quiet_NaN();
}

/// A curve for each combination of the other settings. Without curves where the setting has too few values.
Chart chart_over_setting(const ExperimentForecast& forecast, std::size_t axis, const Question& question) {
  Chart chart{.title = fmt::format("Dose that settles: {}", name_of(question.rival)),
              .meaning = fmt::format("Over the {}; at the hardest of the depths.", axes[axis].name),
              .x_name = axes[axis].name,
              .y_name = axes[axis].changes_positions ? "electrons on each Å²" : "electrons a pattern",
              .y_axis = Chart::Axis::logarithmic};
  auto others = differing(forecast);
  others[axis] = false;
  std::vector<std::pair<std::string, std::map<double, double>>> curves;  // in the order of the settings
  const auto points_of = [&](const std::string& name) -> std::map<double, double>& {
    const auto found = std::ranges::find(curves, name, [](const auto& curve) { return curve.first; });
    return found != curves.end() ? found->second : curves.emplace_back(name, std::map<double, double>()).second;
  };
  for (const auto& one : forecast.settings) {
    const double scale = axes[axis].changes_positions ? one.setting.electrons_per_square_angstrom : 1;
    points_of(joined(words_of(one.setting), others))[axes[axis].of(one.setting)] = scale * hardest(one, question);
  }
  for (const auto& [name, points] : curves) {
    if (std::ranges::count_if(points, [](const auto& p) { return std::isfinite(p.second); }) < fewest_on_an_axis)
      continue;
    Curve curve{.name = name.empty() ? name_of(question.rival) : name};
    for (const auto& [x, y] : points) curve.x.push_back(x), curve.y.push_back(y);
    chart.curves.push_back(std::move(curve));
  }
  return chart;
}

Chart chart_over_dose(const ExperimentForecast& forecast, const std::vector<std::string>& names) {
  Chart chart{.title = "The exact cell over dose",
              .meaning = "Probability that no other cell, nor the mirrored step, is likelier; at the hardest depth.",
              .x_name = "electrons a pattern",
              .y_name = "probability",
              .x_axis = Chart::Axis::logarithmic};
  for (std::size_t i = 0; i < names.size(); ++i) {
    Curve curve{.name = names[i], .x = forecast.electrons_per_pattern};
    for (std::size_t dose = 0; dose < curve.x.size(); ++dose) {
      double least = 1;
      for (const auto& depth : forecast.settings[i].depths) least = std::min(least, depth.exact_cell[dose]);
      curve.y.push_back(least);
    }
    chart.curves.push_back(std::move(curve));
  }
  return chart;
}

std::vector<Chart> charts_of_each_setting(const ExperimentForecast& forecast, const std::vector<std::string>& names) {
  std::vector<Chart> charts;
  for (const auto& question : questions) {
    auto chart = chart_over_depth(forecast, names, question);
    if (!chart.curves.empty()) charts.push_back(std::move(chart));
  }
  charts.push_back(chart_over_dose(forecast, names));
  return charts;
}

/// A section for each setting of several values.
std::vector<ReportSection> setting_charts(const ExperimentForecast& forecast) {
  std::vector<ReportSection> sections;
  for (std::size_t axis = 0; axis < std::size(axes); ++axis) {
    ReportSection section{.title = fmt::format("Over the {}", axes[axis].name),
                          .lead = "Where a curve is lowest, the fewest electrons are needed."};
    for (const auto& question : questions) {
      auto chart = chart_over_setting(forecast, axis, question);
      if (!chart.curves.empty()) section.charts.push_back(std::move(chart));
    }
    if (!section.charts.empty()) sections.push_back(std::move(section));
  }
  return sections;
}

std::vector<std::string> depth_cells(const DepthForecast& depth) {
  return {fmt::format("{:.2f}", depth.depth_nm), fmt::format("{}", depth.depth_cells)};
}

/// "12,345".
std::string grouped(double number) {
  const std::string digits = fmt::format("{:.0f}", number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace

std::vector<std::string> setting_names(const ExperimentForecast& forecast) {
  auto differs = differing(forecast);
  if (forecast.settings.size() == 1) differs.assign(differs.size(), true);
  std::vector<std::string> names;
  for (const auto& one : forecast.settings) names.push_back(joined(words_of(one.setting), differs));
  return names;
}

std::string setting_text(const ForecastSetting& setting) {
  const auto words = words_of(setting);
  return fmt::format("{}; an electron a pattern is {:.3g} on each Å²",
                     joined(words, std::vector<bool>(words.size(), true)), setting.electrons_per_square_angstrom);
}

std::string dose_text(double electrons) {
  if (electrons >= most_electrons) return "never";
  return electrons < 1e6 ? grouped(electrons) : fmt::format("{:.2e}", electrons);
}

std::string dose_text(const std::optional<SettlingDose>& dose, double SettlingDose::*which) {
  return dose ? dose_text((*dose).*which) : "–";
}

TextTable settling_table(const SettingForecast& forecast) {
  TextTable table{.title = "Electrons a pattern that settle a question",
                  .meaning = "Expected ln ratio 5, everything open fitted; in brackets with everything else known.",
                  .columns = {"depth (nm)", "cells"}};
  for (const auto& question : questions) table.columns.push_back(name_of(question.rival));
  for (const auto& depth : forecast.depths) {
    auto& row = table.rows.emplace_back(depth_cells(depth));
    for (const auto& question : questions) {
      const auto& dose = depth.*question.of;
      row.push_back(dose ? fmt::format("{} ({})", dose_text(dose), dose_text(dose, &SettlingDose::known)) : "–");
    }
  }
  return table;
}

TextTable rates_table(const SettingForecast& forecast, const std::vector<double>& electrons_per_pattern) {
  TextTable table{.title = "Rates of the best possible reader",
                  .meaning =
                      "Probability of the exact cell / of preferring the step to the mixed cell / mean distance "
                      "of the likeliest step (nm; steps within three cells of this one and of its mirror image).",
                  .columns = {"depth (nm)", "cells"}};
  for (const double electrons : electrons_per_pattern) table.columns.push_back(grouped(electrons));
  for (const auto& depth : forecast.depths) {
    auto& row = table.rows.emplace_back(depth_cells(depth));
    for (std::size_t dose = 0; dose < electrons_per_pattern.size(); ++dose)
      row.push_back(fmt::format("{:.2f} / {:.2f} / {:.2f}", depth.exact_cell[dose], depth.over_twin[dose],
                                depth.depth_error_nm[dose]));
  }
  return table;
}

namespace {

/// A section for each setting, or one for all where they are many.
std::vector<ReportSection> setting_tables(const ExperimentForecast& forecast, const std::vector<std::string>& names) {
  std::vector<ReportSection> sections;
  auto same = differing(forecast);
  same.flip();
  ReportSection all{.title = "Setting by setting",
                    .lead = joined(words_of(forecast.settings.front().setting), same) + " in all of them."};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& one = forecast.settings[i];
    ReportSection section{.title = names[i],
                          .lead = setting_text(one.setting) + ".",
                          .tables = {settling_table(one), rates_table(one, forecast.electrons_per_pattern)}};
    for (auto table : section.tables) {
      table.title = names[i] + ": " + table.title;
      all.tables.push_back(std::move(table));
    }
    sections.push_back(std::move(section));
  }
  if (std::ssize(names) <= most_told_apart) return sections;
  return {std::move(all)};
}

}  // namespace

std::vector<ReportSection> forecast_sections(const ExperimentForecast& forecast) {
  const auto names = setting_names(forecast);
  auto sections = setting_charts(forecast);
  if (sections.empty() || std::ssize(names) <= most_told_apart)
    sections.insert(sections.begin(), {.title = "Which dose settles what",
                                       .lead = doses_in_words,
                                       .charts = charts_of_each_setting(forecast, names)});
  else
    sections[0].lead += std::string(" ") + doses_in_words;
  for (auto& section : setting_tables(forecast, names)) sections.push_back(std::move(section));
  return sections;
}

}  // namespace terrace
