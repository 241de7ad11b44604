// train: a labelled data set in, a model file out.
#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <filesystem>

#include "commands/command.h"
#include "commands/launch.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "core/error.h"
#include "learning/training.h"

namespace terrace {
namespace {

struct Options {
  std::string data, output, settings;
  int threads = 1, epochs = 0;
  double minutes = 0;
  bool list_settings = false, threads_given = false;
};

/// Every step wants the same large arrays anew: to return them to the system in between costs up to a tenth of the
/// time: 9 to 17 s of the system's for 2, beside 100 of the user's. All three limits are needed.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

TrainingSettings settings_of(const Options& options) {
  const auto config = options.settings.empty() ? Config() : read_config(options.settings);
  auto settings = read_settings<TrainingSettings>(config, "training");
  if (options.epochs > 0) settings.epochs = options.epochs;
  if (options.minutes > 0) settings.time_limit_minutes = options.minutes;
  const auto* table = config.find("training");
  if (options.threads_given || !table || !table->find("threads")) settings.threads = options.threads;
  return settings;
}

/// A line for every epoch of long ones, now and then for short ones, with the time that is left at most.
class EpochLines {
 public:
  explicit EpochLines(const TrainingSettings& settings) : settings_(settings) {}

  void print(const EpochReport& epoch) {
    const bool ends = epoch.epoch == 1 || epoch.epoch == epoch.epochs;
    if (!ends && epoch.seconds - printed_ < seconds_between) return;
    printed_ = epoch.seconds;
    const double epochs = epoch.epochs, done = epoch.member * epochs + epoch.epoch;
    double left = epoch.seconds * (settings_.members * epochs - done) / done;
    if (settings_.time_limit_minutes > 0) left = std::min(left, 60 * settings_.time_limit_minutes - epoch.seconds);
    fmt::print(
        "member {} epoch {:3} of {}: loss {:.3f} (training), {:.3f} (calibration families); class {:.1f} %, step "
        "within one cell {:.1f} %; {}{}\n",
        epoch.member + 1, epoch.epoch, epoch.epochs, epoch.training_loss, epoch.validation_loss,
        100 * epoch.class_accuracy, 100 * epoch.within_one_cell, duration_text(epoch.seconds),
        left > 0 ? ", " + duration_text(left) + " left" : "");
    std::fflush(stdout);
  }

 private:
  static constexpr double seconds_between = 10;
  TrainingSettings settings_;
  double printed_ = 0;
};

void print_work(const DataSet& data, const TrainingSettings& settings, const Ranks& ranks) {
  fmt::print("{} samples, {} epochs, {} network{}, {}{} threads\n", data.size(), settings.epochs, settings.members,
             settings.members == 1 ? "" : "s", ranks.count() > 1 ? fmt::format("{} ranks of ", ranks.count()) : "",
             settings.threads);
  std::fflush(stdout);
}

void run(const Options& options) {
  if (options.list_settings) {
    fmt::print("[training]\n{}", settings_help<TrainingSettings>());
    return;
  }
  if (options.data.empty() || options.output.empty())
    throw InputError("train wants DATA and -o FILE. Try 'terrace train --help'.");
  const Ranks ranks(launch_of_this_process());
  refuse_lost_ranks(ranks);
  if (!ranks.is_first()) ranks.wait_for_all();  // until the first has found settings, data and output good
  const auto settings = settings_of(options);
  const DataSet data(options.data);
  if (ranks.is_first()) {
    make_place_for(options.output);
    print_work(data, settings, ranks);
    ranks.wait_for_all();
  }
  keep_freed_memory();
  const std::filesystem::path checkpoint = options.output + ".checkpoint";
  ProgressBar bar;
  EpochLines lines(settings);
  TrainingHooks hooks{.checkpoint = checkpoint, .ranks = &ranks};
  if (ranks.is_first()) {
    hooks.progress = bar.callback();
    hooks.on_epoch = [&](const EpochReport& epoch) { lines.print(epoch); };
  }
  const auto model = train(data, settings, hooks);
  if (!ranks.is_first()) return;
  model.save(options.output);
  std::filesystem::remove(checkpoint);
  fmt::print("model: {} ({:.1f} MB)\n", options.output, std::filesystem::file_size(options.output) / 1e6);
}

}  // namespace

void add_train(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("DATA", options->data, "data set, a folder that 'terrace dataset' wrote");
  app.add_option("-o,--output", options->output,
                 "model file to write; a run that was cut short goes on from FILE.checkpoint");
  app.add_option("--config", options->settings, "TOML file with a [training] table (--settings lists its keys)");
  app.add_option("--epochs", options->epochs,
                 "passes over the training families, instead of the config's (60 by default)");
  app.add_option("--minutes", options->minutes,
                 "end no later than this many minutes; the result then depends on the machine's speed");
  app.add_flag("--settings", options->list_settings, "list every key of [training] with default and range, and stop");
  add_threads_option(app, options->threads);
  app.callback([options, &app] {
    options->threads_given = app.count("--threads") > 0;
    run(*options);
  });
}

}  // namespace terrace
