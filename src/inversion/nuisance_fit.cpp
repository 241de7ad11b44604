#include "inversion/nuisance_fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace terrace {
namespace {

constexpr int halvings = 4;
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
  Fitter(const ForwardModel& model, const Observation& observed, const std::vector<Parameter>& parameters,
         const Explanation& start)
      : model_(model), observed_(observed), parameters_(parameters) {
    move_to(start);
  }

  Fit run(const FitEffort& effort, const Linearisation* earlier) {
    const bool cautious = effort.derivatives == FitEffort::Derivatives::cautious;
    std::optional<Linearisation> known;
    if (earlier) known = *earlier;
    for (bool refresh = false; fit_.steps < effort.most_steps;) {
      const bool fresh = !known || (cautious && (refresh || counted_cells_differ(*known)));
      Tangent tangent(observed_, parameters_,
                      linearise(propagated_, model_, fit_.explanation, parameters_, fresh ? nullptr : &*known));
      fit_.errors = tangent.standard_errors();
      known = tangent.linearisation();
      const double before = fit_.log_posterior;
      const auto step = tangent.best_step(known->expected);
      // Far from the best the quadratic falls short of what a few more steps find.
      fit_.given_up = before + hope * step.gain < effort.hopeless_below;
      if (fit_.given_up) break;
      const bool stepped = try_step(step.change);
      if (stepped) ++fit_.steps;
      const bool settled = !stepped || fit_.log_posterior - before < effort.least_gain;
      if (settled && (fresh || !cautious)) break;
      refresh = settled;  // the derivatives of another place may be why
    }
    if (known) fit_.linearisation = std::move(*known);
    return std::move(fit_);
  }

 private:
  /// By more than one cell, from where the derivatives that need propagation were taken.
  bool counted_cells_differ(const Linearisation& known) const {
    return std::ranges::any_of(parameters_, [&](const Parameter& p) {
      return p.whole && std::abs(p.value(known.specimen_at) - p.value(fit_.explanation)) > 1;
    });
  }

  /// Moves by the first of the step, its half, its quarter … that gains.
  bool try_step(const std::vector<double>& change) {
    double share = 1;
    for (int i = 0; i <= halvings; ++i, share /= 2) {
      const auto there = moved(change, share);
      auto propagated = covering(there);
      auto expected = propagated.expected(there.circumstances);
      const double value = log_likelihood(observed_, expected) + log_prior(parameters_, there);
      if (value <= fit_.log_posterior) continue;
      fit_.explanation = there;
      fit_.expected = std::move(expected);
      fit_.log_posterior = value;
      propagated_ = std::move(propagated);
      return true;
    }
    return false;
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
  const std::vector<Parameter>& parameters_;
  PropagatedStructure propagated_;
  Fit fit_;
};

}  // namespace

Fit fit_parameters(const ForwardModel& model, const Observation& observed, const std::vector<Parameter>& parameters,
                   const Explanation& start, const FitEffort& effort, const Linearisation* earlier) {
  return Fitter(model, observed, parameters, start).run(effort, earlier);
}

}  // namespace terrace
