// predict: a 4D-STEM file and a model in, the interface and a report out.
#include <fmt/format.h>

#include <filesystem>

#include "commands/command.h"
#include "commands/evaluation_report.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/text_file.h"
#include "learning/model.h"
#include "registration/standard_grid.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string scan, model, output, evaluation;
  ScanOverrides overrides;
  RegistrationOptions registration;
};

void print_registration(const Registration& found) {
  const auto line = [](const char* what, const Estimate& estimate, const char* unit) {
    if (!estimate.known()) return fmt::print("  {:<26} not found\n", what);
    const std::string error = estimate.error >= 0 ? fmt::format(" ± {:.3f}", estimate.error) : "";
    fmt::print("  {:<26} {:.3f}{} {} ({})\n", what, estimate.value, error, unit, estimate.source);
  };
  fmt::print("registration:\n");
  line("pattern centre, row", found.centre_row, "px");
  line("pattern centre, column", found.centre_column, "px");
  line("detector pixel", found.mrad_per_pixel_x, "mrad");
  line("detector, turned by", found.detector_rotation_deg, "°");
  line("scan, turned by", found.scan_rotation_deg, "°");
  line("scan, sheared by", found.scan_shear_deg, "°");
  line("interface plane", found.interface_angstrom, "Å from the first position");
  line("projected boundary", found.boundary_angstrom, "Å");
  line("A column along it", found.column_angstrom, "Å");
  line("thickness", found.thickness_nm, "nm");
  fmt::print("  {:<26} {} end of {}\n", "film", found.film_side, found.interface_normal);
  for (const auto& reason : found.reasons) fmt::print("  note: {}\n", reason);
}

void print_prediction(const Prediction& prediction) {
  fmt::print("{}\n", prediction.summary);
  for (std::size_t i = 0; i < interface_class_names.size(); ++i)
    fmt::print("  {:<8} {:5.1f} %\n", interface_class_names[i], 100 * prediction.class_probability[i]);
  fmt::print("  step, if any: {:.2f} nm deep (90 %: {:.2f} … {:.2f}), substrate advances with {:.0f} %\n",
             prediction.depth_nm, prediction.depth_low_nm, prediction.depth_high_nm,
             100 * prediction.step_height_probability_up);
  fmt::print(
      "  covered {:.0f} % of the standard grid; distance from the training set {:.2f} (1 = its 99th percentile)\n",
      100 * prediction.covered_share, prediction.out_of_domain);
  for (const auto& reason : prediction.reasons) fmt::print("  note: {}\n", reason);
}

/// The scan could not be laid on the grid: an honest "cannot tell".
Prediction withheld(const Registration& registration) {
  Prediction prediction;
  prediction.class_probability.fill(0.25);
  prediction.covered_share = 0;
  prediction.abstains = true;
  prediction.reasons = registration.reasons;
  prediction.summary = "Cannot tell: the scan could not be registered.";
  return prediction;
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

void add_evaluation_file(const std::string& path, ReportContent& report) {
  try {
    add_evaluation(nlohmann::ordered_json::parse(read_text(path)), report);
  } catch (const nlohmann::json::exception&) {
    throw FileError(
        fmt::format("'{}' is no evaluation of this version, or damaged. Run 'terrace evaluate' again?", path));
  }
}

void run(const Options& options) {
  const auto model = Model::load(options.model);
  ReportContent report;
  const auto scan = open_scan(options.scan, options.overrides);
  if (!options.evaluation.empty()) add_evaluation_file(options.evaluation, report);
  const fs::path folder = options.output;
  make_folder(folder);
  ProgressBar bar;
  const auto registration = register_scan(*scan, options.registration, bar.callback());
  print_registration(registration);
  Prediction prediction = withheld(registration);
  if (registration.usable()) {
    const auto sample = to_standard_grid(*scan, registration, model.preprocessing.grid);
    prediction = model.predict(sample);
    report.registration.push_back(position_picture(sample));
  }
  print_prediction(prediction);

  nlohmann::ordered_json json = {{"prediction", to_json(prediction)},
                                 {"registration", to_json(registration)},
                                 {"scan", fs::path(options.scan).filename().string()},
                                 {"model", fs::path(options.model).filename().string()}};
  write_text(folder / "prediction.json", json.dump(1) + "\n");
  report.title = "Interface of " + fs::path(options.scan).filename().string();
  report.subtitle = fmt::format("{}, read with {}", scan->info().format, fs::path(options.model).filename().string());
  report.prediction = prediction;
  report.scan = scan.get();
  report.provenance["registration"] = json["registration"];
  report.provenance["scan"] = scan->info().provenance;
  report.provenance["model"] = model.record;
  report.provenance["program"] = "terrace " TERRACE_VERSION;
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
  add_settings_options(app, options->overrides, "Instead of what the file says (the unit is in the name)");
  add_settings_options(app, options->registration, "Registration by hand (each is measured where not given)");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
