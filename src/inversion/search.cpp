#include "inversion/search.h"

#include <array>
#include <cmath>
#include <utility>

#include "inversion/mixed_cell_search.h"
#include "inversion/search_state.h"
#include "inversion/step_search.h"

namespace terrace {
namespace {

/// Fits of a profile begin at the best of these. In the narrowest, neighbouring columns still project as film alone,
/// which what milling made of them depends on (specimen/build.cpp): a fit does not come across that.
constexpr std::array first_widths_cells = {0.2, 0.5};
constexpr int most_last_fits = 6;

void fit_widths(SearchState& state, Hypothesis profile) {
  std::vector<Hypothesis> starts;
  for (const double width : first_widths_cells) {
    profile.sigma_a_cells = profile.sigma_b_cells = width;
    starts.push_back(profile);
  }
  auto fit = state.fitted({state.scan(starts).front().hypothesis, state.circumstances()}, state.nearby(),
                          state.nuisance_part());
  if (!profile.has_step() && !fit.given_up) fit = state.at_next_thickness_if_better(std::move(fit));
  state.add(fit);
}

/// Alone, and with the best step in it.
void look_for_profiles(SearchState& state) {
  const double boundary = state.boundary_here();
  Hypothesis profile{.interface_class = InterfaceClass::diffuse,
                     .thickness_cells = state.best_thickness(),
                     .plane = static_cast<int>(std::lround(boundary))};
  profile.shift_cells = boundary - profile.plane;
  fit_widths(state, profile);
  auto both = state.candidates.best_fitted_step();
  if (!both) return;
  both->interface_class = InterfaceClass::both;
  fit_widths(state, *both);
}

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
  state.report(0);
  mixed_cell.find_mean_boundary();
  state.report(40);
  steps.look_for_one_step();
  steps.confirm();
  state.report(65);
  steps.look_for_two_steps();
  state.report(80);
  mixed_cell.finish();
  look_for_profiles(state);
  look_for_abrupt(state);
  if (steps.boundary_has_moved()) {  // what came later may be better, and lie elsewhere
    state.take_tangent(state.best());
    state.candidates.drop_scores();
    steps.look_for_one_step();
    steps.confirm();
    steps.look_for_two_steps();
    look_for_abrupt(state);
  }
  fit_what_comes_first(state);
  state.report(100);
  return state.findings();
}

}  // namespace terrace
