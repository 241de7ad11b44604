// evaluate: a model and a data set in, its figures on families that it never saw out.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "commands/command.h"
#include "commands/evaluation_report.h"
#include "commands/evaluation_tables.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"
#include "learning/baselines.h"
#include "learning/evaluation.h"
#include "learning/sanity.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
  std::string model, data, output, single_slice, limit;
  int threads = 1;
  bool other_recipe = false, sanity = false;
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

/// Networks that must fail, as a block of their own.
Json sanity_of(const Options& options, const DataSet& data, const Progress& progress) {
  auto settings = sanity_settings();
  settings.threads = options.threads;
  const auto measures = sanity_measures(*source_of(data), settings, progress);
  fmt::print("\n");
  print_measures(measures);
  return to_json(measures);
}

/// What 'terrace limit' wrote about the same recipe; null where none was given.
Json limit_of(const Options& options, const DataSet& data) {
  if (options.limit.empty()) return {};
  const auto json = Json::parse(read_text(options.limit), nullptr, false);
  if (!json.is_object() || json.value("format", "") != "terrace limit")
    throw FileError(fmt::format("'{}' is no file of 'terrace limit', or damaged.", options.limit));
  if (json.value("recipe_hash", "") != recipe_hash_of(data.manifest()))
    throw InputError(fmt::format("'{}' tells the limit of another recipe than that of '{}'. Run 'terrace limit' on it?",
                                 options.limit, options.data));
  return json;
}

EvaluationSettings settings_of(const Options& options, const Json& limit) {
  EvaluationSettings settings{.threads = options.threads};
  if (options.other_recipe) settings.other_recipes = OtherRecipes::allowed;
  if (limit.is_object()) settings.limit_samples = limit.value("samples", std::vector<std::int64_t>());
  return settings;
}

void run(const Options& options) {
  const auto model = Model::load(options.model);
  const DataSet data(options.data);
  const auto limit = limit_of(options, data);
  const fs::path folder = options.output;
  make_folder(folder);
  ProgressBar bar;
  auto evaluation = evaluate(model, data, settings_of(options, limit), bar.callback());
  if (!options.single_slice.empty()) evaluation.measures.push_back(single_slice_twins(options, bar.callback()));
  print_measures(evaluation.measures);
  print_doses(evaluation);
  print_held_out(evaluation);
  std::fflush(stdout);  // before more progress

  auto json = to_json(evaluation);
  if (options.sanity) json["sanity"] = sanity_of(options, data, bar.callback());
  if (limit.is_object()) {
    json["exact"] = limit.at("exact");
    json["exact_thickness"] = limit.value("thickness", "known within the recipe's error");
  }
  json["learning_curve"] = model.record.value("learning_curve", Json::array());
  write_json(folder / "evaluation.json", json);
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
  app.add_option("--limit", options->limit,
                 "what 'terrace limit' wrote about the same recipe: its figures stand beside the model's on the same "
                 "samples");
  app.add_flag("--sanity", options->sanity,
               "train two small networks that must fail on twins: one sees sums of patterns alone, one learns shuffled "
               "labels");
  app.add_flag("--other-recipe", options->other_recipe,
               "judge the model on data of another recipe than it learnt from; the record says so");
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
