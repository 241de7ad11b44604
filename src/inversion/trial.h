// The inversion tried on one simulated scan whose truth is known.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inversion/forecast.h"
#include "inversion/inversion.h"

namespace terrace {

/// One structure of a recipe, seen at one dose; the rest of its circumstances are drawn as the recipe says and unknown.
struct Trial {
  std::int64_t family = 0, structure = 0;
  int sample = 0;  ///< in the family's plan
  double electrons_per_pattern = 0;
};

/// What a reader of scans says of a trial.
struct TrialAnswer {
  InterfaceClass answered = InterfaceClass::abrupt;
  double class_probability = 0, answered_probability = 0;  ///< of the true class; of the answered one
  int found_thickness_cells = 0;
  int found_depth_cells = -1;  ///< the most probable one, given a step
  bool direction_right = false;
  double exact_probability = 0;  ///< of the true depth, given a step
  double depth_rank = 0;         ///< of the true depth in its distribution, its place in the cell drawn
  double interval_cells = 0;     ///< width of the 90 % interval
  bool abstained = false;
};

/// Where in its true cell a step is taken to lie, 0 … 1: drawn from the trial's own numbers.
double place_in_cell(const Trial& trial);

/// What came of it.
struct TrialOutcome {
  Trial trial;
  InterfaceClass truth = InterfaceClass::abrupt;
  int thickness_cells = 0;
  int step_count = 0;
  int depth_cells = -1;  ///< of the first step
  double source_fwhm_angstrom = 0;
  TrialAnswer inversion{};
  /// Where the model is not the truth: what the same search says when every electron counts in full.
  std::optional<TrialAnswer> untempered{};
  double tempering = 1;  ///< known where `untempered` is
  double goodness = 1, deviations = 0;
  double seconds = 0;  ///< of the search
  // The bound, where the structure is a hypothesis with rivals: what the best reader would reach.
  double bound_exact = -1;                          ///< rough with one step: probability of the exact cell
  double bound_class = -1;                          ///< of preferring the truth to its matched twin
  double adjacent_settles = -1, twin_settles = -1;  ///< electrons a pattern
  double nearest_surface_cells = -1;                ///< from the step, or from that of the twin
  // A network that reads the same counts, if one was asked.
  std::optional<TrialAnswer> network{};
  std::string network_name{};
};

/// A trained network as something that reads a scan on the standard grid, and what tells it from others.
struct TrialNetwork {
  std::string name;
  std::function<Prediction(const Sample& counts)> read;
};

/// What scans are of, and what is taken as open when they are inverted: the same recipe, or another for a model that is
/// not the truth. Their grids agree.
struct TrialRecipes {
  const Recipe& truth;
  const Recipe& model;
  bool same() const { return &truth == &model; }
};

/// The scan of one sample of a family's plan, simulated once, counted at any dose.
class TrialScan {
 public:
  TrialScan(const Recipe& recipe, const FamilyPlan& plan, std::int64_t family, int sample);

  Sample counted(double electrons_per_pattern) const;
  Trial trial(double electrons_per_pattern) const;
  const PlannedSample& planned() const { return plan_->samples[sample_]; }
  const FamilyPlan& plan() const { return *plan_; }
  const Conditions& conditions() const { return noise_free_.conditions; }
  /// As at every dose, but for the dose.
  Detection detection() const;

 private:
  const Recipe* recipe_;
  const FamilyPlan* plan_;
  std::int64_t family_;
  int sample_;
  Sample noise_free_;
};

/// Inverts the scan (of the truth's recipe) at each dose. The bound is that of a true model alone. The same numbers for
/// any number of threads.
std::vector<TrialOutcome> run_trials(const TrialRecipes& recipes, const TrialScan& scan,
                                     std::span<const double> electrons_per_pattern, const SearchEffort& effort,
                                     int threads);

/// Sets what the network says of the outcome's counts.
void ask_network(const TrialNetwork& network, const TrialScan& scan, TrialOutcome& outcome);

nlohmann::ordered_json to_json(const TrialOutcome& outcome);
TrialOutcome trial_outcome_from_json(const nlohmann::ordered_json& json);

}  // namespace terrace
