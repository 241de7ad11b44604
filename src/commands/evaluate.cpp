// evaluate: a model and a data set in, its figures on families that it never saw out.
#include <fmt/format.h>

#include <filesystem>

#include "commands/command.h"
#include "commands/evaluation_report.h"
#include "commands/evaluation_tables.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/text_file.h"
#include "learning/baselines.h"
#include "learning/evaluation.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model, data, output, single_slice;
  int threads = 1;
  bool other_recipe = false;
};

/// The proof that nothing but the order of atoms tells twins apart: at chance on projected specimens.
Measure single_slice_twins(const Options& options, const Progress& progress) {
  const DataSet flat(options.single_slice);
  auto settings = twin_classifier_settings();
  settings.threads = options.threads;
  auto measure = twin_classifier_accuracy(*source_of(flat), settings, progress);
  measure.name = "twins_in_a_single_slice";
  measure.meaning = "rough against matched diffuse where every specimen is projected into one slice: chance is 0.5";
  return measure;
}

EvaluationSettings settings_of(const Options& options) {
  return {.threads = options.threads,
          .other_recipes = options.other_recipe ? OtherRecipes::allowed : OtherRecipes::refused};
}

void run(const Options& options) {
  const auto model = Model::load(options.model);
  const DataSet data(options.data);
  const fs::path folder = options.output;
  make_folder(folder);
  ProgressBar bar;
  auto evaluation = evaluate(model, data, settings_of(options), bar.callback());
  if (!options.single_slice.empty()) evaluation.measures.push_back(single_slice_twins(options, bar.callback()));
  print_measures(evaluation.measures);
  print_doses(evaluation);
  print_held_out(evaluation);

  auto json = to_json(evaluation);
  json["learning_curve"] = model.record.value("learning_curve", nlohmann::ordered_json::array());
  write_text(folder / "evaluation.json", json.dump(1) + "\n");
  ReportContent report;
  report.title = "Evaluation of " + fs::path(options.model).filename().string();
  add_evaluation(json, report);
  add_twins(data, report);
  write_report(report, folder / "evaluation.html");
  fmt::print("figures: {}\nreport: {}\n", (folder / "evaluation.json").string(), (folder / "evaluation.html").string());
}

}  // namespace

void add_evaluate(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "model file that 'terrace train' wrote")->required();
  app.add_option("DATA", options->data, "data set, a folder that 'terrace dataset' wrote; its test families are used")
      ->required();
  app.add_option("-o,--output", options->output, "folder for evaluation.json and evaluation.html")->required();
  app.add_option(
      "--single-slice", options->single_slice,
      "the same recipe made with 'terrace dataset --single-slice': shows that its twins cannot be told apart");
  app.add_flag("--other-recipe", options->other_recipe,
               "judge the model on data of another recipe than it learnt from; the record says so");
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
