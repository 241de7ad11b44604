#include "inversion/search.h"

#include <cmath>

#include "inversion/mixed_cell_search.h"
#include "inversion/profile_search.h"
#include "inversion/search_state.h"
#include "inversion/step_search.h"

namespace terrace {
namespace {

constexpr int most_last_fits = 6;

void look_for_abrupt(SearchState& state) {
  const int plane = static_cast<int>(std::lround(state.boundary_here()));
  std::vector<Hypothesis> planes;
  for (const int thickness : state.near_thicknesses(state.best_thickness()))
    planes.push_back({.thickness_cells = thickness, .plane = plane});
  const auto abrupt = state.scan(planes).front();
  state.candidates.add(abrupt);
  state.fit_if_interesting(abrupt);
}

/// What comes first in the end has a fit of its own. A score of another thickness can promise what no fit keeps (by 110
/// at 100,000 electrons a pattern), look after look.
void fit_what_comes_first(SearchState& state) {
  for (int fits = 0; fits < most_last_fits && !state.candidates.best().fitted; ++fits) {
    const Hypothesis first = state.candidates.best().hypothesis;
    state.candidates.take_score(first);
    state.add(state.fitted({first, state.circumstances()}, {.ripple = FitEffort::Ripple::followed}, nullptr));
  }
}

}  // namespace

Findings search(const ForwardModel& model, const Observation& observed, const SearchEffort& effort,
                const Progress& progress) {
  SearchState state(model, observed, effort, progress);
  MixedCellSearch mixed_cell(state);
  StepSearch steps(state);
  ProfileSearch profiles(state);
  state.report(0);
  mixed_cell.find_mean_boundary();
  state.report(40);
  steps.look_for_one_step();
  steps.confirm();
  state.report(65);
  steps.look_for_two_steps();
  state.report(80);
  mixed_cell.finish();
  profiles.look();
  look_for_abrupt(state);
  profiles.look_for_steps_inside();
  if (state.candidates.best().hypothesis.interface_class == InterfaceClass::both || !state.is_explained())
    steps.look_for_near_steps();
  if (steps.boundary_has_moved()) {  // what came later may be better, and lie elsewhere
    state.take_tangent(state.best());
    state.candidates.drop_scores();
    steps.look_for_one_step();
    steps.confirm();
    steps.look_for_two_steps();
    look_for_abrupt(state);
    profiles.look_for_steps_inside();
  }
  fit_what_comes_first(state);
  state.report(100);
  return state.findings();
}

}  // namespace terrace
