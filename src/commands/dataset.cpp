// dataset: a recipe in, a labelled data set out.
#include <fmt/format.h>

#include <cstdio>

#include "commands/command.h"
#include "commands/data_set_page.h"
#include "commands/launch.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/error.h"
#include "dataset/data_set_cost.h"
#include "dataset/generate.h"
#include "dataset/seam.h"

namespace terrace {
namespace {

struct Options {
  std::string recipe, folder, part = "1/1";
  int threads = 1;
  double max_memory_gb = 0;
  bool dry_run = false, single_slice = false, list_settings = false, remake_damaged = false;
};

Part part_of(const std::string& text) {
  Part part;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%7d/%7d%c", &part.index, &part.count, &rest) != 2 || part.index < 1 ||
      part.count < part.index)
    throw InputError(
        fmt::format("--part {} names no part of a whole. Write 3/16 for the third of sixteen parts.", text));
  --part.index;
  return part;
}

std::string text_of(const Workers& workers) {
  const auto threads = fmt::format("{} threads", workers.threads);
  return workers.ranks > 1 ? fmt::format("{} ranks of {}", workers.ranks, threads) : threads;
}

void print_cost(const Recipe& recipe, const DataSetCost& cost, const Workers& workers) {
  fmt::print("recipe '{}' ({}): {} samples in {} families, seed {}\n", recipe.study.name, recipe_hash(recipe),
             cost.samples, cost.families, recipe.study.seed);
  fmt::print("engine: {} ({}), {} kernels\n", name_of(cost.engine.engine), cost.engine.reason,
             name_of(best_instruction_set()));
  fmt::print(
      "estimate: {} on {}, {:.2f} GB of disk, {:.3f} GB of memory{}; sharing equal beginnings saves {:.1f} times\n",
      duration_text(cost.seconds), text_of(workers), cost.disk_bytes / 1e9, cost.memory_bytes / 1e9,
      workers.ranks > 1 ? " for each rank" : "", cost.sharing);
}

void print_settings() {
  fmt::print(
      "[study]\n{}[content]\n{}[ranges]\n{}[held_out.NAME] (families, how many the set holds, and those of [ranges] in "
      "which it differs)\n[detection] (drawn anew whenever a sample is shown)\n{}[window]\n{}[rules]\n{}[grid]\n{}"
      "[substrate]\n{}[film] (the same keys; LaAlO3 by default)\n[microscope]\n{}[sampling]\n{}",
      settings_help<Study>(), settings_help<FamilyContent>(), settings_help<Ranges>(), settings_help<DetectionRanges>(),
      settings_help<Window>(), settings_help<LabelRules>(), settings_help<StandardGrid>(), settings_help<Perovskite>(),
      settings_help<Microscope>(), settings_help<Sampling>());
}

void check_window(const Recipe& recipe) {
  const double share = seam_share(recipe);
  fmt::print("window: at worst {:.1f} % of the beam crosses its seam\n", 100 * share);
  check_seam(recipe, share);
}

/// Says what it will cost, and makes the folder. Throws before anything is written.
void prepare(const Options& options, const Recipe& recipe, const Workers& workers) {
  if (!options.single_slice) {
    const auto cost = cost_of(recipe, workers);
    print_cost(recipe, cost, workers);
    check_window(recipe);
    std::fflush(stdout);  // before the progress, in a file too
    check_memory(cost.memory_bytes, options.max_memory_gb, "Use fewer threads or families_per_shard");
  }
  if (!options.dry_run) make_folder(options.folder);
}

void make(const Options& options, const Recipe& recipe, const Workers& workers, const Ranks& ranks) {
  ProgressBar bar;
  const auto lacking = generate(recipe, options.folder,
                                {.threads = workers.threads,
                                 .passage = options.single_slice ? Passage::single_slice : Passage::multislice,
                                 .part = workers.part,
                                 .damaged = options.remake_damaged ? DamagedShards::remake : DamagedShards::refuse,
                                 .progress = bar.callback()},
                                ranks);
  if (!ranks.is_first()) return;
  if (lacking == 0) {
    write_data_set_page(options.folder);
    return fmt::print("data set: {}\n", options.folder);
  }
  fmt::print("part {} of the data set: {} ({} shards of other parts are still missing)\n", options.part, options.folder,
             lacking);
}

void run(const Options& options) {
  if (options.list_settings) return print_settings();
  if (options.recipe.empty() || (options.folder.empty() && !options.dry_run))
    throw InputError("dataset wants a RECIPE and -o FOLDER (--output). Try 'terrace dataset --help'.");
  const auto part = part_of(options.part);
  const Ranks ranks(launch_of_this_process());
  refuse_lost_ranks(ranks);
  const Workers workers{.threads = options.threads, .ranks = ranks.count(), .part = part};
  if (!ranks.is_first()) ranks.wait_for_all();  // until the first has found the recipe good
  const Recipe recipe = read_recipe(options.recipe);
  if (ranks.is_first()) {
    prepare(options, recipe, workers);
    ranks.wait_for_all();
  }
  if (!options.dry_run) make(options, recipe, workers, ranks);
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
  app.add_option("--part", options->part,
                 "make this part of the shards alone, 3/16 for the third of sixteen; the last to end completes the set")
      ->capture_default_str();
  app.add_flag("--remake-damaged", options->remake_damaged, "make damaged shards again instead of refusing them");
  add_threads_option(app, options->threads);
  app.callback([options] { run(*options); });
}

}  // namespace terrace
