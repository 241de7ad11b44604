#include "learning/member_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "dataset/depth_distribution.h"
#include "learning/trainer.h"

namespace terrace {
namespace {

constexpr int validation_batch = 256;

template <class T>
std::vector<const T*> pointers(const std::vector<T>& all) {
  std::vector<const T*> result;
  for (const auto& one : all) result.push_back(&one);
  return result;
}

std::vector<std::int64_t> shuffled(std::int64_t count, Random random) {
  std::vector<std::int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  for (auto i = count - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  return order;
}

LossWeights loss_weights(const TrainingSettings& settings) {
  LossWeights weights;
  weights.interface_class = settings.class_weight;
  weights.direction = settings.direction_weight;
  weights.thickness = settings.thickness_weight;
  return weights;
}

/// A member while it learns.
struct Learner {
  int member;
  Network network;
  Trainer trainer;
  int next_epoch = 0, best_epoch = -1;
  double best_loss = INFINITY;
  TensorFile best;

  Learner(const TrainingRun& run, int member)
      : member(member),
        network(run.shape, stable_hash(&member, sizeof member, run.settings.seed)),
        trainer(network, {.weight_decay = run.settings.weight_decay,
                          .threads = run.settings.threads,
                          .weights = loss_weights(run.settings)}) {}
};

// How much of the run is over: by epochs, or by time where that is sooner.
double progress_of(const TrainingRun& run, int member, double epochs_done) {
  const double by_epochs = epochs_done / run.settings.epochs;
  if (run.settings.time_limit_minutes <= 0) return by_epochs;
  const double share = 60 * run.settings.time_limit_minutes / run.settings.members;
  const double seconds = of_first_rank(run.seconds(), run.hooks.ranks);
  return std::max(by_epochs, (seconds - member * share) / share);
}

double learn_one_epoch(const TrainingRun& run, Learner& learner, double& rate) {
  const auto& settings = run.settings;
  const auto order =
      shuffled(run.training.size(),
               Random(settings.seed, {0x6f72646572, std::uint64_t(learner.member), std::uint64_t(learner.next_epoch)}));
  double sum = 0;
  for (std::int64_t first = 0; first < run.training.size(); first += settings.batch) {
    const auto count = std::min<std::int64_t>(settings.batch, run.training.size() - first);
    const auto share = share_of(count, run.hooks.ranks);
    const auto features = make_features(share.size, settings.threads, [&](std::int64_t i) {
      return run.training.varied(order[first + share.first + i], learner.member, learner.next_epoch);
    });
    std::vector<Target> targets;
    for (std::int64_t i = 0; i < count; ++i)
      targets.push_back(run.training.target_of_varied(order[first + i], learner.member, learner.next_epoch));
    const double done = learner.next_epoch + static_cast<double>(first) / run.training.size();
    rate = settings.learning_rate * learning_rate_share(progress_of(run, learner.member, done));
    const double loss = learner.trainer.step(pointers(features), pointers(targets), rate);
    if (!std::isfinite(loss))
      throw InputError(fmt::format("The loss is no longer a number in epoch {}. Try a learning_rate below {}.",
                                   learner.next_epoch + 1, settings.learning_rate));
    sum += loss * count;
  }
  return sum / run.training.size();
}

void validate(const TrainingRun& run, const Learner& learner, EpochReport& report) {
  const auto& table = run.validation;
  double loss = 0, right = 0, steps = 0, near = 0;
  for (std::int64_t first = 0; first < table.size(); first += validation_batch) {
    const auto count = std::min<std::int64_t>(validation_batch, table.size() - first);
    const auto features =
        make_features(count, run.settings.threads, [&](std::int64_t i) { return table.plain(first + i); });
    std::vector<const Target*> targets;
    for (std::int64_t i = 0; i < count; ++i) targets.push_back(&table.target(first + i));
    loss += loss_of(learner.network, pointers(features), targets, loss_weights(run.settings)) * count;
    const auto outputs = learner.network.forward(pointers(features), run.settings.threads);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto answer = combine(std::span(&outputs[i], 1), {});
      const auto& labels = table.labels(first + i);
      const auto found = std::ranges::max_element(answer.class_probability) - answer.class_probability.begin();
      right += found == static_cast<int>(labels.interface_class);
      if (!has_single_step(labels)) continue;
      ++steps;
      near += std::abs(std::round(depth_quantile(answer.depth_probability, 0.5)) - labels.step_depth_cells) < 1.5;
    }
  }
  report.validation_loss = of_first_rank(loss / table.size(), run.hooks.ranks);
  report.class_accuracy = right / table.size();
  report.within_one_cell = steps > 0 ? near / steps : 0;
}

void save_checkpoint(const TrainingRun& run, const TrainingState& state, const Learner* learner) {
  if (run.hooks.checkpoint.empty() || !is_first(run.hooks.ranks)) return;
  TensorFile file;
  file.record = {{"identity", run.identity}, {"finished", state.finished.size()}, {"seconds", run.seconds()}};
  for (const auto& report : state.curve) file.record["curve"].push_back(to_json(report));
  for (std::size_t i = 0; i < state.finished.size(); ++i)
    state.finished[i].add_weights(fmt::format("finished{}.", i), file);
  if (learner) {
    learner->network.add_weights("now.", file);
    learner->trainer.add_state("moments.", file);
    for (const auto& [name, tensor] : learner->best.tensors) file.tensors[name] = tensor;
    file.record["next_epoch"] = learner->next_epoch;
    file.record["best_epoch"] = learner->best_epoch;
    file.record["best_loss"] = learner->best_loss;
  }
  write_tensor_file(file, "checkpoint", run.hooks.checkpoint);
}

void resume(const TensorFile& file, Learner& learner) {
  if (!file.record.contains("next_epoch")) return;
  learner.network.set_weights("now.", file);
  learner.trainer.set_state("moments.", file);
  for (const auto& [name, tensor] : file.tensors)
    if (name.starts_with("best.")) learner.best.tensors[name] = tensor;
  learner.next_epoch = file.record.at("next_epoch").get<int>();
  learner.best_epoch = file.record.at("best_epoch").get<int>();
  learner.best_loss = file.record.at("best_loss").get<double>();
}

void keep_if_best(Learner& learner, const EpochReport& report) {
  if (!(report.validation_loss < learner.best_loss)) return;
  learner.best_loss = report.validation_loss;
  learner.best_epoch = learner.next_epoch;
  learner.network.add_weights("best.", learner.best);
  // As the model file stores them, so that what is calibrated is what is read again.
  for (auto& [name, tensor] : learner.best.tensors) round_to_half(tensor);
}

bool is_over(const TrainingRun& run, const Learner& learner) {
  if (progress_of(run, learner.member, learner.next_epoch) >= 1) return learner.next_epoch > 0;
  return run.settings.patience > 0 && learner.next_epoch - learner.best_epoch > run.settings.patience;
}

EpochReport run_epoch(const TrainingRun& run, Learner& learner) {
  EpochReport report{.member = learner.member, .epoch = learner.next_epoch + 1, .epochs = run.settings.epochs};
  report.training_loss = learn_one_epoch(run, learner, report.learning_rate);
  validate(run, learner, report);
  report.seconds = run.seconds();
  return report;
}

}  // namespace

double TrainingRun::seconds() const {
  return seconds_before + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void train_member(TrainingRun& run, TrainingState& state, const TensorFile* checkpoint) {
  Learner learner(run, static_cast<int>(state.finished.size()));
  learner.trainer.share_with(run.hooks.ranks);
  if (checkpoint) resume(*checkpoint, learner);
  refuse_disagreement(learner.next_epoch, run.hooks.ranks,
                      fmt::format("Not all ranks see the checkpoint '{}' as the first one does. Is it on a file system "
                                  "that all machines share?",
                                  run.hooks.checkpoint.string()));
  while (!is_over(run, learner)) {
    const auto report = run_epoch(run, learner);
    state.curve.push_back(report);
    keep_if_best(learner, report);
    ++learner.next_epoch;
    if (run.hooks.on_epoch) run.hooks.on_epoch(report);
    save_checkpoint(run, state, &learner);
  }
  state.finished.emplace_back(run.shape, 0);
  state.finished.back().set_weights("best.", learner.best);
  save_checkpoint(run, state, nullptr);
}

std::unique_ptr<TensorFile> open_checkpoint(TrainingRun& run, TrainingState& state) {
  const auto& path = run.hooks.checkpoint;
  if (path.empty() || !std::filesystem::exists(path)) return nullptr;
  auto file = std::make_unique<TensorFile>(read_tensor_file(path, "checkpoint"));
  if (file->record.at("identity") != run.identity)
    throw InputError(fmt::format(
        "'{}' was left by a training on other data or with other settings. Delete it, or train with those settings.",
        path.string()));
  for (int i = 0; i < file->record.at("finished").get<int>(); ++i) {
    state.finished.emplace_back(run.shape, 0);
    state.finished.back().set_weights(fmt::format("finished{}.", i), *file);
  }
  if (file->record.contains("curve"))
    for (const auto& json : file->record.at("curve")) state.curve.push_back(epoch_report_from_json(json));
  run.seconds_before = file->record.at("seconds").get<double>();
  return file;
}

}  // namespace terrace
