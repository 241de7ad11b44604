// dataset: a recipe in, a labelled data set out.
#include <fmt/format.h>

#include "commands/command.h"
#include "commands/progress_bar.h"
#include "dataset/generate.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, folder;
  int threads = 1;
  bool dry_run = false, single_slice = false;
};

void print_cost(const Recipe& recipe, const DataSetCost& cost, int threads) {
  fmt::print("recipe '{}' ({}): {} samples in {} families, seed {}\n", recipe.study.name, recipe_hash(recipe),
             cost.samples, cost.families, recipe.study.seed);
  fmt::print("estimate: {} on {} threads, {:.2f} GB of disk, {:.2f} GB of memory; sharing equal beginnings saves "
             "{:.1f} times\n",
             duration_text(cost.seconds), threads, cost.disk_bytes / 1e9, cost.memory_bytes / 1e9,
             cost.sharing);
}

void run(const Options& options) {
  const Recipe recipe = read_recipe(options.recipe);
  if (!options.single_slice) print_cost(recipe, cost_of(recipe, options.threads), options.threads);
  if (options.dry_run) return;
  ProgressBar bar;
  generate(recipe, options.folder, options.threads, options.single_slice ? Passage::single_slice : Passage::multislice,
           bar.callback());
  fmt::print("data set: {}\n", options.folder);
}

}  // namespace

void add_dataset(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("RECIPE", options->recipe, "the study, a TOML file (recipes/ holds some)")->required();
  app.add_option("-o,--output", options->folder, "folder of shards; a run that was cut short goes on there")->required();
  app.add_flag("--dry-run", options->dry_run, "print time, disk and memory, and stop");
  app.add_flag("--single-slice", options->single_slice,
               "project every specimen into one slice: patterns that know nothing of the order of atoms");
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
