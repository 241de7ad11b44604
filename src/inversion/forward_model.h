// Expected patterns of hypotheses under given circumstances: the forward engine as the inversion asks it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/progress.h"
#include "inversion/observation.h"
#include "inversion/parameters.h"
#include "multislice/scattering_matrix.h"
#include "multislice/simulation.h"

namespace terrace {

/// One structure, propagated once: any probe near the circumstances of that is a sum (ScatteringMatrix). Borrows the
/// model.
class PropagatedStructure {
 public:
  /// Whether `circumstances` differ from those of the propagation by nothing but what sums can change.
  bool covers(const Circumstances& circumstances) const;
  /// Fractions of the given dose under each of `circumstances`; what they have in common is summed once. Throws
  /// std::logic_error where one is not covered.
  std::vector<Patterns> expected(std::span<const Circumstances> circumstances) const;
  Patterns expected(const Circumstances& circumstances) const;

  const Hypothesis& hypothesis() const { return hypothesis_; }
  std::int64_t bytes() const;

 private:
  friend class ForwardModel;
  /// What reaches the camera of `view` from each of `scans`.
  std::vector<Patterns> incident(View view, const std::vector<std::vector<ProbePosition>>& scans) const;

  const class ForwardModel* model_ = nullptr;
  Hypothesis hypothesis_;
  Circumstances around_;
  PlannedStructure structure_;
  SimulationPlan plan_;
  std::vector<std::shared_ptr<const ScatteringMatrix>> matrices_;
};

/// What the patterns of a hypothesis are, in the setting of one recipe (window, sampling, grid, crystals) and what is
/// known of one scan. Borrows the recipe.
class ForwardModel {
 public:
  /// `spreads`: what the scan's standard patterns are means over (`spreads_of`).
  ForwardModel(const Recipe& recipe, const Conditions& conditions, int threads, Spreads spreads = {});

  /// Throws InputError where the recipe's window cannot be summed by sectors.
  PropagatedStructure propagate(const Hypothesis& hypothesis, const Circumstances& circumstances) const;

  /// The patterns of each explanation, by the same engine; equal beginnings are propagated once.
  std::vector<Patterns> expected(std::span<const Explanation> explanations, const Progress& progress = {}) const;

  /// What `expected` takes of these: seconds on one core of this machine, and bytes at the highest; and the bytes that
  /// `propagate` keeps of one of them. Throws InputError for settings that cannot be simulated.
  struct Cost {
    double seconds = 0, bytes = 0, kept_bytes = 0;
  };
  Cost cost(std::span<const Explanation> explanations) const;

  /// From what reaches the camera to fractions of the given dose, in place: background, point spread, dose.
  void read_out(const Circumstances& circumstances, Patterns& patterns) const;

  const Recipe& recipe() const { return *recipe_; }
  const Conditions& conditions() const { return conditions_; }
  int threads() const { return threads_; }

 private:
  View view_of(const PlannedStructure& structure, const Circumstances& circumstances, int exit) const;
  Patterns no_patterns() const;
  std::vector<struct WindowOfExplanations> windows_of(std::span<const Explanation> explanations) const;

  friend class PropagatedStructure;
  const Recipe* recipe_;
  Conditions conditions_;
  int threads_;
  Spreads spreads_;
};

}  // namespace terrace
