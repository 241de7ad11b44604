#include "inversion/mixed_cell_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

constexpr int first_look_steps = 2;
/// A mixed cell that others are to be scored around is fitted until a step promises less.
constexpr double enough_to_start = 3;
/// A share of film nearer to 0 or 1 than this may belong to the next column.
constexpr double share_at_the_end = 0.04;

/// Near enough to score others around.
FitEffort from_afar(int most_steps) {
  return {.most_steps = most_steps, .ripple = FitEffort::Ripple::smoothed, .least_gain = enough_to_start};
}

}  // namespace

void MixedCellSearch::find_mean_boundary() {
  const int thickness = known_thickness();
  Fit best;
  for (const int plane : {-1, 0}) {
    const Hypothesis mixed{.interface_class = InterfaceClass::diffuse,
                           .thickness_cells = thickness,
                           .plane = plane,
                           .film_cells = thickness / 2.0};
    auto fit = first_look({mixed, expected_circumstances(state_.model().recipe(), state_.model().conditions())});
    if (plane == -1 || fit.log_posterior > best.log_posterior) best = std::move(fit);
    state_.report(plane == -1 ? 8 : 16);
  }
  best = state_.fitted(best.explanation, from_afar(12), nullptr);
  mixed_ = at_next_column_if_better(std::move(best));
  state_.add(mixed_);
  state_.take_tangent(mixed_);
}

void MixedCellSearch::finish() {
  auto twin = state_.fitted({twin_here(), state_.circumstances()}, state_.nearby(), state_.nuisance_part());
  if (twin.log_posterior > mixed_.log_posterior) mixed_ = std::move(twin);
  if (mixed_.log_posterior + 2 * enough_to_start < state_.hopeless()) return;
  mixed_ = state_.at_next_thickness_if_better(state_.fitted(mixed_.explanation, {}, &mixed_.linearisation));
  state_.add(mixed_);
  if (state_.candidates.best().hypothesis.interface_class == InterfaceClass::diffuse) state_.take_tangent(mixed_);
}

int MixedCellSearch::known_thickness() const {
  const double cell_nm = state_.model().recipe().substrate.cell_angstrom / 10;
  return std::max(thinnest_cells, static_cast<int>(std::lround(state_.model().conditions().thickness_nm / cell_nm)));
}

/// A few steps without what needs a propagation each and says little from afar: film cell, B factors, milling.
Fit MixedCellSearch::first_look(const Explanation& start) const {
  auto few = state_.parameters(start.hypothesis);
  std::erase_if(few, [](const Parameter& p) {
    return p.reach == Reach::specimen && p.name != "thickness" && p.name != "film in the mixed cell";
  });
  return fit_parameters(
      state_.model(), state_.observed(), few, start,
      {.renewed = FitEffort::Renewed::of_probe, .most_steps = first_look_steps, .ripple = FitEffort::Ripple::smoothed},
      nullptr);
}

Fit MixedCellSearch::at_next_column_if_better(Fit fit) const {
  auto next = fit.explanation;
  auto& h = next.hypothesis;
  const double share = h.film_cells / h.thickness_cells;
  if (share > share_at_the_end && share < 1 - share_at_the_end) return fit;
  h.plane += share < 0.5 ? 1 : -1;
  h.film_cells = (share < 0.5 ? 0.9 : 0.1) * h.thickness_cells;
  auto effort = from_afar(6);
  effort.hopeless_below = fit.log_posterior;
  auto other = state_.fitted(next, effort, &fit.linearisation);
  return other.log_posterior > fit.log_posterior ? std::move(other) : std::move(fit);
}

/// The mixed cell that projects like what the tangent is of.
Hypothesis MixedCellSearch::twin_here() const {
  const double boundary = state_.boundary_here(), plane = std::floor(boundary);
  return {.interface_class = InterfaceClass::diffuse,
          .thickness_cells = state_.best_thickness(),
          .plane = static_cast<int>(plane),
          .film_cells = (1 - (boundary - plane)) * state_.best_thickness()};
}

}  // namespace terrace
