#include "inversion/step_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inversion/steps_near.h"

namespace terrace {
namespace {

constexpr int most_fits = 6, most_looks = 3;
constexpr int wide_terrace_cells = 3;
/// In log-evidence: one in a thousand.
constexpr double out_of_the_question = 7;
/// In cells: within it lies one step of each depth and direction, which is what a step's prior counts.
constexpr double most_boundary_distance = 0.5;

}  // namespace

void StepSearch::look_for_one_step() {
  const double boundary = state_.boundary_here(), tolerance = state_.boundary_tolerance();
  for (const auto& scored : scored_steps(boundary, tolerance)) state_.candidates.add(scored);
  // The first one comes from a mixed cell and from afar.
  auto ripple = FitEffort::Ripple::smoothed_then_followed;
  if (const auto suggested = suggested_step(boundary, tolerance))
    fit_step(*suggested, std::exchange(ripple, FitEffort::Ripple::followed));
  fit_until_the_best_stays(ripple);
}

/// A score may promise more than a fit keeps, so whatever comes first is fitted until what comes first has been.
void StepSearch::fit_until_the_best_stays(FitEffort::Ripple ripple) {
  for (int fits = 0; fits < most_fits && !state_.candidates.best().fitted; ++fits)
    fit_step(Hypothesis(state_.candidates.best().hypothesis), std::exchange(ripple, FitEffort::Ripple::followed));
}

/// Of the candidates; what its fit shows better than all before, and not as its score said, is looked around from.
void StepSearch::fit_step(const Hypothesis& step, FitEffort::Ripple ripple) {
  state_.report(std::min(40 + 3 * steps_fitted_++, 62));
  const double before = state_.best().log_posterior;
  const FitEffort effort{.renewed = FitEffort::Renewed::of_probe,
                         .earlier_serves = ripple == FitEffort::Ripple::followed,
                         .most_steps = 6,
                         .ripple = ripple,
                         .hopeless_below = state_.hopeless()};
  const auto fit = state_.fitted({step, state_.circumstances()}, effort, state_.nuisance_part());
  const auto score = state_.candidates.take_score(step);
  const bool as_scored = score && std::abs(*score - fit.log_posterior) < trusted_score_error;
  state_.add(fit);
  if (fit.given_up || fit.log_posterior <= before) return;
  state_.take_tangent(fit);
  if (as_scored) return;
  state_.candidates.drop_scores();
  for (const auto& scored : scored_steps(state_.boundary_here(), 2.5 / state_.best_thickness()))
    state_.candidates.add(scored);
}

void StepSearch::confirm() {
  for (int looks = 0; looks < most_looks; ++looks) {
    const double before = state_.best().log_posterior;
    const auto fit =
        state_.fitted(state_.best().explanation, {.most_steps = 6, .ripple = FitEffort::Ripple::followed}, nullptr);
    state_.add(fit);
    if (fit.log_posterior >= before) state_.take_tangent(fit);
    state_.candidates.drop_scores();
    for (const auto& scored : scored_steps_of_near_thicknesses()) state_.candidates.raise(scored, trusted_score_error);
    if (state_.candidates.best().fitted || looks + 1 == most_looks) return;
    fit_until_the_best_stays(FitEffort::Ripple::followed);
  }
}

std::vector<Candidate> StepSearch::scored_steps(double boundary, double tolerance) {
  scored_boundary_ = boundary;
  return state_.scan(steps_near(boundary, tolerance, state_.best_thickness()));
}

/// The thickness of a fit may be a cell off, and steps beside its own be better at another, where it is open. Few
/// electrons leave the mean boundary open, too: farther and farther steps are scored, until the farthest ones are out
/// of the question.
std::vector<Candidate> StepSearch::scored_steps_of_near_thicknesses() {
  scored_boundary_ = state_.boundary_here();
  std::vector<Candidate> scored;
  double nearest = -1, farthest = state_.boundary_tolerance();
  do {
    const auto ring = state_.scan(steps_of_near_thicknesses(nearest, farthest));
    scored.insert(scored.end(), ring.begin(), ring.end());
    nearest = std::exchange(farthest, std::min(2 * farthest, most_boundary_distance));
  } while (nearest < most_boundary_distance && !is_settled(scored));
  return scored;
}

/// Farther than `nearest` from the mean boundary here, and no farther than `farthest`.
std::vector<Hypothesis> StepSearch::steps_of_near_thicknesses(double nearest, double farthest) const {
  std::vector<Hypothesis> steps;
  for (const int thickness : state_.near_thicknesses(state_.best_thickness()))
    for (const auto& step : steps_near(scored_boundary_, farthest, thickness))
      if (std::abs(mean_boundary(step) - scored_boundary_) > nearest) steps.push_back(step);
  return steps;
}

/// Whether the farthest steps on either side are far behind.
bool StepSearch::is_settled(const std::vector<Candidate>& scored) const {
  double most = state_.most_evidence();
  for (const auto& step : scored) most = std::max(most, step.log_evidence);
  return is_settled(scored, -1, most) && is_settled(scored, 1, most);
}

bool StepSearch::is_settled(const std::vector<Candidate>& scored, int side, double most_evidence) const {
  const auto distance = [&](const Candidate& c) { return side * (mean_boundary(c.hypothesis) - scored_boundary_); };
  double farthest = 0;
  for (const auto& step : scored) farthest = std::max(farthest, distance(step));
  return std::ranges::none_of(scored, [&](const Candidate& step) {
    return distance(step) > farthest - 1.0 / state_.best_thickness() &&
           step.log_evidence > most_evidence - out_of_the_question;
  });
}

/// In the column that lets it have the mean boundary, if one does.
std::optional<Hypothesis> StepSearch::suggested_step(double boundary, double tolerance) const {
  if (!state_.effort().suggested) return std::nullopt;
  Hypothesis step = *state_.effort().suggested;
  step.thickness_cells = state_.best_thickness();
  if (step.step_depth_cells < 1 || step.step_depth_cells >= step.thickness_cells) return std::nullopt;
  step.plane = static_cast<int>(std::lround(boundary - mean_boundary(step)));
  if (std::abs(mean_boundary(step) - boundary) > tolerance) return std::nullopt;
  return step;
}

bool StepSearch::boundary_has_moved() const {
  const double boundary = mean_boundary(state_.best().explanation.hypothesis);
  return std::abs(boundary - scored_boundary_) > state_.boundary_tolerance() / 2;
}

void StepSearch::look_for_two_steps() {
  const int first_depths = state_.effort().two_step_depths;
  if (first_depths <= 0) return;
  improve_pair(pairs_near(state_.boundary_here(), first_depths, state_.best_thickness(), wide_terrace_cells),
               wide_terrace_cells, state_.hopeless());
}

void StepSearch::look_for_near_steps() {
  if (state_.effort().two_step_depths <= 0) return;
  const int thickness = state_.best_thickness();
  std::vector<Hypothesis> pairs;
  for (const int cells : {-2, 0, 2})  // the boundary here is that of a wrong structure
    for (const auto& pair :
         pairs_near(state_.boundary_here() + static_cast<double>(cells) / thickness, thickness / 4, thickness, 1))
      pairs.push_back(pair);
  improve_pair(pairs, 1, -1e300);
}

/// Of `pairs` the best one, moved cell by cell while that gains, unless it falls short of `hopeless_below`.
void StepSearch::improve_pair(const std::vector<Hypothesis>& pairs, int least_terrace_cells, double hopeless_below) {
  auto scanned = state_.scan(pairs);
  if (scanned.empty()) return;
  auto best = scanned.front();
  for (const auto& candidate : scanned) state_.candidates.add(candidate);
  while (best.log_evidence > hopeless_below) {
    scanned = state_.scan(neighbours_of_pair(best.hypothesis, least_terrace_cells));
    for (const auto& candidate : scanned) state_.candidates.add(candidate);
    if (scanned.empty() || scanned.front().log_evidence <= best.log_evidence) break;
    best = scanned.front();
  }
  state_.fit_if_interesting(best);
}

}  // namespace terrace
