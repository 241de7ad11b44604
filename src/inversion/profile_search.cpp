#include "inversion/profile_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "inversion/steps_near.h"

namespace terrace {
namespace {

/// Fits of a profile begin at the best of these. In the narrowest, neighbouring columns still project as film alone,
/// which what milling made of them depends on (specimen/build.cpp): a fit does not come across that.
constexpr std::array first_widths_cells = {0.2, 0.5};
constexpr int most_looks_inside = 5, most_steps_from_afar = 12;

/// What a step adds to the variance of the projected profile, in cells².
double variance_of_step(const Hypothesis& h) {
  if (!h.has_step()) return 0;
  const double above = static_cast<double>(h.step_depth_cells) / h.thickness_cells;
  return above * (1 - above);
}

/// The width that leaves the projection's variance as it is.
double width_of_same_variance(double sigma, const Hypothesis& was, const Hypothesis& is) {
  const double left = sigma * sigma + variance_of_step(was) - variance_of_step(is);
  return std::sqrt(std::max(left, first_widths_cells[0] * first_widths_cells[0]));
}

/// The profile of the same projection.
Hypothesis without_step(const Hypothesis& both) {
  const double boundary = mean_boundary(both);
  Hypothesis profile{.interface_class = InterfaceClass::diffuse,
                     .thickness_cells = both.thickness_cells,
                     .plane = static_cast<int>(std::lround(boundary))};
  profile.shift_cells = boundary - profile.plane;
  profile.sigma_a_cells = width_of_same_variance(both.sigma_a_cells, both, profile);
  profile.sigma_b_cells = width_of_same_variance(both.sigma_b_cells, both, profile);
  return profile;
}

}  // namespace

void ProfileSearch::look() {
  const double boundary = state_.boundary_here();
  Hypothesis profile{.interface_class = InterfaceClass::diffuse,
                     .thickness_cells = state_.best_thickness(),
                     .plane = static_cast<int>(std::lround(boundary))};
  profile.shift_cells = boundary - profile.plane;
  fit_widths(profile);
  auto both = state_.candidates.best_fitted_step();
  if (!both) return;
  both->interface_class = InterfaceClass::both;
  fit_widths(*both);
}

void ProfileSearch::fit_widths(Hypothesis profile) {
  std::vector<Hypothesis> starts;
  for (const double width : first_widths_cells) {
    profile.sigma_a_cells = profile.sigma_b_cells = width;
    starts.push_back(profile);
  }
  const Explanation start{state_.scan(starts).front().hypothesis, state_.circumstances()};
  // Where nothing explains the counts so far, what begins far behind may be the answer.
  auto fit = state_.is_explained() ? state_.fitted(start, state_.nearby(), state_.nuisance_part())
                                   : state_.fitted(start, {.most_steps = most_steps_from_afar}, nullptr);
  if (!profile.has_step() && !fit.given_up) fit = state_.at_next_thickness_if_better(std::move(fit));
  state_.add(fit);
}

void ProfileSearch::look_for_steps_inside() {
  if (state_.candidates.best().hypothesis.has_width()) fit_to_the_end(state_.most_evident().explanation);
  try_steps_inside();
  const auto best = state_.most_evident().explanation;
  if (best.hypothesis.interface_class == InterfaceClass::both)
    fit_to_the_end({without_step(best.hypothesis), best.circumstances});
}

void ProfileSearch::fit_to_the_end(const Explanation& start) {
  state_.add(state_.fitted(start, {.ripple = FitEffort::Ripple::followed}, nullptr));
}

void ProfileSearch::try_steps_inside() {
  for (int looks = 0; looks < most_looks_inside; ++looks) {
    const auto profile = state_.candidates.best_fitted_profile();
    if (!profile || (!state_.candidates.best().hypothesis.has_width() && state_.is_explained())) return;
    state_.take_tangent(state_.most_evident());
    const auto scored = state_.scan(steps_inside(profile->hypothesis));
    if (scored.empty()) return;
    if (alike(scored.front().hypothesis, profile->hypothesis)) return add_scores(scored, *profile);
    state_.add(state_.fitted({scored.front().hypothesis, state_.circumstances()},
                             {.renewed = FitEffort::Renewed::of_probe, .ripple = FitEffort::Ripple::followed},
                             state_.nuisance_part()));
    if (alike(state_.candidates.best_fitted_profile()->hypothesis, profile->hypothesis)) return;
  }
}

std::vector<Hypothesis> ProfileSearch::steps_inside(const Hypothesis& profile) const {
  auto steps = steps_near(mean_boundary(profile), state_.boundary_tolerance(), profile.thickness_cells);
  for (auto& step : steps) {
    step.interface_class = InterfaceClass::both;
    step.sigma_a_cells = width_of_same_variance(profile.sigma_a_cells, profile, step);
    step.sigma_b_cells = width_of_same_variance(profile.sigma_b_cells, profile, step);
  }
  return steps;
}

/// Of steps beside the fitted one: their widths are as open as its own.
void ProfileSearch::add_scores(const std::vector<Candidate>& scored, const Candidate& fitted) {
  for (auto one : scored) {
    one.log_evidence += fitted.log_occam;
    one.log_occam = fitted.log_occam;
    one.continuous_numbers = fitted.continuous_numbers;
    state_.candidates.add(one);
  }
}

}  // namespace terrace
