#include "inversion/nuisance_fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace terrace {
namespace {

constexpr int shortenings = 2;
/// No shorter than this share of what fell short.
constexpr double shortest_share = 0.1;
/// A step that gains less than this share of its promise has gone where the derivatives are others.
constexpr double trusted_share = 0.7;
constexpr double local_share = 0.1;
/// Derivatives taken where the log-posterior was lower by less than this (two and a half standard deviations away) are
/// believed where they promise nothing more.
constexpr double near_enough = 3;
/// A fit whose last step kept no more than this share of its promise is believed this share of the next one.
constexpr double least_credit = 0.3;
/// A continuous number of the specimen whose change is a smaller share of its error than this stays: it would gain a
/// hundredth of the log-posterior and cost a propagation.
constexpr double negligible_share = 0.15;

bool same_structure(const Hypothesis& a, const Hypothesis& b) {
  return a.thickness_cells == b.thickness_cells && a.plane == b.plane && a.film_cells == b.film_cells &&
         a.step_depth_cells == b.step_depth_cells && a.step_height_cells == b.step_height_cells &&
         a.second_step_depth_cells == b.second_step_depth_cells &&
         a.second_step_height_cells == b.second_step_height_cells && a.sigma_a_cells == b.sigma_a_cells &&
         a.sigma_b_cells == b.sigma_b_cells && a.shift_cells == b.shift_cells;
}

class Fitter {
 public:
  Fitter(const ForwardModel& model, const Observation& observed, std::vector<Parameter> parameters,
         const Explanation& start)
      : model_(model), observed_(observed), parameters_(std::move(parameters)) {
    move_to(start);
  }

  /// Every step is judged by the likelihood itself, so that what a stale derivative costs is a worse step: derivatives
  /// are taken anew where steps fall short of their promise, and by the probe before the end is believed unless they
  /// are from nearby; those that need propagation once more at most (where the fit ends, one that is wrong by a share ε
  /// leaves ε²/2 of the log-posterior).
  Fit run(const FitEffort& effort, const Linearisation* earlier) {
    if (earlier) known_ = *earlier;
    specimen_may_be_renewed_ = effort.renewed == Renewed::all;
    if (effort.ripple == Ripple::followed) derive_locally();
    climb(effort);
    if (effort.ripple == Ripple::smoothed_then_followed && !fit_.given_up && derive_locally()) climb(effort);
    if (known_) fit_.linearisation = here(std::move(*known_));
    return std::move(fit_);
  }

 private:
  using Renewed = FitEffort::Renewed;
  using Ripple = FitEffort::Ripple;

  void climb(const FitEffort& effort) {
    const int most_steps = fit_.steps + effort.most_steps;
    const Kept first = effort.earlier_serves && fit_.steps == 0 ? Kept::all : Kept::of_specimen;
    for (Kept kept = known_ ? first : Kept::none; fit_.steps < most_steps;) {
      if (known_ && effort.renewed == Renewed::all && counted_cells_differ(*known_)) kept = Kept::none;
      const Tangent tangent(
          observed_, parameters_,
          linearise(propagated_, model_, fit_.explanation, parameters_, kept, known_ ? &*known_ : nullptr));
      fit_.errors = tangent.standard_errors();
      known_ = tangent.linearisation();
      const double before = fit_.log_posterior;
      const auto step = tangent.best_step(known_->expected);
      fit_.given_up = before + effort.hope * credit_ * step.gain < effort.hopeless_below;
      if (fit_.given_up) break;
      const bool tried = step.gain >= effort.least_gain;
      const double gained = tried ? try_step(step, effort.least_gain) : 0;
      if (tried) credit_ = std::clamp(gained / step.gain, least_credit, 1.0);
      if (gained > 0) ++fit_.steps;
      gained_since_derived_ = gained + (kept == Kept::all ? gained_since_derived_ : 0);
      const auto next = kept_after(kept, gained, step.gain, effort.least_gain);
      if (!next) break;
      kept = *next;
    }
  }

  /// Empty where there is nothing more to try.
  std::optional<Kept> kept_after(Kept kept, double gained, double promised, double least_gain) {
    if (gained >= least_gain) return gained < trusted_share * promised ? Kept::of_specimen : Kept::all;
    if (kept == Kept::all && promised < least_gain && gained_since_derived_ < near_enough) return std::nullopt;
    if (kept == Kept::all) return Kept::of_specimen;
    if (kept == Kept::none || promised < least_gain || !specimen_may_be_renewed_) return std::nullopt;
    specimen_may_be_renewed_ = false;
    return Kept::none;
  }

  /// From derivatives over a ripple's whole period to those at a point of it. False where there are none of the former.
  bool derive_locally() {
    bool changed = false;
    for (auto& p : parameters_) {
      if (!p.both_ways) continue;
      p.both_ways = false;
      p.step *= local_share;
      changed = true;
    }
    return changed;
  }

  /// The derivatives as they are, at the place that the fit has come to.
  Linearisation here(Linearisation linearisation) const {
    linearisation.at = fit_.explanation;
    linearisation.expected = fit_.expected;
    return linearisation;
  }

  /// By more than one cell, from where the derivatives that need propagation were taken.
  bool counted_cells_differ(const Linearisation& known) const {
    return std::ranges::any_of(parameters_, [&](const Parameter& p) {
      return p.whole && std::abs(p.value(known.specimen_at) - p.value(fit_.explanation)) > 1;
    });
  }

  /// Moves by the step, or by as much of it as gains, and returns the gain, or 0. Where a step falls short, the
  /// parabola of what it promised at its start and what it came to says how long it should have been (Nocedal & Wright,
  /// Numerical Optimization (2006), 3.5) and what is left to gain.
  double try_step(const Tangent::Step& step, double least_gain) {
    const double slope = 2 * step.gain;  // of the log-posterior, per length of the step
    double share = 1;
    for (int i = 0; i <= shortenings && share * slope / 2 >= least_gain; ++i) {
      const auto there = moved(step.change, share);
      auto propagated = covering(there);
      auto expected = propagated.expected(there.circumstances);
      const double value = log_likelihood(observed_, expected) + log_prior(parameters_, there);
      const double gained = value - fit_.log_posterior;
      if (gained <= 0) {
        share *= std::max(share * slope / (2 * (share * slope - gained)), shortest_share);
        continue;
      }
      fit_.explanation = there;
      fit_.expected = std::move(expected);
      fit_.log_posterior = value;
      propagated_ = std::move(propagated);
      return gained;
    }
    return 0;
  }

  Explanation moved(const std::vector<double>& change, double share) const {
    Explanation there = fit_.explanation;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const auto& p = parameters_[i];
      const double by = share * change[i], value = p.value(fit_.explanation) + by;
      if (p.reach == Reach::specimen && !p.whole && std::abs(by) < negligible_share * fit_.errors[i]) continue;
      p.set(there, std::clamp(p.whole ? std::round(value) : value, p.least, p.most));
    }
    return there;
  }

  PropagatedStructure covering(const Explanation& there) const {
    if (same_structure(there.hypothesis, fit_.explanation.hypothesis) && propagated_.covers(there.circumstances))
      return propagated_;
    return model_.propagate(there.hypothesis, there.circumstances);
  }

  void move_to(const Explanation& start) {
    propagated_ = model_.propagate(start.hypothesis, start.circumstances);
    fit_.explanation = start;
    fit_.expected = propagated_.expected(start.circumstances);
    fit_.log_posterior = log_likelihood(observed_, fit_.expected) + log_prior(parameters_, start);
  }

  const ForwardModel& model_;
  const Observation& observed_;
  std::vector<Parameter> parameters_;
  PropagatedStructure propagated_;
  std::optional<Linearisation> known_;
  double credit_ = 1;                    ///< share of its promise that the last step kept
  double gained_since_derived_ = 0;      ///< since the probe's derivatives were taken
  bool specimen_may_be_renewed_ = true;  ///< once more than counted cells ask for
  Fit fit_;
};

}  // namespace

Fit fit_parameters(const ForwardModel& model, const Observation& observed, const std::vector<Parameter>& parameters,
                   const Explanation& start, const FitEffort& effort, const Linearisation* earlier) {
  return Fitter(model, observed, parameters, start).run(effort, earlier);
}

}  // namespace terrace
