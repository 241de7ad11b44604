// What the stages of a search share: what is observed, what was looked at so far, and where others are scored around.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "core/progress.h"
#include "inversion/candidates.h"
#include "inversion/nuisance_fit.h"
#include "inversion/search.h"

namespace terrace {

/// A fit that comes as near as this to what its score said bears out those of its neighbours.
inline constexpr double trusted_score_error = 1;

class SearchState {
 public:
  SearchState(const ForwardModel& model, const Observation& observed, const SearchEffort& effort,
              const Progress& progress);

  /// `percent`: shares of the usual time.
  void report(int percent);

  // Fits.
  Fit fitted(const Explanation& start, const FitEffort& effort, const Linearisation* earlier) const;
  /// Effort from circumstances that nearly fit.
  FitEffort nearby() const;
  std::vector<Parameter> parameters(const Hypothesis& hypothesis) const;
  void add(const Fit& fit);
  /// Few electrons leave the thickness open, and a fit may be held a cell beside its best one.
  Fit at_next_thickness_if_better(Fit fit) const;

  // Scores: log-likelihood at the circumstances of the tangent and what re-fitting them would gain.
  /// Each at its own thickness, best first.
  std::vector<Candidate> scan(const std::vector<Hypothesis>& hypotheses) const { return scan(hypotheses, *tangent_); }
  std::vector<Candidate> scan(const std::vector<Hypothesis>& hypotheses, const Tangent& around) const;
  /// Fits what may yet be the answer. The score is as good as the fit, and both may be short of the best.
  void fit_if_interesting(const Candidate& scored);

  // Where the tangent is.
  void take_tangent(const Fit& fit);
  const Circumstances& circumstances() const { return tangent_->linearisation().at.circumstances; }
  const Linearisation* nuisance_part() const { return &tangent_->linearisation(); }
  double boundary_here() const { return mean_boundary(tangent_->linearisation().at.hypothesis); }
  int best_thickness() const { return tangent_->linearisation().at.hypothesis.thickness_cells; }
  /// In cells, of the mean boundary here: steps within it are tried first.
  double boundary_tolerance() const { return std::max(effort_.boundary_tolerance_cells, 3.0 / best_thickness()); }
  /// It and, where it is open, the next ones.
  std::vector<int> near_thicknesses(int cells) const;

  const ForwardModel& model() const { return model_; }
  const Observation& observed() const { return observed_; }
  const SearchEffort& effort() const { return effort_; }
  const Fit& best() const { return *best_; }
  const Fit& most_evident() const { return *most_evident_; }
  /// Whether the best fit leaves no more than the counts' noise.
  bool is_explained() const;
  double most_evidence() const { return candidates.best().log_evidence; }
  /// A log-posterior that no fit needs to come up to.
  double hopeless() const { return best_->log_posterior - 1.5 * effort_.interesting; }

  /// The end: what is known moves out.
  Findings findings();

  Candidates candidates;  ///< stages write to it as well

 private:
  double log_occam(const Fit& fit, const std::vector<Parameter>& all) const;

  const ForwardModel& model_;
  const Observation& observed_;
  SearchEffort effort_;
  Progress progress_;
  std::vector<Parameter> nuisances_;
  std::optional<Fit> best_;          ///< the highest log-posterior: what fits best, to look around from
  std::optional<Fit> most_evident_;  ///< the highest evidence: what is most probable
  double most_evidence_of_fits_ = 0;
  std::optional<Tangent> tangent_;
  int percent_ = 0;
};

}  // namespace terrace
