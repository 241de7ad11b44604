#include "inversion/limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "core/averages.h"
#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"
#include "core/threads.h"
#include "dataset/bootstrap.h"
#include "inversion/limit_json.h"
#include "inversion/scores.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int families_counted = 2;

fs::path partial(const fs::path& path) { return path.string() + ".partial"; }

/// The judged samples that `path` holds for this question; empty where there is no such file or it answers another.
std::optional<std::vector<JudgedStructure>> judged_in(const fs::path& path, const Json& question,
                                                      const Exposure& exposure) {
  if (!fs::exists(path)) return std::nullopt;
  const auto json = Json::parse(read_text(path), nullptr, false);
  for (const auto& [key, value] : question.items())
    if (!json.is_object() || json.value(key, Json()) != value) return std::nullopt;
  return judged_from_json(json, exposure);
}

/// From an unfinished file, which must not be another's, or a finished one.
std::vector<JudgedStructure> judged_before(const fs::path& path, const Json& question, const Exposure& exposure) {
  auto unfinished = judged_in(partial(path), question, exposure);
  if (!unfinished && fs::exists(partial(path)))
    throw InputError(
        fmt::format("'{}' answers another request (recipe, doses or samples differ). Delete it, or choose "
                    "another output.",
                    partial(path).string()));
  if (!unfinished) unfinished = judged_in(path, question, exposure);
  return unfinished.value_or(std::vector<JudgedStructure>());
}

/// Steps near a surface need a hundred times the dose of others, so that a mean would say nothing of either.
double median_at(const std::vector<double>& values, std::span<const std::int64_t> places) {
  std::vector<double> chosen;
  for (const auto place : places) chosen.push_back(values[place]);
  return median(std::move(chosen));
}

std::vector<Measure> means(const std::vector<JudgedStructure>& judged, const std::vector<LimitMeasure>& measures,
                           const std::function<const std::map<std::string, double>&(const JudgedStructure&)>& scores) {
  std::vector<Measure> result;
  for (const auto& [name, meaning] : measures) {
    std::vector<Contribution> contributions;
    for (const auto& one : judged)
      if (const auto found = scores(one).find(name); found != scores(one).end())
        contributions.push_back({{one.family, one.structure}, found->second});
    if (!contributions.empty()) result.push_back(mean_over_families(name, meaning, contributions));
  }
  return result;
}

/// The families in work: each that ends joins the file.
class Judging {
 public:
  Judging(const Recipe& recipe, const LimitRequest& request, const fs::path& path, const Progress& progress)
      : recipe_(recipe),
        request_(request),
        path_(path),
        progress_(progress),
        families_(recipe.families_of(request.split, request.families)) {
    const std::set<std::int64_t> wanted(families_.begin(), families_.end());
    judged_ = judged_before(path, question_json(recipe, request), request.exposure);
    std::erase_if(judged_, [&](const auto& one) { return !wanted.contains(one.family); });
  }

  void run(int threads) {
    std::set<std::int64_t> done;
    for (const auto& one : judged_) done.insert(one.family);
    std::vector<std::int64_t> missing;
    for (const auto family : families_)
      if (!done.contains(family)) missing.push_back(family);
    done_ = std::ssize(families_) - std::ssize(missing);
    const int workers = std::max(1, std::min<int>(threads, static_cast<int>(missing.size())));
    parallel_for(std::ssize(missing), workers, [&](std::int64_t i) { judge(missing[i], threads / workers); });
    write_json(path_, limit_json(recipe_, request_, judged_));
    fs::remove(partial(path_));
  }

 private:
  void judge(std::int64_t family, int threads) {
    const auto report = [&](std::string_view, std::int64_t done, std::int64_t) {
      std::lock_guard lock(mutex_);
      positions_in_work_[family] = done;
      show();
    };
    const auto more = judge_family(recipe_, family, request_.subset, request_.exposure, threads, report);
    std::lock_guard lock(mutex_);
    judged_.insert(judged_.end(), more.begin(), more.end());
    std::ranges::sort(judged_, {}, &JudgedStructure::index);
    write_json(partial(path_), limit_json(recipe_, request_, judged_));
    positions_in_work_.erase(family);
    ++done_;
    show();
  }

  void show() const {
    if (!progress_) return;
    const std::int64_t each = recipe_.grid.positions();
    std::int64_t done = done_ * each;
    for (const auto& [family, positions] : positions_in_work_) done += positions;
    progress_("judging positions", done, std::ssize(families_) * each);
  }

  const Recipe& recipe_;
  const LimitRequest& request_;
  const fs::path& path_;
  const Progress& progress_;
  std::vector<std::int64_t> families_;
  std::vector<JudgedStructure> judged_;
  std::int64_t done_ = 0;
  std::map<std::int64_t, std::int64_t> positions_in_work_;  // of each family
  std::mutex mutex_;
};

}  // namespace

LimitCost cost_of_limit(const Recipe& recipe, const LimitRequest& request, int threads) {
  const auto families = recipe.families_of(request.split, request.families);
  const int workers = std::min<int>(threads, static_cast<int>(families.size()));
  const int counted = std::min<int>(families_counted, static_cast<int>(families.size()));
  LimitCost cost{.families = static_cast<int>(families.size())};
  for (int i = 0; i < counted; ++i) {
    const auto work = work_of_family(recipe, families[i], request.subset, threads / workers);
    cost.samples += 1.0 * work.samples / counted;
    cost.hypotheses += 1.0 * work.hypotheses / counted;
    cost.seconds += work.seconds / counted * cost.families / workers;
    cost.memory_bytes = std::max(cost.memory_bytes, program_bytes + workers * (work.memory_bytes - program_bytes));
    if (work.samples > 0) cost.engine = work.engine;
  }
  if (cost.samples == 0)
    throw InputError(
        fmt::format("No sample of the first families of '{}' can be judged exactly (rough samples with "
                    "their virtual-crystal twins and abrupt ones can). Lower content.random_cation_share.",
                    request.split));
  cost.seconds *= slowness_of_this_machine();
  return cost;
}

void write_limit(const Recipe& recipe, const LimitRequest& request, const fs::path& path, int threads,
                 const Progress& progress) {
  Judging(recipe, request, path, progress).run(threads);
}

std::vector<Measure> limit_at(const std::vector<JudgedStructure>& judged, int dose) {
  return means(
      judged, limit_measures(), [&](const auto& one) -> const auto& { return one.scores[dose]; });
}

std::vector<Measure> settling_doses(const std::vector<JudgedStructure>& judged) {
  std::vector<Measure> result;
  for (const auto& [name, meaning] : settling_measures()) {
    std::vector<Evidence> evidence;
    std::vector<double> electrons;
    for (const auto& one : judged) {
      const auto found = one.settling_electrons.find(name);
      if (found == one.settling_electrons.end()) continue;
      evidence.push_back({one.family, one.structure});
      electrons.push_back(found->second);
    }
    const auto middle = [&](std::span<const std::int64_t> drawn) { return median_at(electrons, drawn); };
    if (!electrons.empty()) result.push_back(statistic_over_families(name, meaning, evidence, middle));
  }
  return result;
}

}  // namespace terrace
