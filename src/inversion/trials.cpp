#include "inversion/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "core/error.h"
#include "core/text_file.h"
#include "dataset/bootstrap.h"
#include "dataset/depth_distribution.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using O = TrialOutcome;

/// A measure: what of an outcome it counts, nothing where it has no part.
struct Counted {
  const char* name;
  const char* meaning;
  std::function<std::optional<double>(const O&)> of;
};

bool is_rough(const O& o) { return o.truth == InterfaceClass::rough; }
bool has_one_step(const O& o) { return is_rough(o) && o.step_count == 1; }
bool is_pair(const O& o) { return o.bound_class >= 0; }

std::optional<double> when(bool has_part, double value) { return has_part ? std::optional(value) : std::nullopt; }

const std::vector<Counted>& counted() {
  static const std::vector<Counted> all = {
      {"class_accuracy", "share of structures whose class is answered",
       [](const O& o) { return when(true, o.answered == o.truth); }},
      {"rough_vs_twin", "share of steps and matched twins that are not answered as the other of the two",
       [](const O& o) {
         const auto other = is_rough(o) ? InterfaceClass::diffuse : InterfaceClass::rough;
         return when(is_pair(o), o.answered != other);
       }},
      {"rough_vs_twin_bound", "the best possible", [](const O& o) { return when(is_pair(o), o.bound_class); }},
      {"exact_cell", "share of single steps placed at their very cell",
       [](const O& o) { return when(has_one_step(o), o.found_depth_cells == o.depth_cells); }},
      {"exact_cell_bound", "the best possible",
       [](const O& o) { return when(has_one_step(o) && o.bound_exact >= 0, o.bound_exact); }},
      {"within_one_cell", "share of single steps placed to one cell",
       [](const O& o) { return when(has_one_step(o), std::abs(o.found_depth_cells - o.depth_cells) <= 1); }},
      {"depth_error_cells", "mean distance of the most probable cell from the truth, single steps",
       [](const O& o) { return when(has_one_step(o), std::abs(o.found_depth_cells - o.depth_cells)); }},
      {"direction", "share of single steps whose direction is right",
       [](const O& o) { return when(has_one_step(o), o.direction_right); }},
      {"thickness_within_one_cell", "share of thicknesses found to one cell",
       [](const O& o) { return when(true, std::abs(o.found_thickness_cells - o.thickness_cells) <= 1); }},
      {"coverage_90", "share of single steps inside the 90 % interval (place in the cell drawn)",
       [](const O& o) { return when(has_one_step(o), central_share(o.depth_rank) <= 0.9); }},
      {"interval_cells", "mean width of that interval",
       [](const O& o) { return when(has_one_step(o), o.interval_cells); }},
      {"abstained", "share that no hypothesis fits", [](const O& o) { return when(true, o.abstained); }},
      {"goodness", "mean residual over the counts' noise", [](const O& o) { return when(true, o.goodness); }},
      {"seconds", "mean time of a search", [](const O& o) { return when(true, o.seconds); }},
      {"adjacent_settles", "mean of ln dose that settles the next cell",
       [](const O& o) { return when(o.adjacent_settles > 0, std::log(o.adjacent_settles)); }},
      {"twin_settles", "mean of ln dose that settles the twin",
       [](const O& o) { return when(o.twin_settles > 0, std::log(o.twin_settles)); }},
  };
  return all;
}

std::vector<std::int64_t> families_of(const Recipe& recipe, const TrialsRequest& request) {
  std::vector<std::int64_t> families;
  for (std::int64_t family = 0; family < recipe.families() && std::ssize(families) < request.families; ++family)
    if (recipe.split_of(family) == request.split) families.push_back(family);
  if (families.empty())
    throw InputError(fmt::format("the recipe '{}' has no families called '{}'. Choose 'test' or a held-out set of it.",
                                 recipe.study.name, request.split));
  return families;
}

fs::path partial(const fs::path& path) { return path.string() + ".partial"; }

Json to_json(const Measure& m) {
  return {{"name", m.name}, {"value", m.value},           {"low", m.low},           {"high", m.high},
          {"n", m.n},       {"structures", m.structures}, {"families", m.families}, {"meaning", m.meaning}};
}

Json trials_json(const Recipe& recipe, const TrialsRequest& request, const std::vector<O>& outcomes) {
  Json json = {{"recipe_hash", recipe_hash(recipe)}, {"recipe", recipe.study.name}, {"split", request.split}};
  json["boundary_tolerance_cells"] = request.effort.boundary_tolerance_cells;
  json["two_step_depths"] = request.effort.two_step_depths;
  for (const double electrons : request.electrons_per_pattern) {
    Json measures = Json::array();
    for (const auto& measure : measures_of(outcomes, electrons)) measures.push_back(to_json(measure));
    json["measures"].push_back({{"electrons_per_pattern", electrons}, {"measures", measures}});
  }
  for (const auto& outcome : outcomes) json["trials"].push_back(to_json(outcome));
  return json;
}

/// Those that `path` holds of this recipe and effort.
std::vector<O> outcomes_in(const fs::path& path, const Recipe& recipe, const TrialsRequest& request) {
  if (!fs::exists(path)) return {};
  const auto json = Json::parse(read_text(path), nullptr, false);
  const auto asked = trials_json(recipe, request, {});
  std::vector<O> outcomes;
  try {
    for (const char* key : {"recipe_hash", "split", "boundary_tolerance_cells", "two_step_depths"})
      if (json.at(key) != asked.at(key))
        throw InputError(
            fmt::format("'{}' holds trials of another recipe or effort. Delete it, or choose another "
                        "output.",
                        path.string()));
    for (const auto& one : json.value("trials", Json::array())) outcomes.push_back(trial_outcome_from_json(one));
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("'{}' is no file of trials of this version. Delete it.", path.string()));
  }
  return outcomes;
}

std::vector<Trial> trials_of_family(const FamilyPlan& plan, std::int64_t family, const TrialsRequest& request) {
  std::vector<Trial> trials;
  for (int sample = 0; sample < std::min<int>(request.samples, static_cast<int>(plan.samples.size())); ++sample)
    for (const double electrons : request.electrons_per_pattern)
      trials.push_back({family, plan.samples[sample].origin.structure, sample, electrons});
  return trials;
}

bool holds(const std::vector<O>& outcomes, const Trial& trial) {
  return std::ranges::any_of(outcomes, [&](const O& o) {
    return o.trial.family == trial.family && o.trial.sample == trial.sample &&
           o.trial.electrons_per_pattern == trial.electrons_per_pattern;
  });
}

}  // namespace

void write_trials(const Recipe& recipe, const TrialsRequest& request, const fs::path& path, int threads,
                  const Progress& progress) {
  auto outcomes = outcomes_in(fs::exists(partial(path)) ? partial(path) : path, recipe, request);
  const auto families = families_of(recipe, request);
  const std::int64_t all = std::ssize(families) * request.samples * std::ssize(request.electrons_per_pattern);
  std::int64_t done = 0;
  for (const auto family : families) {
    const auto plan = plan_family(recipe, family);
    for (const auto& trial : trials_of_family(plan, family, request)) {
      if (!holds(outcomes, trial)) {
        outcomes.push_back(run_trial(recipe, plan, trial, request.effort, threads));
        write_text(partial(path), trials_json(recipe, request, outcomes).dump(1) + "\n");
      }
      if (progress) progress("trials", ++done, all);
    }
  }
  write_text(path, trials_json(recipe, request, outcomes).dump(1) + "\n");
  fs::remove(partial(path));
}

std::vector<Measure> measures_of(const std::vector<TrialOutcome>& outcomes, double electrons_per_pattern) {
  std::vector<Measure> measures;
  for (const auto& [name, meaning, of] : counted()) {
    std::vector<Contribution> contributions;
    for (const auto& outcome : outcomes) {
      if (outcome.trial.electrons_per_pattern != electrons_per_pattern) continue;
      if (const auto value = of(outcome))
        contributions.push_back({{outcome.trial.family, outcome.trial.structure}, *value});
    }
    if (!contributions.empty()) measures.push_back(mean_over_families(name, meaning, contributions));
  }
  return measures;
}

}  // namespace terrace
