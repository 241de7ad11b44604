// invert: a 4D-STEM file in; the structure that explains it best, with its rivals, and a report out.
#include "commands/invert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "commands/launch.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/registered_scan.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/json_text.h"
#include "inversion/inversion.h"
#include "inversion/stretch_inversion.h"
#include "inversion/suggestion.h"
#include "registration/scan_as_registered.h"
#include "registration/standard_grid.h"
#include "report/inversion_section.h"
#include "report/pacbed_section.h"
#include "report/prediction_map.h"
#include "report/registration_section.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// What a thickness is taken to be known to where nothing better is said, nm.
constexpr double least_thickness_error_nm = 1;

struct Options {
  std::string scan, recipe, output, model;
  double stretch_cells = 0, electrons_per_pattern = 0, thickness_error_nm = 0;
  int threads = 1;
  double max_memory_gb = 0;
  SearchEffort effort;
  ScanOverrides overrides;
  RegistrationOptions registration;
};

Recipe recipe_for(const Options& options) {
  return options.recipe.empty() ? microscope_recipe() : read_recipe(options.recipe);
}

/// Where the scan is cut for a map; none, which is said unless `silent`, where that makes one piece.
std::vector<Stretch> map_stretches(const Scan& scan, const Registration& registration, double cells, bool silent) {
  if (cells == 0) return {};
  auto stretches = stretches_of(scan.info(), registration, cells);
  if (stretches.size() > 1) return stretches;
  if (!silent)
    fmt::print("map: none, the {:.1f} cells of the scan hold no two stretches of {:g}\n",
               cells_along(scan.info(), registration), cells);
  return {};
}

/// On the standard grid: each stretch, and at the end the whole scan.
std::vector<Sample> samples_of(const Scan& scan, const Registration& registration, const Recipe& recipe,
                               std::vector<Stretch> stretches, double thickness_error_nm, const Progress& progress) {
  stretches.push_back({});
  auto samples = to_standard_grids(scan, registration, recipe.grid, stretches, progress);
  for (auto& sample : samples) {
    double& error = sample.conditions.thickness_error_nm;
    error = thickness_error_nm > 0 ? thickness_error_nm : std::max(least_thickness_error_nm, error);
  }
  return samples;
}

void print_answer(const Inversion& inversion) {
  const auto& answer = inversion.answer;
  fmt::print("{}\n", answer.summary);
  for (std::size_t i = 0; i < interface_class_names.size(); ++i)
    fmt::print("  {:<8} {:5.1f} %\n", interface_class_names[i], 100 * answer.class_probability[i]);
  fmt::print("  thickness {:.2f} ± {:.2f} nm; residual {:.3f} times the noise of the counts\n",
             answer.estimated_thickness_nm, answer.estimated_thickness_error, inversion.findings.goodness.ratio);
  for (const auto& reason : answer.reasons) fmt::print("  note: {}\n", reason);
}

std::string missing_for_inversion(const Registration& registration) {
  if (!registration.usable()) return registration.missing() + ".";
  if (!registration.thickness_nm.known()) return "the thickness is unknown. Give --thickness-nm.";
  return "";
}

/// A scan on its way through the command, with what is written of it.
struct Reading {
  Recipe recipe;
  std::unique_ptr<Scan> scan;
  Registration registration;
  ReportContent report;
  nlohmann::ordered_json json;
};

Reading read(const Options& options, const Ranks& ranks, const Progress& progress) {
  Reading reading{.recipe = recipe_for(options),
                  .scan = open_scan(options.scan, options.overrides),
                  .registration = {},
                  .report = {},
                  .json = {}};
  auto& [recipe, scan, registration, report, json] = reading;
  registration = register_scan(*scan, registration_options(options.registration, options.overrides), progress);
  const auto thickness =
      read_substrate(*scan, registration, recipe.substrate, options.registration.substrate_cell_angstrom,
                     MeasureThickness::where_unknown, options.threads, progress);
  if (!ranks.is_first()) return reading;
  if (thickness) print_thickness(*thickness);
  print_registration(registration);
  report.title = "Interface of " + fs::path(options.scan).filename().string();
  report.subtitle = scan->info().format + ", inverted by the forward model";
  report.interface_line = interface_line(scan->info(), registration);
  report.registration = registration_section(scan->info(), registration);
  if (thickness) report.sections.push_back(pacbed_section(*thickness));
  json = {{"scan", fs::path(options.scan).filename().string()},
          {"recipe", recipe.study.name},
          {"registration", to_json(registration)}};
  report.provenance = {{"scan", scan->info().provenance},
                       {"registration", json["registration"]},
                       {"recipe", to_json(recipe)},
                       {"program", "terrace " TERRACE_VERSION}};
  return reading;
}

void add_whole_scan(const Sample& sample, const Options& options, const NetworkReading& network,
                    const Progress& progress, Reading& reading) {
  auto effort = options.effort;
  std::optional<Prediction> said;
  if (network) {
    said = network(*reading.scan, reading.registration, progress);
    effort.suggested = step_of(*said);
    fmt::print("network: {}\n", said->summary);
    reading.json["network"] = to_json(*said);
  }
  auto inversion = invert(reading.recipe, sample, options.threads, effort, progress, options.electrons_per_pattern);
  add_forecast(reading.recipe, sample, options.threads, inversion);
  if (said) inversion.answer.reasons.push_back(borne_out(*said, inversion.answer));
  print_answer(inversion);
  reading.report.prediction = inversion.answer;
  reading.report.fit = fitted_patterns(inversion, reading.recipe.grid);
  reading.report.sections.insert(reading.report.sections.begin(), inversion_section(inversion, reading.recipe.grid));
  reading.json.update(to_json(inversion));
}

void add_map(const std::vector<Stretch>& stretches, const std::vector<Prediction>& answers, Reading& reading) {
  std::vector<StretchPrediction> map;
  auto& json = reading.json["map"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    map.push_back({stretches[i].from_angstrom, stretches[i].to_angstrom, answers[i]});
    json.push_back(to_json(map.back()));
  }
  if (map.size() < 2) return;
  reading.report.map = map_section(map);
  fmt::print("along the interface: {}\n", reading.report.map->lead);
}

void write(const fs::path& folder, Reading& reading) {
  const ScanAsRegistered registered(*reading.scan, reading.registration);
  reading.report.scan = &registered;
  write_json(folder / "inversion.json", reading.json);
  write_report(reading.report, folder / "report.html");
  fmt::print("inversion: {}\nreport: {}\n", (folder / "inversion.json").string(), (folder / "report.html").string());
}

void print_cost(const UsualCost& cost, const std::vector<Sample>& samples, int threads, int ranks) {
  const auto [seconds, bytes] = cost;
  const auto rounds = static_cast<double>((std::ssize(samples) + ranks - 1) / ranks);
  fmt::print("estimate: about {} on {} threads ({} for each of {} answers), {:.2g} GB of memory beside the scan\n",
             duration_text(rounds * seconds), threads, duration_text(seconds), samples.size(), bytes / 1e9);
  std::fflush(stdout);  // before the progress, in a file too
}

void run(const Options& options, OpenModel open_model) {
  const Ranks ranks(launch_of_this_process());
  refuse_lost_ranks(ranks);
  const auto network = options.model.empty() ? NetworkReading() : open_model(options.model);
  const fs::path folder = options.output;
  make_folder(folder);
  ProgressBar bar;
  const auto progress = ranks.is_first() ? bar.callback() : Progress();
  auto reading = read(options, ranks, progress);
  if (const auto missing = missing_for_inversion(reading.registration); !missing.empty()) {
    if (!ranks.is_first()) return;
    auto reasons = reading.registration.reasons;
    reasons.insert(reasons.begin(), missing);
    reading.report.prediction = withheld(missing, std::move(reasons));
    reading.json["prediction"] = to_json(*reading.report.prediction);
    fmt::print("{}\n", reading.report.prediction->summary);
    return write(folder, reading);
  }
  const auto stretches = map_stretches(*reading.scan, reading.registration, options.stretch_cells, !ranks.is_first());
  const auto samples =
      samples_of(*reading.scan, reading.registration, reading.recipe, stretches, options.thickness_error_nm, progress);
  const auto cost = usual_cost(reading.recipe, samples.back().conditions, options.threads);
  if (ranks.is_first()) print_cost(cost, samples, options.threads, ranks.count());
  check_memory(cost.bytes, options.max_memory_gb, "Use a recipe with a smaller window, or fewer threads");
  if (ranks.is_first()) add_whole_scan(samples.back(), options, network, progress, reading);
  const double stretch_dose = options.electrons_per_pattern / std::max(1.0, 1.0 * std::ssize(stretches));
  const auto answers =
      invert_stretches(reading.recipe, std::span(samples).first(stretches.size()), folder / "stretches", ranks,
                       options.threads, options.effort, stretch_dose, progress);
  if (!ranks.is_first()) return;
  add_map(stretches, answers, reading);
  write(folder, reading);
}

}  // namespace

void add_invert(CLI::App& app, OpenModel open_model) {
  const auto options = std::make_shared<Options>();
  app.add_option("SCAN", options->scan,
                 "4D-STEM scan; 'terrace info' says what it holds, docs/formats.md what can be read")
      ->required();
  app.add_option("-o,--output", options->output, "folder for inversion.json and report.html")->required();
  app.add_option("--recipe", options->recipe,
                 "crystals, window, sampling and what is unknown of the microscope, a TOML file; by default "
                 "LaAlO3 on SrTiO3 in a realistic microscope (recipes/microscope.toml)");
  app.add_option("--model", options->model,
                 "model file that 'terrace train' wrote: the step that its network sees is fitted first, and the fit "
                 "says whether it bears the network out");
  app.add_option(
         "--stretch-cells", options->stretch_cells,
         "also answer for stretches of this many substrate cells along the interface, shared out by mpirun and kept "
         "in OUT/stretches as they come; 0: the whole scan alone")
      ->check(CLI::Range(0.0, 1e6).description(""))
      ->capture_default_str();
  app.add_option("--electrons-per-standard-pattern", options->electrons_per_pattern,
                 "electrons in a pattern of the standard grid, averaged over the whole scan, where the file's dose is "
                 "unknown or "
                 "wrong; a stretch has its share")
      ->check(CLI::Range(0.0, 1e12).description(""));
  app.add_option("--thickness-error-nm", options->thickness_error_nm,
                 "the thickness is known to this; by default 1 nm or what its measurement says")
      ->check(CLI::Range(0.0, 100.0).description(""));
  app.add_option("--two-step-depths", options->effort.two_step_depths,
                 "first depths at which pairs of steps are tried; 0 tries none")
      ->check(CLI::Range(0, 1000).description(""))
      ->capture_default_str();
  add_memory_option(app, options->max_memory_gb);
  add_threads_option(app, options->threads);
  add_settings_options(app, options->overrides, "Instead of what the file says (the unit is in the name)");
  add_settings_options(app, options->registration, "Registration by hand (each is measured where not given)");
  app.callback([options, open_model] { run(*options, open_model); });
}

}  // namespace terrace
