#include "inversion/forecast_beside.h"

#include <algorithm>
#include <cstdlib>

namespace terrace {
namespace {

using Question = NamedRival::Question;

/// Whether `other` is what the question sets against `best`.
bool is_rival(const Hypothesis& other, const Hypothesis& best, Question question) {
  const bool one_step = other.interface_class == InterfaceClass::rough && other.second_step_depth_cells <= 0;
  const bool same_way = other.step_height_cells == best.step_height_cells;
  switch (question) {
    case Question::adjacent:
      return one_step && same_way && std::abs(other.step_depth_cells - best.step_depth_cells) == 1;
    case Question::mirrored:
      return one_step && !same_way;
    case Question::twin:
      if (best.interface_class == InterfaceClass::diffuse) return one_step;
      return other.interface_class == InterfaceClass::diffuse && !other.has_width();
    case Question::two_steps:
      return other.interface_class == InterfaceClass::rough && !one_step;
  }
  return false;
}

std::optional<double> reached(const std::vector<Candidate>& candidates, const Hypothesis& best, Question question) {
  const auto own = std::ranges::find_if(candidates, [&](const Candidate& c) { return alike(c.hypothesis, best); });
  const auto rival =
      std::ranges::find_if(candidates, [&](const Candidate& c) { return is_rival(c.hypothesis, best, question); });
  if (own == candidates.end() || rival == candidates.end()) return std::nullopt;
  return own->log_evidence - rival->log_evidence;
}

}  // namespace

std::vector<ForecastBeside> forecast_beside(const ForwardModel& model, const Findings& findings,
                                            const Observation& observed) {
  const auto& best = findings.best;
  const auto rivals = rivals_of(best.explanation.hypothesis, 1);
  if (rivals.empty()) return {};
  std::vector<Explanation> explanations;
  for (const auto& rival : rivals) explanations.push_back({rival.hypothesis, best.explanation.circumstances});
  auto truth = best.linearisation;
  truth.expected = best.expected;
  const Separation separation(truth, nuisances_of(model.recipe(), model.conditions()), model.expected(explanations),
                              &observed.compared);
  const auto found = separation.at(observed.electrons_per_pattern);
  std::vector<ForecastBeside> list;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    const ForecastBeside one{rivals[i].question, separation.settling_electrons(i), found.expected_ratio(i),
                             reached(findings.candidates, best.explanation.hypothesis, rivals[i].question)};
    const auto known = std::ranges::find(list, one.question, &ForecastBeside::question);
    if (known == list.end())
      list.push_back(one);
    else if (one.settling_electrons > known->settling_electrons)
      *known = one;
  }
  return list;
}

nlohmann::ordered_json to_json(const ForecastBeside& one) {
  nlohmann::ordered_json json = {{"question", name_of(one.question)},
                                 {"settling_electrons", nullptr},
                                 {"expected_ln_ratio", one.expected_ratio},
                                 {"reached_ln_ratio", nullptr}};
  if (one.settling_electrons < most_electrons) json["settling_electrons"] = one.settling_electrons;
  if (one.reached_ratio) json["reached_ln_ratio"] = *one.reached_ratio;
  return json;
}

}  // namespace terrace
