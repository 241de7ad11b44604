#include "inversion/nuisance_fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace terrace {
namespace {

constexpr int halvings = 2;
/// A step that gains less than this share of its promise has gone where the derivatives are others.
constexpr double trusted_share = 0.7;
constexpr double local_share = 0.1;
/// A fit may gain this many times what its next step promises.
constexpr double hope = 3;

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
  /// are taken anew where steps fall short of their promise, and by the probe before the end is believed; those that
  /// need propagation once more at most (where the fit ends, one that is wrong by a share ε leaves ε²/2 of the
  /// log-posterior).
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
    for (Kept kept = known_ ? Kept::of_specimen : Kept::none; fit_.steps < most_steps;) {
      if (known_ && effort.renewed == Renewed::all && counted_cells_differ(*known_)) kept = Kept::none;
      const Tangent tangent(
          observed_, parameters_,
          linearise(propagated_, model_, fit_.explanation, parameters_, kept, known_ ? &*known_ : nullptr));
      fit_.errors = tangent.standard_errors();
      known_ = tangent.linearisation();
      const double before = fit_.log_posterior;
      const auto step = tangent.best_step(known_->expected);
      // Far from the best the quadratic falls short of what a few more steps find.
      fit_.given_up = before + hope * step.gain < effort.hopeless_below;
      if (fit_.given_up) break;
      const double gained = step.gain < effort.least_gain ? 0 : try_step(step.change);
      if (gained > 0) ++fit_.steps;
      const auto next = kept_after(kept, gained, step.gain, effort.least_gain);
      if (!next) break;
      kept = *next;
    }
  }

  /// Empty where there is nothing more to try.
  std::optional<Kept> kept_after(Kept kept, double gained, double promised, double least_gain) {
    if (gained >= least_gain) return gained < trusted_share * promised ? Kept::of_specimen : Kept::all;
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

  /// Moves by the first of the step, its half, its quarter … that gains, and returns the gain, or 0.
  double try_step(const std::vector<double>& change) {
    double share = 1;
    for (int i = 0; i <= halvings; ++i, share /= 2) {
      const auto there = moved(change, share);
      auto propagated = covering(there);
      auto expected = propagated.expected(there.circumstances);
      const double value = log_likelihood(observed_, expected) + log_prior(parameters_, there);
      const double gained = value - fit_.log_posterior;
      if (gained <= 0) continue;
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
      const double value = p.value(fit_.explanation) + share * change[i];
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
  bool specimen_may_be_renewed_ = true;  ///< once more than counted cells ask for
  Fit fit_;
};

}  // namespace

Fit fit_parameters(const ForwardModel& model, const Observation& observed, const std::vector<Parameter>& parameters,
                   const Explanation& start, const FitEffort& effort, const Linearisation* earlier) {
  return Fitter(model, observed, parameters, start).run(effort, earlier);
}

}  // namespace terrace
