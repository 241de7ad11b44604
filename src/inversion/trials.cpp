#include "inversion/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/checksum.h"
#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"
#include "inversion/trial_measures.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using O = TrialOutcome;

Json to_json(const Measure& m) {
  return {{"name", m.name}, {"value", m.value},           {"low", m.low},           {"high", m.high},
          {"n", m.n},       {"structures", m.structures}, {"families", m.families}, {"meaning", m.meaning}};
}

/// Names everything that outcomes depend on, but the dose: a part holds those of every dose that was asked for so far.
std::string key_of(const TrialRecipes& recipes, const TrialsRequest& request) {
  const auto settings = Json::array({search_revision, to_json(recipes.truth), to_json(recipes.model),
                                     request.effort.boundary_tolerance_cells, request.effort.two_step_depths})
                            .dump();
  return fmt::format("{:016x}", checksum(settings.data(), settings.size()));
}

Json trials_json(const TrialRecipes& recipes, const TrialsRequest& request, const std::vector<O>& outcomes) {
  Json json = {{"recipe_hash", recipe_hash(recipes.model)},
               {"recipe", recipes.model.study.name},
               {"split", request.split},
               {"key", key_of(recipes, request)}};
  if (!recipes.same()) json["truth_hash"] = recipe_hash(recipes.truth);
  if (request.network) json["network"] = request.network->name;
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

/// One sample of a family.
struct Unit {
  std::int64_t family = 0;
  int sample = 0;
  fs::path part;  ///< where its outcomes stand
};

std::vector<Unit> units_of(const TrialRecipes& recipes, const TrialsRequest& request, const fs::path& folder) {
  std::vector<Unit> units;
  const auto key = key_of(recipes, request);
  for (const auto family : recipes.truth.families_of(request.split, request.families))
    for (int sample = 0; sample < request.samples; ++sample)
      units.push_back({family, sample, folder / fmt::format("{}_{:06}_{:03}.json", key, family, sample)});
  return units;
}

std::vector<O> outcomes_in(const fs::path& part) {
  std::vector<O> outcomes;
  try {
    for (const auto& one : parse_json(read_text(part), part.string())) outcomes.push_back(trial_outcome_from_json(one));
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("'{}' holds no trials of this version. Delete it and run again.", part.string()));
  }
  return outcomes;
}

/// Outcomes of earlier runs, by family and sample.
using Kept = std::map<std::pair<std::int64_t, int>, std::vector<O>>;

/// Those of an earlier result file, if it is one of the same trials.
Kept kept_in(const fs::path& path, const std::string& key) {
  Kept kept;
  if (!fs::exists(path)) return kept;
  try {
    const auto json = parse_json(read_text(path), path.string());
    if (json.at("key") != key) return kept;
    for (const auto& one : json.at("trials")) {
      const auto outcome = trial_outcome_from_json(one);
      kept[{outcome.trial.family, outcome.trial.sample}].push_back(outcome);
    }
    return kept;
  } catch (const FileError&) {
  } catch (const nlohmann::json::exception&) {
  }
  return {};  // what is no such file is written anew
}

/// Of a unit so far: its part, or what an earlier result file says. Those of a model that is not the truth are tried
/// anew where they lack their untempered answer.
std::vector<O> outcomes_of(const TrialRecipes& recipes, const Unit& unit, const Kept& kept) {
  const auto found = kept.find({unit.family, unit.sample});
  auto outcomes = fs::exists(unit.part) ? outcomes_in(unit.part)
                  : found == kept.end() ? std::vector<O>{}
                                        : found->second;
  if (!recipes.same()) std::erase_if(outcomes, [](const O& outcome) { return !outcome.untempered; });
  return outcomes;
}

const O* at_dose(const std::vector<O>& outcomes, double electrons) {
  const auto found =
      std::ranges::find(outcomes, electrons, [](const O& outcome) { return outcome.trial.electrons_per_pattern; });
  return found == outcomes.end() ? nullptr : &*found;
}

bool is_asked_for(const TrialsRequest& request, const O& outcome) {
  return std::ranges::find(request.electrons_per_pattern, outcome.trial.electrons_per_pattern) !=
         request.electrons_per_pattern.end();
}

/// Whether the network that was asked for has yet to read these counts.
bool is_unread(const TrialsRequest& request, const O& outcome) {
  return request.network && is_asked_for(request, outcome) && outcome.network_name != request.network->name;
}

std::vector<double> missing_doses(const TrialsRequest& request, const std::vector<O>& outcomes) {
  std::vector<double> missing;
  for (const double electrons : request.electrons_per_pattern)
    if (!at_dose(outcomes, electrons)) missing.push_back(electrons);
  return missing;
}

bool is_whole(const TrialsRequest& request, const std::vector<O>& outcomes) {
  return missing_doses(request, outcomes).empty() &&
         std::ranges::none_of(outcomes, [&](const O& one) { return is_unread(request, one); });
}

/// What the part does not hold yet: doses, and what the network says at them.
void run_unit(const TrialRecipes& recipes, const TrialsRequest& request, const Unit& unit, std::vector<O> outcomes,
              int threads) {
  const auto plan = plan_family(recipes.truth, unit.family);
  if (unit.sample >= std::ssize(plan.samples)) return;
  const auto missing = missing_doses(request, outcomes);
  const TrialScan scan(recipes.truth, plan, unit.family, unit.sample);
  if (!missing.empty())
    for (auto& outcome : run_trials(recipes, scan, missing, request.effort, threads))
      outcomes.push_back(std::move(outcome));
  Json json = Json::array();
  for (auto& outcome : outcomes) {
    if (is_unread(request, outcome)) ask_network(*request.network, scan, outcome);
    json.push_back(to_json(outcome));
  }
  write_json(unit.part, json);
}

}  // namespace

std::vector<O> write_trials(const TrialRecipes& recipes, const TrialsRequest& request, const fs::path& path,
                            const Ranks& ranks, int threads, const Progress& progress) {
  if (!(recipes.truth.grid == recipes.model.grid))
    throw InputError("the two recipes differ in [grid]: scans of the one cannot be inverted by the other.");
  const fs::path folder = path.string() + ".parts";
  fs::create_directories(folder);
  const auto units = units_of(recipes, request, folder);
  const auto before = kept_in(path, key_of(recipes, request));
  auto open = units;
  std::erase_if(open, [&](const Unit& unit) { return is_whole(request, outcomes_of(recipes, unit, before)); });
  ranks.wait_for_all();  // all have seen the same parts before the first is written
  const auto kept = std::ssize(units) - std::ssize(open);
  if (progress) progress("structures", kept, std::ssize(units));
  for (std::int64_t i = 0; i < std::ssize(open); ++i) {
    if (i % ranks.count() == ranks.rank())
      run_unit(recipes, request, open[i], outcomes_of(recipes, open[i], before), threads);
    if (progress) progress("structures", kept + i + 1, std::ssize(units));
  }
  ranks.wait_for_all();
  std::vector<O> outcomes;
  if (!ranks.is_first()) return outcomes;
  for (const auto& unit : units) {
    const auto all = outcomes_of(recipes, unit, before);
    for (const double electrons : request.electrons_per_pattern)
      if (const auto* outcome = at_dose(all, electrons)) outcomes.push_back(*outcome);
  }
  write_json(path, trials_json(recipes, request, outcomes));
  return outcomes;
}

UsualCost usual_cost(const TrialRecipes& recipes, const TrialsRequest& request, int threads) {
  const auto families = recipes.truth.families_of(request.split, request.families);
  auto conditions = plan_family(recipes.truth, families[0]).samples.at(0).conditions;
  const double trials = 1.0 * std::ssize(families) * request.samples * std::ssize(request.electrons_per_pattern);
  UsualCost cost = usual_cost(recipes.model, conditions, threads);
  cost.seconds *= trials;
  for (const auto family : families)
    conditions.thickness_nm =
        std::max(conditions.thickness_nm, std::ranges::max(recipes.truth.ranges_of(family).thickness_cells) *
                                              recipes.truth.substrate.cell_angstrom / 10);
  cost.bytes = usual_cost(recipes.model, conditions, threads).bytes;
  return cost;
}

}  // namespace terrace
