// Which samples of a family are judged exactly, and what has to be simulated for it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inversion/hypotheses.h"
#include "multislice/simulation.h"

namespace terrace {

/// What is known of the thickness: what a sample's conditions say, or the truth.
enum class ThicknessKnowledge { as_given, exact };

/// Which samples to judge: the first of each kind in the order of the recipe, each structure before any at a second
/// thickness.
struct Subset {
  int pairs_per_family = 2;   ///< rough samples and their virtual-crystal twins
  int abrupt_per_family = 1;  ///< abrupt samples, which have no pair
  ThicknessKnowledge thickness = ThicknessKnowledge::as_given;
};

/// A planned sample and the number of its structure among the hypotheses.
struct AskedSample {
  int sample = 0;  ///< in the plan
  int truth = 0;
};

/// Samples that are seen through the same microscope, camera and positions and may be the same structures, so that one
/// set of patterns answers for all.
struct Question {
  std::vector<AskedSample> samples;
  std::vector<Hypothesis> hypotheses;
};

/// Samples whose structure is not among the hypotheses (random cations) are passed over, with their pair.
std::vector<Question> questions_of(const Recipe& recipe, const FamilyPlan& plan, const Subset& subset);

/// The patterns of those hypotheses that share one window, at some of the positions.
struct WindowSimulation {
  SimulationPlan plan;
  std::vector<std::pair<int, int>> views;  ///< (question, hypothesis) of each view of the plan
};

/// All hypotheses of all `questions`, at positions first … last − 1 of each.
std::vector<WindowSimulation> simulations_of(const Recipe& recipe, const FamilyPlan& plan,
                                             const std::vector<Question>& questions, int first, int last);

}  // namespace terrace
