#include "inversion/trial.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "dataset/depth_distribution.h"
#include "dataset/family_simulation.h"
#include "inversion/truth.h"

namespace terrace {
namespace {

constexpr std::uint64_t scan_seed = 0x747269616c;

Random stream(const Trial& trial, std::uint64_t purpose) {
  return Random(scan_seed, {static_cast<std::uint64_t>(trial.family), static_cast<std::uint64_t>(trial.sample),
                            std::bit_cast<std::uint64_t>(trial.electrons_per_pattern), purpose});
}

void set_truth(const PlannedSample& planned, TrialOutcome& outcome) {
  outcome.truth = planned.labels.interface_class;
  outcome.thickness_cells = planned.thickness_cells;
  outcome.step_count = planned.labels.step_count;
  outcome.depth_cells = static_cast<int>(std::lround(planned.labels.step_depth_cells));
  outcome.source_fwhm_angstrom = planned.microscope.source_fwhm_angstrom;
}

/// Of a distribution over structures: the place in the true cell is drawn from the trial's numbers.
TrialAnswer answer_to(const TrialOutcome& outcome, const Labels& truth, const Prediction& said) {
  const auto& depths = said.depth_probability;
  TrialAnswer answer{.answered = most_probable_class(said)};
  answer.answered_probability = said.class_probability[static_cast<int>(answer.answered)];
  answer.class_probability = said.class_probability[static_cast<int>(outcome.truth)];
  answer.found_thickness_cells = static_cast<int>(std::lround(said.estimated_thickness_nm / said.depth_bin_nm));
  answer.found_depth_cells = static_cast<int>(std::ranges::max_element(depths) - depths.begin());
  answer.direction_right = (said.step_height_probability_up > 0.5) == (truth.step_height_cells > 0);
  answer.interval_cells = (said.depth_high_nm - said.depth_low_nm) / said.depth_bin_nm;
  answer.abstained = said.abstains;
  if (outcome.depth_cells < 0) return answer;
  answer.depth_rank = depth_rank(depths, outcome.depth_cells, place_in_cell(outcome.trial));
  if (outcome.depth_cells < std::ssize(depths)) answer.exact_probability = depths[outcome.depth_cells];
  return answer;
}

/// How near the step lies to a surface, or that which a mixed cell is the twin of; −1 for anything else.
double nearest_surface(const Hypothesis& h) {
  const bool mixed = h.interface_class == InterfaceClass::diffuse && !h.has_width();
  const bool one_step = h.interface_class == InterfaceClass::rough && h.second_step_depth_cells <= 0;
  if (!mixed && !one_step) return -1;
  const double depth = mixed ? h.film_cells : h.step_depth_cells;
  return std::min(depth, h.thickness_cells - depth);
}

/// What the best reader would reach, at any dose.
class Bound {
 public:
  /// Empty where the structure has no rivals.
  static std::optional<Bound> of(const ForwardModel& model, const Explanation& truth) {
    auto rivals = rivals_of(truth.hypothesis, rival_reach);
    std::erase_if(rivals, [](const NamedRival& rival) { return rival.question == NamedRival::Question::two_steps; });
    for (auto& rival : neighbours_of_mirrored(truth.hypothesis, rival_reach)) rivals.push_back(std::move(rival));
    if (rivals.empty()) return std::nullopt;
    return Bound(model, truth, std::move(rivals));
  }

  void set(TrialOutcome& outcome) const {
    const auto found = separation_.at(outcome.trial.electrons_per_pattern);
    outcome.adjacent_settles = most_settling(Question::adjacent);
    outcome.twin_settles = most_settling(Question::twin);
    if (!steps_.empty()) outcome.bound_exact = found.preferred_to_all(steps_);
    outcome.bound_class = found.preferred_to_all(twins_);
  }

 private:
  using Question = NamedRival::Question;

  Bound(const ForwardModel& model, const Explanation& truth, std::vector<NamedRival> rivals)
      : rivals_(std::move(rivals)), separation_(separation(model, truth, rivals_)) {
    for (std::size_t i = 0; i < rivals_.size(); ++i)
      (rivals_[i].question == Question::twin ? twins_ : steps_).push_back(i);
  }

  static Separation separation(const ForwardModel& model, const Explanation& truth,
                               const std::vector<NamedRival>& rivals) {
    const auto nuisances = nuisances_of(model.recipe(), model.conditions());
    const auto propagated = model.propagate(truth.hypothesis, truth.circumstances);
    std::vector<Explanation> explanations;
    for (const auto& rival : rivals) explanations.push_back({rival.hypothesis, truth.circumstances});
    return {linearise(propagated, model, truth, nuisances), nuisances, model.expected(explanations)};
  }

  double most_settling(Question question) const {
    double most = -1;
    for (std::size_t i = 0; i < rivals_.size(); ++i)
      if (rivals_[i].question == question) most = std::max(most, separation_.settling_electrons(i));
    return most;
  }

  std::vector<NamedRival> rivals_;
  Separation separation_;
  std::vector<std::size_t> steps_, twins_;
};

/// The only lists of the members: they call visit(name, member) for each.
template <class Answer, class Visit>
void for_each_member_of_answer(Answer& a, const Visit& visit) {
  visit("answered", a.answered);
  visit("class_probability", a.class_probability);
  visit("answered_probability", a.answered_probability);
  visit("found_thickness_cells", a.found_thickness_cells);
  visit("found_depth_cells", a.found_depth_cells);
  visit("direction_right", a.direction_right);
  visit("exact_probability", a.exact_probability);
  visit("depth_rank", a.depth_rank);
  visit("interval_cells", a.interval_cells);
  visit("abstained", a.abstained);
}

template <class Outcome, class Visit>
void for_each_member(Outcome& o, const Visit& visit) {
  visit("family", o.trial.family);
  visit("structure", o.trial.structure);
  visit("sample", o.trial.sample);
  visit("electrons_per_pattern", o.trial.electrons_per_pattern);
  visit("truth", o.truth);
  visit("thickness_cells", o.thickness_cells);
  visit("step_count", o.step_count);
  visit("depth_cells", o.depth_cells);
  visit("source_fwhm_angstrom", o.source_fwhm_angstrom);
  for_each_member_of_answer(o.inversion, visit);
  visit("goodness", o.goodness);
  visit("deviations", o.deviations);
  visit("seconds", o.seconds);
  visit("bound_exact", o.bound_exact);
  visit("bound_class", o.bound_class);
  visit("adjacent_settles", o.adjacent_settles);
  visit("twin_settles", o.twin_settles);
  visit("nearest_surface_cells", o.nearest_surface_cells);
}

/// `json` with what the answer holds.
nlohmann::ordered_json to_json(const TrialAnswer& answer, nlohmann::ordered_json json) {
  for_each_member_of_answer(answer, [&](const char* name, const auto& member) { json[name] = member; });
  return json;
}

TrialAnswer answer_from_json(const nlohmann::ordered_json& json) {
  TrialAnswer answer;
  for_each_member_of_answer(answer, [&](const char* name, auto& member) { json.at(name).get_to(member); });
  return answer;
}

/// What `inversion` came to, beside the truth.
void set_inversion(const TrialRecipes& recipes, const TrialScan& scan, const Inversion& inversion,
                   TrialOutcome& outcome) {
  const auto& [observed, findings, posterior, answer, forecast] = inversion;
  const int thickness_cells = findings.best.explanation.hypothesis.thickness_cells;
  const auto told = [&](const Prediction& said) {
    auto found = answer_to(outcome, scan.planned().labels, said);
    found.found_thickness_cells = thickness_cells;
    return found;
  };
  outcome.inversion = told(answer);
  outcome.goodness = findings.goodness.ratio;
  outcome.deviations = findings.goodness.deviations;
  if (recipes.same()) return;
  outcome.untempered = told(answer_of(findings, weigh(findings, {}, 1), recipes.model, scan.conditions()));
  outcome.tempering = tempering_of(findings.goodness);
}

}  // namespace

double place_in_cell(const Trial& trial) { return stream(trial, 2).uniform(); }

TrialScan::TrialScan(const Recipe& recipe, const FamilyPlan& plan, std::int64_t family, int sample)
    : recipe_(&recipe), plan_(&plan), family_(family), sample_(sample) {
  const FamilyPlan alone{plan.structures, {plan.samples[sample]}};
  noise_free_ = std::move(simulate_family(recipe, alone, Passage::multislice)[0]);
}

Trial TrialScan::trial(double electrons_per_pattern) const {
  return {family_, planned().origin.structure, sample_, electrons_per_pattern};
}

Detection TrialScan::detection() const {
  Random random = stream(trial(0), 0);
  return draw_detection(recipe_->detection, random);
}

Sample TrialScan::counted(double electrons_per_pattern) const {
  Sample counts = noise_free_;
  Detection detection = this->detection();
  detection.electrons_per_pattern = electrons_per_pattern;
  Random random = stream(trial(electrons_per_pattern), 1);
  detect(detection, recipe_->grid.mrad_per_pixel_at(conditions().semiangle_mrad), counts, random);
  return counts;
}

std::vector<TrialOutcome> run_trials(const TrialRecipes& recipes, const TrialScan& scan,
                                     std::span<const double> electrons_per_pattern, const SearchEffort& effort,
                                     int threads) {
  const auto& planned = scan.planned();
  const ForwardModel model(recipes.model, scan.conditions(), threads);
  const auto truth = truth_of(recipes.truth, scan.plan(), planned, scan.detection());
  const auto bound = truth && recipes.same() ? Bound::of(model, *truth) : std::nullopt;
  std::vector<TrialOutcome> outcomes;
  for (const double electrons : electrons_per_pattern) {
    TrialOutcome outcome{.trial = scan.trial(electrons)};
    set_truth(planned, outcome);
    const Sample counts = scan.counted(electrons);
    const auto start = std::chrono::steady_clock::now();
    const auto inversion = invert(recipes.model, counts, threads, effort);
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    set_inversion(recipes, scan, inversion, outcome);
    if (truth) outcome.nearest_surface_cells = nearest_surface(truth->hypothesis);
    if (bound) bound->set(outcome);
    outcomes.push_back(outcome);
  }
  return outcomes;
}

void ask_network(const TrialNetwork& network, const TrialScan& scan, TrialOutcome& outcome) {
  const auto said = network.read(scan.counted(outcome.trial.electrons_per_pattern));
  outcome.network = answer_to(outcome, scan.planned().labels, said);
  outcome.network_name = network.name;
}

nlohmann::ordered_json to_json(const TrialOutcome& outcome) {
  nlohmann::ordered_json json;
  for_each_member(outcome, [&](const char* name, const auto& member) { json[name] = member; });
  if (outcome.untempered) json["untempered"] = to_json(*outcome.untempered, {{"tempering", outcome.tempering}});
  if (outcome.network) json["network"] = to_json(*outcome.network, {{"name", outcome.network_name}});
  return json;
}

TrialOutcome trial_outcome_from_json(const nlohmann::ordered_json& json) {
  TrialOutcome outcome;
  for_each_member(outcome, [&](const char* name, auto& member) { json.at(name).get_to(member); });
  if (json.contains("untempered")) {
    outcome.untempered = answer_from_json(json.at("untempered"));
    json.at("untempered").at("tempering").get_to(outcome.tempering);
  }
  if (json.contains("network")) {
    outcome.network = answer_from_json(json.at("network"));
    json.at("network").at("name").get_to(outcome.network_name);
  }
  return outcome;
}

}  // namespace terrace
