// trials: a recipe in; how often the inversion is right on its simulated scans out, beside the bound.
#include "inversion/trials.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>

#include "commands/command.h"
#include "commands/launch.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/text_file.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, truth, output;
  TrialsRequest request;
  int threads = 1;
};

void print_measures(const nlohmann::ordered_json& json) {
  for (const auto& at_dose : json.at("measures")) {
    fmt::print("{:g} electrons a pattern:\n", at_dose.at("electrons_per_pattern").get<double>());
    for (const auto& m : at_dose.at("measures"))
      fmt::print("  {:<26} {:8.3f} ({:.3f} … {:.3f}), n = {}: {}\n", m.at("name").get<std::string>(),
                 m.at("value").get<double>(), m.at("low").get<double>(), m.at("high").get<double>(),
                 m.at("n").get<long>(), m.at("meaning").get<std::string>());
  }
}

void print_cost(const Recipe& recipe, const Options& options, int ranks) {
  const auto& request = options.request;
  fmt::print("recipe '{}' ({}): {} families, {} structures of each, at {} doses: about {} on {} x {} threads\n",
             recipe.study.name, recipe_hash(recipe), request.families, request.samples,
             request.electrons_per_pattern.size(),
             duration_text(usual_seconds(recipe, request, options.threads) / ranks), ranks, options.threads);
  std::fflush(stdout);  // before the progress, in a file too
}

void run(const Options& options) {
  const Ranks ranks(launch_of_this_process());
  refuse_lost_ranks(ranks);
  const Recipe recipe = read_recipe(options.recipe);
  if (ranks.is_first()) print_cost(recipe, options, ranks.count());
  const auto other = options.truth.empty() ? std::optional<Recipe>() : read_recipe(options.truth);
  make_place_for(options.output);
  ProgressBar bar;
  write_trials({other ? *other : recipe, recipe}, options.request, options.output, ranks, options.threads,
               ranks.is_first() ? bar.callback() : Progress());
  if (!ranks.is_first()) return;
  print_measures(nlohmann::ordered_json::parse(read_text(options.output)));
  fmt::print("trials: {}\n", options.output);
}

}  // namespace

void add_trials(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto& request = options->request;
  app.add_option("RECIPE", options->recipe, "the study whose structures and circumstances are drawn, a TOML file")
      ->required();
  app.add_option(
      "--truth", options->truth,
      "draw and simulate scans by this recipe instead, so that the inversion's model is not the truth; same [grid]");
  app.add_option(
         "-o,--output", options->output,
         "JSON file to write; what is done stands in the folder FILE.parts, where a run that was cut short goes on")
      ->required();
  app.add_option("--families", request.families, "families to try, the first of the split")
      ->check(CLI::Range(1, 1000000).description(""))
      ->capture_default_str();
  app.add_option("--split", request.split, "which families: test, or a held-out set of the recipe")
      ->capture_default_str();
  app.add_option("--samples", request.samples,
                 "structures of each family, in the order of the recipe: a step and its matched twin come first")
      ->check(CLI::Range(1, 10000).description(""))
      ->capture_default_str();
  app.add_option("--doses", request.electrons_per_pattern, "electrons per pattern of the standard grid")
      ->delimiter(',')
      ->check(CLI::Range(1.0, 1e9).description(""))
      ->capture_default_str();
  app.add_option("--two-step-depths", request.effort.two_step_depths,
                 "first depths at which pairs of steps are tried; 0 tries none")
      ->check(CLI::Range(0, 1000).description(""))
      ->capture_default_str();
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
