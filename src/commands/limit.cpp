// limit: a recipe in; what the best possible reader would score on it out.
#include "inversion/limit.h"

#include <fmt/format.h>

#include <cstdio>

#include "commands/command.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/subset_options.h"
#include "core/error.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, output;
  LimitRequest request;
  int threads = 1;
  double max_memory_gb = 0;
  bool dry_run = false, thickness_known = false;
};

void print_cost(const Recipe& recipe, const LimitCost& cost, int threads) {
  fmt::print("recipe '{}' ({}): {} families, {:.0f} samples and {:.0f} patterned structures in each\n",
             recipe.study.name, recipe_hash(recipe), cost.families, cost.samples, cost.hypotheses);
  fmt::print("engine: {} ({}), {} kernels\n", name_of(cost.engine.engine), cost.engine.reason,
             name_of(best_instruction_set()));
  fmt::print("estimate: {} on {} threads, {:.3f} GB of memory\n", duration_text(cost.seconds), threads,
             cost.memory_bytes / 1e9);
}

void run(Options options) {
  if (options.output.empty() && !options.dry_run)
    throw InputError("limit wants -o FILE (--output). Try 'terrace limit --help'.");
  if (options.thickness_known) options.request.subset.thickness = ThicknessKnowledge::exact;
  const Recipe recipe = read_recipe(options.recipe);
  const auto cost = cost_of_limit(recipe, options.request, options.threads);
  print_cost(recipe, cost, options.threads);
  std::fflush(stdout);  // before the progress, in a file too
  check_memory(cost.memory_bytes, options.max_memory_gb, "Use fewer threads or --pairs");
  if (options.dry_run) return;
  make_place_for(options.output);
  ProgressBar bar;
  write_limit(recipe, options.request, options.output, options.threads, bar.callback());
  fmt::print("limit: {}\n", options.output);
}

}  // namespace

void add_limit(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto& request = options->request;
  app.add_option("RECIPE", options->recipe, "the study, a TOML file")->required();
  app.add_option("-o,--output", options->output, "limit.json to write; a run that was cut short goes on there");
  add_families_options(app, request.families, request.split);
  app.add_option("--pairs", request.subset.pairs_per_family, "pairs of rough and diffuse twins to judge in each")
      ->check(CLI::Range(0, 10000).description(""))
      ->capture_default_str();
  app.add_option("--abrupt", request.subset.abrupt_per_family, "abrupt samples to judge in each")
      ->check(CLI::Range(0, 10000).description(""))
      ->capture_default_str();
  add_doses_option(app, request.exposure.electrons_per_pattern, 1e-6);
  app.add_option("--draws", request.exposure.draws, "draws of the counts for each sample and dose")
      ->check(CLI::Range(1, 100000).description(""))
      ->capture_default_str();
  app.add_flag("--thickness-known", options->thickness_known,
               "the true thickness is known, not only the recipe's measured one");
  app.add_flag("--dry-run", options->dry_run, "say what it costs in time and memory, and stop");
  add_memory_option(app, options->max_memory_gb);
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
