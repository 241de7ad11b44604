// What a search has looked at so far, best first.
#pragma once

#include <optional>
#include <vector>

#include "inversion/hypotheses.h"

namespace terrace {

/// A hypothesis with the logarithm of its evidence, up to one constant: the likelihood at the best circumstances, their
/// prior, and, for the continuous numbers of a structure, the volume that remains of them over that of their prior
/// (Laplace's approximation). `fitted`: circumstances of its own; else the efficient score at those of another.
struct Candidate {
  Hypothesis hypothesis;
  double log_evidence = 0;
  bool fitted = false;
  double log_occam = 0;        ///< the part of it that Laplace's approximation adds
  int continuous_numbers = 0;  ///< of the structure
};

/// Whether they are one but for thickness and continuous numbers.
bool alike(const Hypothesis& a, const Hypothesis& b);

/// Each structure once, whatever its thickness and its continuous numbers (widths, a mixed cell's share).
class Candidates {
 public:
  /// A fit replaces a score; of two fits, and of two scores, the better one stays.
  void add(const Candidate& candidate);
  /// A score that is as good as a fit: a fit that ended short of it is raised to it, and set aside where it was short
  /// by more than `trusted_error`: it comes back where no later fit is better, as scores may promise what no fit keeps.
  void raise(const Candidate& score, double trusted_error);
  void drop_scores();
  /// The score of that structure, which is dropped; empty where it has a fit, or none.
  std::optional<double> take_score(const Hypothesis& hypothesis);

  const Candidate& best() const { return all_.front(); }
  /// The best one with a fit and one step, be it in a profile.
  std::optional<Hypothesis> best_fitted_step() const;
  /// The best one with a fit and a width, be it around a step.
  std::optional<Candidate> best_fitted_profile() const;
  const std::vector<Candidate>& all() const { return all_; }

 private:
  void sort();
  std::vector<Candidate>::iterator find(const Hypothesis& hypothesis);

  /// The better of `candidate` and what was set aside of its structure, which is taken.
  Candidate better_of_set_aside(const Candidate& candidate);

  std::vector<Candidate> all_, set_aside_;
};

}  // namespace terrace
