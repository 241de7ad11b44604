// forecast: a recipe-like configuration in; the dose that settles questions about a buried step out.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "commands/command.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/json_text.h"
#include "inversion/experiment_forecast_json.h"
#include "report/forecast_section.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, output, report;
  ForecastRequest request{.electrons_per_pattern = {100, 200, 500, 1000, 2000, 5000, 10000}};
  int threads = 1;
  double max_memory_gb = 0;
  bool dry_run = false;
};

/// Characters, not bytes.
std::size_t width_of(const std::string& text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; });
}

void print(const TextTable& table) {
  auto rows = table.rows;
  rows.insert(rows.begin(), table.columns);
  std::vector<std::size_t> widths(table.columns.size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  fmt::print("  {}. {}\n", table.title, table.meaning);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) fmt::print("{:{}}{}", "", 2 + widths[i] - width_of(row[i]), row[i]);
    fmt::print("\n");
  }
}

void print(const ExperimentForecast& forecast) {
  for (const auto& one : forecast.settings) {
    fmt::print("\n{}:\n", setting_text(one.setting));
    print(settling_table(one));
    print(rates_table(one, forecast.electrons_per_pattern));
  }
}

void write(const Recipe& recipe, const ExperimentForecast& forecast, const Options& options) {
  const auto json = forecast_json(recipe, forecast);
  if (!options.output.empty()) write_json(options.output, json);
  if (options.report.empty()) return;
  ReportContent page;
  page.title = "Forecast of an experiment: " + recipe.study.name;
  page.subtitle = "what can be told of a buried step, before it is measured";
  page.sections = forecast_sections(forecast);
  page.provenance = json;
  page.provenance["settings of the recipe"] = to_json(recipe);
  page.provenance["program"] = "terrace " TERRACE_VERSION;
  write_report(page, options.report);
}

void run(const Options& options) {
  const Recipe recipe = read_recipe(options.recipe);
  const auto cost = cost_of_forecast(recipe, options.request, options.threads);
  fmt::print("recipe '{}' ({}): {} settings, {} depths in all\n", recipe.study.name, recipe_hash(recipe), cost.settings,
             cost.depths);
  fmt::print("estimate: {} on {} threads, {:.3f} GB of memory\n", duration_text(cost.seconds), options.threads,
             cost.memory_bytes / 1e9);
  std::fflush(stdout);  // before the progress, in a file too
  check_memory(cost.memory_bytes, options.max_memory_gb, "Use fewer threads or a smaller grid");
  if (options.dry_run) return;
  make_places_for({options.output, options.report});
  ProgressBar bar;
  const auto forecast = forecast_experiment(recipe, options.request, options.threads, bar.callback());
  print(forecast);
  write(recipe, forecast, options);
  for (const auto& file : {options.output, options.report})
    if (!file.empty()) fmt::print("forecast: {}\n", file);
}

}  // namespace

void add_forecast(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto& request = options->request;
  app.add_option(
         "RECIPE", options->recipe,
         "microscope, grid, window and crystals, and in [ranges] and [detection] what is unknown and how far: a "
         "TOML file, read as a recipe")
      ->required();
  app.add_option("-o,--output", options->output, "JSON file to write");
  app.add_option("--report", options->report, "HTML page to write");
  const auto list = [&](const char* name, auto& values, double low, double high, const char* help) {
    return app.add_option(name, values, help)->delimiter(',')->check(range_of(low, high));
  };
  list("--depths-nm", request.depths_nm, 0, 1e4,
       "depths of the step below the entrance surface; by default shares of the thickness");
  list("--thickness-nm", request.thicknesses_nm, 0.1, 1e4, "thicknesses; by default the middle of the recipe's");
  list("--energy-kev", request.energies_kev, 1, 3000, "beam energies; by default the recipe's");
  list("--semiangle-mrad", request.semiangles_mrad, 0.1, 100, "semi-angles; by default the middle of the recipe's");
  list("--defocus-nm", request.defoci_nm, -1000, 1000,
       "defocus where the beam meets the crystal; by default the middle of the recipe's");
  list("--source-fwhm-angstrom", request.sources_fwhm_angstrom, 0, 10,
       "source sizes; by default the middle of the recipe's");
  list("--across", request.across, 2, 256,
       "positions across the interface, which set the scan step; by default the grid's");
  list("--along", request.along, 1, 64, "positions along one cell of the interface; by default the grid's");
  list("--electrons", request.electrons_per_pattern, 1, 1e9, "electrons a pattern for the rates")
      ->capture_default_str();
  app.add_flag("--dry-run", options->dry_run, "say what it costs in time and memory, and stop");
  add_memory_option(app, options->max_memory_gb);
  add_threads_option(app, options->threads);
  app.footer("Every combination of the settings is forecast; several values are separated by commas.");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
