// The exact posterior at work on one family: how often the best possible reader would be right.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/progress.h"
#include "inversion/questions.h"
#include "multislice/engine_choice.h"

namespace terrace {

/// How each judged sample is shown.
struct Exposure {
  std::vector<double> electrons_per_pattern = {1000, 10000};
  int draws = 20;  ///< of the counts, at each dose
};

/// What came of one sample: for each dose (in the order of the exposure) the mean over the draws of what each measure
/// counts, by the measure's name (limit.h); and the dose, in electrons a pattern, at which the expected
/// ln L(truth) − ln L(rival) is 5, for the nearest rival of each kind.
struct JudgedStructure {
  std::int64_t index = 0;  ///< in the recipe
  std::int64_t family = 0;
  std::int64_t structure = 0;
  InterfaceClass truth = InterfaceClass::abrupt;
  std::vector<std::map<std::string, double>> scores = {};
  std::map<std::string, double> settling_electrons = {};
};

/// The chosen samples of `family`, judged. The same numbers for any number of threads. Progress counts positions.
std::vector<JudgedStructure> judge_family(const Recipe& recipe, std::int64_t family, const Subset& subset,
                                          const Exposure& exposure, int threads, const Progress& progress);

/// What `judge_family` takes on the machine that EngineChoice counts in.
struct FamilyWork {
  int samples = 0, hypotheses = 0;
  double seconds = 0, memory_bytes = 0;
  EngineChoice engine = {};
};
FamilyWork work_of_family(const Recipe& recipe, std::int64_t family, const Subset& subset, int threads);

}  // namespace terrace
