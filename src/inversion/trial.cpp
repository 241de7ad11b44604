#include "inversion/trial.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>

#include "dataset/depth_distribution.h"
#include "dataset/family_simulation.h"
#include "inversion/truth.h"

namespace terrace {
namespace {

constexpr std::uint64_t scan_seed = 0x747269616c;
/// Depths up to this far from the truth compete for the exact cell; farther ones are farther apart.
constexpr int rival_reach = 3;

Random stream(const Trial& trial, std::uint64_t purpose) {
  return Random(scan_seed, {static_cast<std::uint64_t>(trial.family), static_cast<std::uint64_t>(trial.sample),
                            std::bit_cast<std::uint64_t>(trial.electrons_per_pattern), purpose});
}

/// The same at every dose, but for the dose.
Detection detection_of(const Recipe& recipe, const Trial& trial) {
  Trial any_dose = trial;
  any_dose.electrons_per_pattern = 0;
  Random random = stream(any_dose, 0);
  Detection detection = draw_detection(recipe.detection, random);
  detection.electrons_per_pattern = trial.electrons_per_pattern;
  return detection;
}

Sample scan_of(const Recipe& recipe, const FamilyPlan& plan, const Trial& trial) {
  const FamilyPlan alone{plan.structures, {plan.samples[trial.sample]}};
  Sample sample = std::move(simulate_family(recipe, alone, Passage::multislice)[0]);
  Random random = stream(trial, 1);
  const double mrad_per_pixel = recipe.grid.mrad_per_pixel_at(sample.conditions.semiangle_mrad);
  detect(detection_of(recipe, trial), mrad_per_pixel, sample, random);
  return sample;
}

void set_truth(const PlannedSample& planned, TrialOutcome& outcome) {
  outcome.truth = planned.labels.interface_class;
  outcome.thickness_cells = planned.thickness_cells;
  outcome.step_count = planned.labels.step_count;
  outcome.depth_cells = static_cast<int>(std::lround(planned.labels.step_depth_cells));
}

void set_answer(const PlannedSample& planned, const Findings& findings, const Prediction& answer,
                TrialOutcome& outcome) {
  const auto& depths = answer.depth_probability;
  outcome.answered = most_probable_class(answer);
  outcome.class_probability = answer.class_probability[static_cast<int>(outcome.truth)];
  outcome.found_thickness_cells = findings.best.explanation.hypothesis.thickness_cells;
  outcome.found_depth_cells = static_cast<int>(std::ranges::max_element(depths) - depths.begin());
  outcome.direction_right = (answer.step_height_probability_up > 0.5) == (planned.labels.step_height_cells > 0);
  outcome.interval_cells = (answer.depth_high_nm - answer.depth_low_nm) / answer.depth_bin_nm;
  outcome.abstained = answer.abstains;
  outcome.goodness = findings.goodness.ratio;
  outcome.deviations = findings.goodness.deviations;
  if (outcome.depth_cells < 0) return;
  Random random = stream(outcome.trial, 2);
  outcome.depth_rank = depth_rank(depths, outcome.depth_cells, random.uniform());
  if (outcome.depth_cells < std::ssize(depths)) outcome.exact_probability = depths[outcome.depth_cells];
}

void set_bound(const ForwardModel& model, const FamilyPlan& plan, TrialOutcome& outcome) {
  using Question = NamedRival::Question;
  const auto& recipe = model.recipe();
  const auto truth = truth_of(recipe, plan, plan.samples[outcome.trial.sample], detection_of(recipe, outcome.trial));
  if (!truth) return;
  auto rivals = rivals_of(truth->hypothesis, rival_reach);
  std::erase_if(rivals, [](const NamedRival& rival) { return rival.question == Question::two_steps; });
  if (rivals.empty()) return;
  const auto nuisances = nuisances_of(recipe, model.conditions());
  const auto propagated = model.propagate(truth->hypothesis, truth->circumstances);
  const auto linearisation = linearise(propagated, model, *truth, nuisances);
  std::vector<Explanation> explanations;
  for (const auto& rival : rivals) explanations.push_back({rival.hypothesis, truth->circumstances});
  const Separation separation(linearisation, nuisances, model.expected(explanations));
  const auto found = separation.at(outcome.trial.electrons_per_pattern);
  std::vector<std::size_t> steps, twins;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    (rivals[i].question == Question::twin ? twins : steps).push_back(i);
    auto& settles = rivals[i].question == Question::twin ? outcome.twin_settles : outcome.adjacent_settles;
    if (rivals[i].question == Question::mirrored) continue;
    settles = std::max(settles, separation.settling_electrons(i));
  }
  if (!steps.empty()) outcome.bound_exact = found.preferred_to_all(steps);
  outcome.bound_class = found.preferred_to_all(twins);
}

/// The only list of the members: calls visit(name, member) for each.
template <class Outcome, class Visit>
void for_each_member(Outcome& o, const Visit& visit) {
  visit("family", o.trial.family);
  visit("structure", o.trial.structure);
  visit("sample", o.trial.sample);
  visit("electrons_per_pattern", o.trial.electrons_per_pattern);
  visit("truth", o.truth);
  visit("answered", o.answered);
  visit("class_probability", o.class_probability);
  visit("thickness_cells", o.thickness_cells);
  visit("found_thickness_cells", o.found_thickness_cells);
  visit("step_count", o.step_count);
  visit("depth_cells", o.depth_cells);
  visit("found_depth_cells", o.found_depth_cells);
  visit("direction_right", o.direction_right);
  visit("exact_probability", o.exact_probability);
  visit("depth_rank", o.depth_rank);
  visit("interval_cells", o.interval_cells);
  visit("abstained", o.abstained);
  visit("goodness", o.goodness);
  visit("deviations", o.deviations);
  visit("seconds", o.seconds);
  visit("bound_exact", o.bound_exact);
  visit("bound_class", o.bound_class);
  visit("adjacent_settles", o.adjacent_settles);
  visit("twin_settles", o.twin_settles);
}

}  // namespace

TrialOutcome run_trial(const Recipe& recipe, const FamilyPlan& plan, const Trial& trial, const SearchEffort& effort,
                       int threads) {
  TrialOutcome outcome{.trial = trial};
  const auto& planned = plan.samples[trial.sample];
  const Sample scan = scan_of(recipe, plan, trial);
  const auto start = std::chrono::steady_clock::now();
  const auto inversion = invert(recipe, scan, threads, effort);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  set_truth(planned, outcome);
  set_answer(planned, inversion.findings, inversion.answer, outcome);
  set_bound(ForwardModel(recipe, scan.conditions, threads), plan, outcome);
  return outcome;
}

nlohmann::ordered_json to_json(const TrialOutcome& outcome) {
  nlohmann::ordered_json json;
  for_each_member(outcome, [&](const char* name, const auto& member) { json[name] = member; });
  return json;
}

TrialOutcome trial_outcome_from_json(const nlohmann::ordered_json& json) {
  TrialOutcome outcome;
  for_each_member(outcome, [&](const char* name, auto& member) { json.at(name).get_to(member); });
  return outcome;
}

}  // namespace terrace
