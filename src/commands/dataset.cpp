// dataset: a recipe in, a labelled data set out.
#include <fmt/format.h>

#include <cstdio>

#include "commands/command.h"
#include "commands/data_set_page.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/error.h"
#include "dataset/generate.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, folder;
  int threads = 1;
  double max_memory_gb = 0;
  bool dry_run = false, single_slice = false, list_settings = false;
};

void print_cost(const Recipe& recipe, const DataSetCost& cost, int threads) {
  fmt::print("recipe '{}' ({}): {} samples in {} families, seed {}\n", recipe.study.name, recipe_hash(recipe),
             cost.samples, cost.families, recipe.study.seed);
  fmt::print("engine: {} ({}), {} kernels\n", name_of(cost.engine.engine), cost.engine.reason,
             name_of(best_instruction_set()));
  fmt::print(
      "estimate: {} on {} threads, {:.2f} GB of disk, {:.3f} GB of memory; sharing equal beginnings saves "
      "{:.1f} times\n",
      duration_text(cost.seconds), threads, cost.disk_bytes / 1e9, cost.memory_bytes / 1e9, cost.sharing);
}

void print_settings() {
  fmt::print(
      "[study]\n{}[content]\n{}[ranges]\n{}[window]\n{}[rules]\n{}[grid]\n{}[substrate]\n{}[film] (the same "
      "keys; LaAlO3 by default)\n[microscope]\n{}[sampling]\n{}",
      settings_help<Study>(), settings_help<FamilyContent>(), settings_help<Ranges>(), settings_help<Window>(),
      settings_help<LabelRules>(), settings_help<StandardGrid>(), settings_help<Perovskite>(),
      settings_help<Microscope>(), settings_help<Sampling>());
}

void run(const Options& options) {
  if (options.list_settings) return print_settings();
  if (options.recipe.empty() || (options.folder.empty() && !options.dry_run))
    throw InputError("dataset wants a RECIPE and -o FOLDER (--output). Try 'terrace dataset --help'.");
  const Recipe recipe = read_recipe(options.recipe);
  if (!options.single_slice) {
    const auto cost = cost_of(recipe, options.threads);
    print_cost(recipe, cost, options.threads);
    std::fflush(stdout);  // before the progress, in a file too
    check_memory(cost.memory_bytes, options.max_memory_gb, "Use fewer threads or families_per_shard");
  }
  if (options.dry_run) return;
  make_folder(options.folder);
  ProgressBar bar;
  generate(recipe, options.folder, options.threads, options.single_slice ? Passage::single_slice : Passage::multislice,
           bar.callback());
  write_data_set_page(options.folder);
  fmt::print("data set: {}\n", options.folder);
}

}  // namespace

void add_dataset(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("RECIPE", options->recipe, "the study, a TOML file (recipes/ holds some; --settings lists the keys)");
  app.add_option("-o,--output", options->folder, "folder for the data set; a run that was cut short goes on there");
  add_memory_option(app, options->max_memory_gb);
  app.add_flag("--dry-run", options->dry_run, "say what it costs in time, disk and memory, and stop");
  app.add_flag("--settings", options->list_settings, "list every key of a recipe with default and range, and stop");
  app.add_flag("--single-slice", options->single_slice,
               "project every specimen into one slice: patterns that know nothing of the order of atoms");
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
