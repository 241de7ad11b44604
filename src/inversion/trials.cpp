#include "inversion/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "core/checksum.h"
#include "core/error.h"
#include "core/text_file.h"
#include "dataset/bootstrap.h"
#include "dataset/depth_distribution.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using O = TrialOutcome;

using A = TrialAnswer;

/// A measure: what it counts of an outcome and of a reader's answer, nothing where the outcome has no part in it.
struct Counted {
  enum class Reader { any, inversion };
  const char* name;
  const char* meaning;
  std::function<std::optional<double>(const O&, const A&)> of;
  Reader reader = Reader::any;
};

bool is_rough(const O& o) { return o.truth == InterfaceClass::rough; }
bool has_one_step(const O& o) { return is_rough(o) && o.step_count == 1; }
bool is_pair(const O& o) { return o.nearest_surface_cells >= 0; }
int distance_cells(const O& o, const A& a) { return std::abs(a.found_depth_cells - o.depth_cells); }

/// Sure of a wrong class, or of a wrong place: more than one cell off, and outside the 90 % interval.
bool falsely_confident(const O& o, const A& a) {
  if (a.abstained) return false;
  if (a.answered != o.truth) return a.answered_probability >= 0.9;
  return has_one_step(o) && distance_cells(o, a) > 1 && central_share(a.depth_rank) > 0.9;
}

bool is_answered_as_other_of_pair(const O& o, const A& a) {
  return a.answered == (is_rough(o) ? InterfaceClass::diffuse : InterfaceClass::rough);
}

std::optional<double> when(bool has_part, double value) { return has_part ? std::optional(value) : std::nullopt; }

const std::vector<Counted>& counted() {
  constexpr auto inversion = Counted::Reader::inversion;
  static const std::vector<Counted> all = {
      {"class_accuracy", "share of structures whose class is answered",
       [](const O& o, const A& a) { return when(true, a.answered == o.truth); }},
      {"rough_vs_twin", "share of steps and matched twins that are not answered as the other of the two",
       [](const O& o, const A& a) { return when(is_pair(o), !is_answered_as_other_of_pair(o, a)); }},
      {"rough_vs_twin_bound", "the best possible",
       [](const O& o, const A&) { return when(is_pair(o) && o.bound_class >= 0, o.bound_class); }, inversion},
      {"rough_vs_twin_inside", "the same where the step is at least 3 cells from a surface",
       [](const O& o, const A& a) { return when(o.nearest_surface_cells >= 3, !is_answered_as_other_of_pair(o, a)); }},
      {"rough_vs_twin_inside_bound", "the best possible",
       [](const O& o, const A&) { return when(o.bound_class >= 0 && o.nearest_surface_cells >= 3, o.bound_class); },
       inversion},
      {"exact_cell", "share of single steps placed at their very cell",
       [](const O& o, const A& a) { return when(has_one_step(o), distance_cells(o, a) == 0); }},
      {"exact_cell_bound", "the best possible",
       [](const O& o, const A&) { return when(has_one_step(o) && o.bound_exact >= 0, o.bound_exact); }, inversion},
      {"within_one_cell", "share of single steps placed to one cell",
       [](const O& o, const A& a) { return when(has_one_step(o), distance_cells(o, a) <= 1); }},
      {"depth_error_cells", "mean distance of the most probable cell from the truth, single steps",
       [](const O& o, const A& a) { return when(has_one_step(o), distance_cells(o, a)); }},
      {"direction", "share of single steps whose direction is right",
       [](const O& o, const A& a) { return when(has_one_step(o), a.direction_right); }},
      {"thickness_within_one_cell", "share of thicknesses found to one cell",
       [](const O& o, const A& a) { return when(true, std::abs(a.found_thickness_cells - o.thickness_cells) <= 1); }},
      {"coverage_90",
       "share of single steps inside the central 90 % of the depth's distribution (place in the cell drawn)",
       [](const O& o, const A& a) { return when(has_one_step(o), central_share(a.depth_rank) <= 0.9); }},
      {"interval_cells", "mean width of the 90 % interval that is answered",
       [](const O& o, const A& a) { return when(has_one_step(o), a.interval_cells); }},
      {"false_confidence",
       "share sure of a wrong class (90 %), or of a step's place: over a cell off, outside that 90 %",
       [](const O& o, const A& a) { return when(true, falsely_confident(o, a)); }},
      {"abstained", "share of answers that are withheld", [](const O&, const A& a) { return when(true, a.abstained); }},
      {"goodness", "mean residual over the counts' noise", [](const O& o, const A&) { return when(true, o.goodness); },
       inversion},
      {"seconds", "mean time of a search", [](const O& o, const A&) { return when(true, o.seconds); }, inversion},
      {"adjacent_settles", "mean of ln dose that settles the next cell",
       [](const O& o, const A&) { return when(o.adjacent_settles > 0, std::log(o.adjacent_settles)); }, inversion},
      {"twin_settles", "mean of ln dose that settles the twin",
       [](const O& o, const A&) { return when(o.twin_settles > 0, std::log(o.twin_settles)); }, inversion},
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

Json to_json(const Measure& m) {
  return {{"name", m.name}, {"value", m.value},           {"low", m.low},           {"high", m.high},
          {"n", m.n},       {"structures", m.structures}, {"families", m.families}, {"meaning", m.meaning}};
}

Json trials_json(const TrialRecipes& recipes, const TrialsRequest& request, const std::vector<O>& outcomes) {
  Json json = {
      {"recipe_hash", recipe_hash(recipes.model)}, {"recipe", recipes.model.study.name}, {"split", request.split}};
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

/// Names everything that outcomes depend on, but the dose: a part holds those of every dose that was asked for so far.
std::string key_of(const TrialRecipes& recipes, const TrialsRequest& request) {
  const auto settings = Json::array({to_json(recipes.truth), to_json(recipes.model),
                                     request.effort.boundary_tolerance_cells, request.effort.two_step_depths})
                            .dump();
  return fmt::format("{:016x}", checksum(settings.data(), settings.size()));
}

std::vector<Unit> units_of(const TrialRecipes& recipes, const TrialsRequest& request, const fs::path& folder) {
  std::vector<Unit> units;
  const auto key = key_of(recipes, request);
  for (const auto family : families_of(recipes.truth, request))
    for (int sample = 0; sample < request.samples; ++sample)
      units.push_back({family, sample, folder / fmt::format("{}_{:06}_{:03}.json", key, family, sample)});
  return units;
}

/// Empty where the part is yet to be made.
std::vector<O> outcomes_in(const fs::path& part) {
  std::vector<O> outcomes;
  if (!fs::exists(part)) return outcomes;
  try {
    for (const auto& one : Json::parse(read_text(part))) outcomes.push_back(trial_outcome_from_json(one));
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("'{}' holds no trials of this version. Delete it and run again.", part.string()));
  }
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

/// What the part does not hold yet: doses, and what the network says at them.
void run_unit(const TrialRecipes& recipes, const TrialsRequest& request, const Unit& unit, int threads) {
  const auto plan = plan_family(recipes.truth, unit.family);
  if (unit.sample >= std::ssize(plan.samples)) return;
  auto outcomes = outcomes_in(unit.part);
  std::vector<double> missing;
  for (const double electrons : request.electrons_per_pattern)
    if (!at_dose(outcomes, electrons)) missing.push_back(electrons);
  if (missing.empty() && std::ranges::none_of(outcomes, [&](const O& o) { return is_unread(request, o); })) return;
  const TrialScan scan(recipes.truth, plan, unit.family, unit.sample);
  if (!missing.empty())
    for (auto& outcome : run_trials(recipes, scan, missing, request.effort, threads))
      outcomes.push_back(std::move(outcome));
  Json json = Json::array();
  for (auto& outcome : outcomes) {
    if (is_unread(request, outcome)) ask_network(*request.network, scan, outcome);
    json.push_back(to_json(outcome));
  }
  write_text(unit.part, json.dump(1) + "\n");
}

}  // namespace

std::vector<O> write_trials(const TrialRecipes& recipes, const TrialsRequest& request, const fs::path& path,
                            const Ranks& ranks, int threads, const Progress& progress) {
  if (!(recipes.truth.grid == recipes.model.grid))
    throw InputError("the two recipes differ in [grid]: scans of the one cannot be inverted by the other.");
  const fs::path folder = path.string() + ".parts";
  fs::create_directories(folder);
  const auto units = units_of(recipes, request, folder);
  for (std::int64_t i = 0; i < std::ssize(units); ++i) {
    if (i % ranks.count() == ranks.rank()) run_unit(recipes, request, units[i], threads);
    if (progress) progress("structures", i + 1, std::ssize(units));
  }
  ranks.wait_for_all();
  std::vector<O> outcomes;
  if (!ranks.is_first()) return outcomes;
  for (const auto& unit : units) {
    const auto all = outcomes_in(unit.part);
    for (const double electrons : request.electrons_per_pattern)
      if (const auto* outcome = at_dose(all, electrons)) outcomes.push_back(*outcome);
  }
  write_text(path, trials_json(recipes, request, outcomes).dump(1) + "\n");
  return outcomes;
}

double usual_seconds(const Recipe& recipe, const TrialsRequest& request, int threads) {
  const auto families = families_of(recipe, request);
  const auto conditions = plan_family(recipe, families[0]).samples.at(0).conditions;
  const double trials = 1.0 * std::ssize(families) * request.samples * std::ssize(request.electrons_per_pattern);
  return trials * usual_cost(recipe, conditions, threads).seconds;
}

namespace {

/// What `answer_of` gives is the reader's answer, null where there is none.
template <class AnswerOf>
void add_measure(const std::string& name, const Counted& what, const std::vector<O>& outcomes,
                 double electrons_per_pattern, const AnswerOf& answer_of, std::vector<Measure>& measures) {
  std::vector<Contribution> contributions;
  for (const auto& outcome : outcomes) {
    const A* answer = answer_of(outcome);
    if (!answer || outcome.trial.electrons_per_pattern != electrons_per_pattern) continue;
    if (const auto value = what.of(outcome, *answer))
      contributions.push_back({{outcome.trial.family, outcome.trial.structure}, *value});
  }
  if (!contributions.empty()) measures.push_back(mean_over_families(name, what.meaning, contributions));
}

}  // namespace

std::vector<Measure> measures_of(const std::vector<TrialOutcome>& outcomes, double electrons_per_pattern) {
  std::vector<Measure> measures;
  for (const auto& what : counted())
    add_measure(
        what.name, what, outcomes, electrons_per_pattern, [](const O& o) { return &o.inversion; }, measures);
  for (const auto& what : counted())
    if (what.reader == Counted::Reader::any)
      add_measure(
          std::string("network_") + what.name, what, outcomes, electrons_per_pattern,
          [](const O& o) { return o.network ? &*o.network : nullptr; }, measures);
  return measures;
}

}  // namespace terrace
