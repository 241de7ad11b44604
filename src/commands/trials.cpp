// trials: a recipe in; how often the inversion is right on its simulated scans out, beside the bound.
#include "commands/trials.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>

#include "commands/launch.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/subset_options.h"
#include "inversion/trial_measures.h"
#include "inversion/trials.h"
#include "report/trials_section.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, truth, model, output, report;
  TrialsRequest request;
  int threads = 1;
  double max_memory_gb = 0;
};

void print_measures(const std::vector<TrialOutcome>& outcomes, const std::vector<double>& doses) {
  for (const double electrons : doses) {
    fmt::print("{:g} electrons a pattern:\n", electrons);
    for (const auto& m : measures_of(outcomes, electrons))
      fmt::print("  {:<40} {:8.3f} ({:.3f} … {:.3f}), n = {}: {}\n", m.name, m.value, m.low, m.high, m.n, m.meaning);
  }
}

void write_page(const TrialRecipes& recipes, const std::vector<TrialOutcome>& outcomes, const Options& options) {
  ReportContent page;
  page.title = "Trials of the inversion: " + recipes.truth.study.name;
  page.subtitle = "simulated scans of known truth";
  const auto& doses = options.request.electrons_per_pattern;
  page.sections = trials_sections(outcomes, doses, recipes.model.substrate.cell_angstrom / 10);
  page.provenance["recipe"] = to_json(recipes.model);
  if (!recipes.same()) page.provenance["recipe of the scans"] = to_json(recipes.truth);
  if (options.request.network) page.provenance["network"] = options.request.network->name;
  page.provenance["program"] = "terrace " TERRACE_VERSION;
  write_report(page, options.report);
}

void print_cost(const UsualCost& cost, const TrialRecipes& recipes, const Options& options, int ranks) {
  const auto& recipe = recipes.model;
  const auto& request = options.request;
  fmt::print(
      "recipe '{}' ({}): {} families, {} structures of each, at {} doses: about {} on {} x {} threads, {:.2g} GB of "
      "memory each\n",
      recipe.study.name, recipe_hash(recipe), recipes.truth.families_of(request.split, request.families).size(),
      request.samples, request.electrons_per_pattern.size(), duration_text(cost.seconds / ranks), ranks,
      options.threads, cost.bytes / 1e9);
  std::fflush(stdout);  // before the progress, in a file too
}

void run(Options options, OpenTrialNetwork open_network) {
  const Ranks ranks(launch_of_this_process());
  refuse_lost_ranks(ranks);
  const Recipe recipe = read_recipe(options.recipe);
  if (!options.model.empty()) options.request.network = open_network(options.model);
  const auto other = options.truth.empty() ? std::optional<Recipe>() : read_recipe(options.truth);
  const TrialRecipes recipes{other ? *other : recipe, recipe};
  const auto cost = usual_cost(recipes, options.request, options.threads);
  if (ranks.is_first()) print_cost(cost, recipes, options, ranks.count());
  check_memory(cost.bytes, options.max_memory_gb, "Use a recipe with a smaller window or thinner lamellae");
  make_places_for({options.output, options.report});
  ProgressBar bar;
  const auto outcomes = write_trials(recipes, options.request, options.output, ranks, options.threads,
                                     ranks.is_first() ? bar.callback() : Progress());
  if (!ranks.is_first()) return;
  print_measures(outcomes, options.request.electrons_per_pattern);
  fmt::print("trials: {}\n", options.output);
  if (options.report.empty()) return;
  write_page(recipes, outcomes, options);
  fmt::print("report: {}\n", options.report);
}

}  // namespace

void add_trials(CLI::App& app, OpenTrialNetwork open_network) {
  const auto options = std::make_shared<Options>();
  auto& request = options->request;
  app.add_option("RECIPE", options->recipe, "the study whose structures and circumstances are drawn, a TOML file")
      ->required();
  app.add_option(
      "--truth", options->truth,
      "draw and simulate scans by this recipe instead, so that the inversion's model is not the truth; same [grid]");
  app.add_option("--model", options->model,
                 "model file that 'terrace train' wrote: its network reads the same counts, to stand beside the "
                 "inversion; its [grid] has to be the recipe's");
  app.add_option(
         "-o,--output", options->output,
         "JSON file to write; what is done stands in the folder FILE.parts, where a run that was cut short goes on")
      ->required();
  app.add_option("--report", options->report,
                 "HTML page to write: the rates over dose and source size, beside the bound (and the network)");
  add_families_options(app, request.families, request.split);
  app.add_option("--samples", request.samples,
                 "structures of each family, in the order of the recipe: a step and its matched twin come first")
      ->check(CLI::Range(1, 10000).description(""))
      ->capture_default_str();
  add_doses_option(app, request.electrons_per_pattern, 1);
  app.add_option("--two-step-depths", request.effort.two_step_depths,
                 "first depths at which pairs of steps are tried; 0 tries none")
      ->check(CLI::Range(0, 1000).description(""))
      ->capture_default_str();
  add_threads_option(app, options->threads);
  add_memory_option(app, options->max_memory_gb);
  app.callback([options, open_network] { run(*options, open_network); });
}

}  // namespace terrace
