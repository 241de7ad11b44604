// predict: a 4D-STEM file and a model in, the interface and a report out.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "commands/command.h"
#include "commands/evaluation_report.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/registered_scan.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"
#include "learning/evaluation_refusals.h"
#include "learning/model.h"
#include "registration/scan_as_registered.h"
#include "registration/standard_grid.h"
#include "report/pacbed_section.h"
#include "report/prediction_map.h"
#include "report/registration_section.h"
#include "specimen/perovskite.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

// Below 10,000 electrons a pattern accuracy falls, above it hardly rises (docs/decisions/what_the_network_is.md).
constexpr double useful_electrons = 10000;

struct Options {
  std::string scan, model, output, evaluation;
  double stretch_cells = 0;
  int threads = 1;
  bool measure_thickness = false;
  Perovskite substrate;
  ScanOverrides overrides;
  RegistrationOptions registration;
};

void print_numbers(const Prediction& prediction) {
  for (std::size_t i = 0; i < interface_class_names.size(); ++i)
    fmt::print("  {:<8} {:5.1f} %\n", interface_class_names[i], 100 * prediction.class_probability[i]);
  fmt::print(
      "  step, if any: {:.2f} nm deep (50 %: {:.2f} … {:.2f}, 90 %: {:.2f} … {:.2f}), substrate advances with "
      "{:.0f} %\n",
      prediction.depth_nm, prediction.depth_half_low_nm, prediction.depth_half_high_nm, prediction.depth_low_nm,
      prediction.depth_high_nm, 100 * prediction.step_height_probability_up);
  fmt::print(
      "  covered {:.0f} % of the standard grid; distance from the training set {:.2f} (1 = its 99th percentile)\n",
      100 * prediction.covered_share, prediction.out_of_domain);
}

void print_prediction(const Prediction& prediction) {
  fmt::print("{}\n", prediction.summary);
  if (prediction.covered_share > 0) print_numbers(prediction);  // else nothing was read
  for (const auto& reason : prediction.reasons) fmt::print("  note: {}\n", reason);
}

Picture position_picture(const Sample& sample) {
  const auto along = sample.covered.extent(0), across = sample.covered.extent(1);
  Image image({along, across});
  const auto size = sample.patterns.extent(2) * sample.patterns.extent(3);
  for (std::int64_t i = 0; i < along * across; ++i) {
    double total = 0;
    for (std::int64_t k = 0; k < size; ++k) total += sample.patterns.data()[i * size + k];
    image.data()[i] = static_cast<float>(total);
  }
  return {.caption = "Intensity on the standard grid (dark: not covered by the scan)", .image = image};
}

/// The recipe whose data the judged model learnt from; empty where it does not say.
std::string recipe_judged(const nlohmann::ordered_json& evaluation) {
  if (!evaluation.contains("about")) return "";
  const auto& about = evaluation.at("about");
  const auto of_data = about.contains("data") ? recipe_hash_of(about.at("data")) : "";
  return about.value("model_learnt_from_another_recipe", of_data);
}

void add_evaluation_file(const std::string& path, const Model& model, ReportContent& report) {
  try {
    const auto evaluation = parse_json(read_text(path), path);
    const auto judged = recipe_judged(evaluation);
    const auto learnt = recipe_hash_of(model.record.value("data", nlohmann::ordered_json::object()));
    if (!judged.empty() && judged != learnt)
      throw InputError(
          fmt::format("'{}' judges a model of another recipe ({}, this one's is {}). Give its own, or none.", path,
                      judged, learnt));
    add_evaluation(evaluation, report);
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {  // what JSON lacks, or a dose that is no number
    throw FileError(
        fmt::format("'{}' is no evaluation of this version, or damaged. Run 'terrace evaluate' again?", path));
  }
}

/// The scan's stretches, as long as was asked for or as the dose wants, and what was chosen in words.
std::vector<Stretch> choose_stretches(const ScanInfo& info, const Registration& registration, const Model& model,
                                      double by_hand) {
  const double electrons = std::max(useful_electrons, model.domain.electrons_per_pattern.low);
  const auto choice =
      by_hand > 0 ? StretchChoice{} : choose_stretch_cells(info, registration, model.preprocessing.grid, electrons);
  const double cells = by_hand > 0 ? by_hand : choice.cells;
  auto stretches = stretches_of(info, registration, cells);
  const auto length = fmt::format("{:.3g} {} ({})", cells, cells == 1 ? "cell" : "cells",
                                  by_hand > 0 ? "as given" : "chosen: " + choice.why);
  const double all = cells_along(info, registration);
  if (stretches.size() > 1)
    fmt::print("map: {} stretches of {:.1f} cells, each at least {}\n", stretches.size(), all / stretches.size(),
               length);
  else
    fmt::print("map: none, the {:.1f} cells of the scan hold no two stretches of {}\n", all, length);
  return stretches;
}

struct Answers {
  Prediction whole;
  std::vector<StretchPrediction> map;
  Sample sample;
};

/// Answers for the whole scan and for each stretch of it. The scan is read once.
Answers answer(const Scan& scan, const Registration& registration, const Model& model, double stretch_cells,
               const Progress& progress) {
  auto stretches = choose_stretches(scan.info(), registration, model, stretch_cells);
  stretches.push_back({});
  auto samples = to_standard_grids(scan, registration, model.preprocessing.grid, stretches, progress);
  auto predictions = model.predict(samples);
  Answers answers{std::move(predictions.back()), {}, std::move(samples.back())};
  for (std::size_t i = 0; i + 1 < stretches.size(); ++i)
    answers.map.push_back({stretches[i].from_angstrom, stretches[i].to_angstrom, std::move(predictions[i])});
  return answers;
}

nlohmann::ordered_json map_json(const std::vector<StretchPrediction>& map) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& stretch : map) json.push_back(to_json(stretch));
  return json;
}

/// Everything about the scan and the model that is not an answer.
ReportContent described(const Scan& scan, const Model& model, const Options& options) {
  ReportContent report;
  if (!options.evaluation.empty()) add_evaluation_file(options.evaluation, model, report);
  report.title = "Interface of " + fs::path(options.scan).filename().string();
  report.subtitle = fmt::format("{}, read with {}", scan.info().format, fs::path(options.model).filename().string());
  report.provenance["scan"] = scan.info().provenance;
  report.provenance["model"] = model.record;
  report.provenance["program"] = "terrace " TERRACE_VERSION;
  return report;
}

void run(const Options& options) {
  const auto model = Model::load(options.model);
  const auto scan = open_scan(options.scan, options.overrides);
  ReportContent report = described(*scan, model, options);
  const fs::path folder = options.output;
  make_folder(folder);
  ProgressBar bar;
  auto registration =
      register_scan(*scan, registration_options(options.registration, options.overrides), bar.callback());
  const auto thickness =
      read_substrate(*scan, registration, options.substrate, options.registration.substrate_cell_angstrom,
                     options.measure_thickness ? MeasureThickness::always : MeasureThickness::where_unknown,
                     options.threads, bar.callback());
  if (thickness) print_thickness(*thickness);
  print_registration(registration);
  const ScanAsRegistered registered(*scan, registration);
  report.scan = &registered;
  report.registration = registration_section(scan->info(), registration);
  if (thickness) report.sections.push_back(pacbed_section(*thickness));
  report.interface_line = interface_line(scan->info(), registration);
  Answers answers{withheld(registration.missing() + ".", registration.reasons), {}, {}};
  if (registration.usable()) {
    answers = answer(*scan, registration, model, options.stretch_cells, bar.callback());
    report.registration->pictures.push_back(position_picture(answers.sample));
  }
  print_prediction(answers.whole);
  report.prediction = answers.whole;
  if (answers.map.size() > 1) {
    report.map = map_section(answers.map);
    fmt::print("along the interface: {}\n", report.map->lead);
  }

  nlohmann::ordered_json json = {{"prediction", to_json(answers.whole)},
                                 {"map", map_json(answers.map)},
                                 {"registration", to_json(registration)},
                                 {"scan", fs::path(options.scan).filename().string()},
                                 {"model", fs::path(options.model).filename().string()}};
  if (thickness) json["substrate"] = to_json(*thickness);
  write_json(folder / "prediction.json", json);
  report.provenance["registration"] = json["registration"];
  write_report(report, folder / "report.html");
  fmt::print("prediction: {}\nreport: {}\n", (folder / "prediction.json").string(), (folder / "report.html").string());
}

}  // namespace

void add_predict(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("SCAN", options->scan,
                 "4D-STEM scan; 'terrace info' says what it holds, docs/formats.md what can be read")
      ->required();
  app.add_option("--model", options->model, "model file that 'terrace train' wrote")->required();
  app.add_option("-o,--output", options->output, "folder for prediction.json and report.html")->required();
  app.add_option("--evaluation", options->evaluation, "evaluation.json of the model, shown in the report");
  app.add_option("--stretch-cells", options->stretch_cells,
                 "length of the stretches along the interface that are answered for one by one, in substrate cells; 0 "
                 "chooses the shortest that gather 10,000 electrons a pattern")
      ->check(CLI::Range(0.0, 1e6).description(""))
      ->capture_default_str();
  app.add_flag("--measure-thickness", options->measure_thickness,
               "fit the thickness to the substrate's patterns even where it is known");
  app.add_option("--substrate-a-site", options->substrate.a_site,
                 "element on the substrate's A site, to measure the thickness by")
      ->capture_default_str();
  app.add_option("--substrate-b-site", options->substrate.b_site, "element on its B site")->capture_default_str();
  add_threads_option(app, options->threads);
  add_settings_options(app, options->overrides, "Instead of what the file says (the unit is in the name)");
  add_settings_options(app, options->registration, "Registration by hand (each is measured where not given)");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
