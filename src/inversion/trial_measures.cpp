#include "inversion/trial_measures.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <optional>
#include <string>

#include "dataset/bootstrap.h"
#include "dataset/depth_distribution.h"

namespace terrace {
namespace {

using O = TrialOutcome;
using A = TrialAnswer;

/// A measure: what it counts of an outcome and of a reader's answer, nothing where the outcome has no part in it.
struct Counted {
  enum class Reader { any, inversion };
  std::string name;
  std::string meaning;
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

/// What a structure truly is; two steps are counted apart from one.
struct Kind {
  const char* name;
  const char* words;
  bool (*holds)(const O&);
};
constexpr Kind kinds[] = {
    {"abrupt", "abrupt interfaces", [](const O& o) { return o.truth == InterfaceClass::abrupt; }},
    {"one_step", "single steps", has_one_step},
    {"two_steps", "pairs of steps", [](const O& o) { return is_rough(o) && o.step_count > 1; }},
    {"diffuse", "mixed cells and profiles", [](const O& o) { return o.truth == InterfaceClass::diffuse; }},
    {"both", "steps in profiles", [](const O& o) { return o.truth == InterfaceClass::both; }},
};

/// Classes and false confidence of each kind of truth.
void add_kinds(std::vector<Counted>& all) {
  for (const auto& kind : kinds) {
    all.push_back({fmt::format("class_accuracy_of_{}", kind.name),
                   fmt::format("share of {} whose class is answered", kind.words),
                   [&](const O& o, const A& a) { return when(kind.holds(o), a.answered == o.truth); }});
    all.push_back({fmt::format("false_confidence_of_{}", kind.name),
                   fmt::format("false confidence where {} are the truth", kind.words),
                   [&](const O& o, const A& a) { return when(kind.holds(o), falsely_confident(o, a)); }});
  }
}

std::vector<Counted> make_counted() {
  constexpr auto inversion = Counted::Reader::inversion;
  std::vector<Counted> all = {
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
      {"exact_cell_beyond_bound", "share of exact cells less the best possible of the same steps",
       [](const O& o, const A& a) {
         return when(has_one_step(o) && o.bound_exact >= 0, (distance_cells(o, a) == 0) - o.bound_exact);
       },
       inversion},
      {"within_one_cell", "share of single steps placed to one cell",
       [](const O& o, const A& a) { return when(has_one_step(o), distance_cells(o, a) <= 1); }},
      {"depth_error_cells", "mean distance of the most probable cell from the truth, single steps",
       [](const O& o, const A& a) { return when(has_one_step(o), distance_cells(o, a)); }},
      {"direction", "share of single steps whose direction is right",
       [](const O& o, const A& a) { return when(has_one_step(o), a.direction_right); }},
      {"thickness_within_one_cell", "share of thicknesses found to one cell",
       [](const O& o, const A& a) { return when(true, std::abs(a.found_thickness_cells - o.thickness_cells) <= 1); }},
      {"coverage_90",
       "share of single steps inside the central 90 % of the depth's distribution (mean over the place in the cell)",
       [](const O& o, const A& a) {
         return when(has_one_step(o), share_inside(0.9, a.depth_rank, a.exact_probability, place_in_cell(o.trial)));
       }},
      {"interval_cells", "mean width of the 90 % interval that is answered",
       [](const O& o, const A& a) { return when(has_one_step(o), a.interval_cells); }},
      {"false_confidence",
       "share sure of a wrong class (90 %), or of a step's place: over a cell off, outside that 90 %",
       [](const O& o, const A& a) { return when(true, falsely_confident(o, a)); }},
      {"sure_and_right", "share right of the answers that are 90 % sure of their class",
       [](const O& o, const A& a) { return when(a.answered_probability >= 0.9, a.answered == o.truth); }},
      {"sure_says", "mean probability that these give their class",
       [](const O&, const A& a) { return when(a.answered_probability >= 0.9, a.answered_probability); }},
      {"abstained", "share of answers that are withheld", [](const O&, const A& a) { return when(true, a.abstained); }},
      {"goodness", "mean residual over the counts' noise", [](const O& o, const A&) { return when(true, o.goodness); },
       inversion},
      {"seconds", "mean time of a search", [](const O& o, const A&) { return when(true, o.seconds); }, inversion},
      {"adjacent_settles", "mean of ln dose that settles the next cell",
       [](const O& o, const A&) { return when(o.adjacent_settles > 0, std::log(o.adjacent_settles)); }, inversion},
      {"twin_settles", "mean of ln dose that settles the twin",
       [](const O& o, const A&) { return when(o.twin_settles > 0, std::log(o.twin_settles)); }, inversion},
  };
  add_kinds(all);
  return all;
}

const std::vector<Counted>& counted() {
  static const auto all = make_counted();
  return all;
}

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
  const auto add_of_other = [&](const std::string& reader, std::optional<A> O::*answer) {
    for (const auto& what : counted())
      if (what.reader == Counted::Reader::any)
        add_measure(
            reader + "_" + what.name, what, outcomes, electrons_per_pattern,
            [=](const O& o) { return o.*answer ? &*(o.*answer) : nullptr; }, measures);
  };
  add_of_other("untempered", &O::untempered);
  add_of_other("network", &O::network);
  return measures;
}

}  // namespace terrace
