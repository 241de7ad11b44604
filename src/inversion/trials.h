// How often the inversion is right: many trials, their measures with intervals, and the bound beside them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "inversion/trial.h"

namespace terrace {

struct TrialsRequest {
  int families = 10;  ///< the first of the split
  std::string split = "test";
  int samples = 2;  ///< of each family, in the order of the recipe: a step and its twin come first
  std::vector<double> electrons_per_pattern = {1000, 10000};
  SearchEffort effort;
};

/// Runs the trials that `path` does not hold yet and writes it (JSON, docs/formats.md) after each one, as PATH.partial
/// until all are done. Throws InputError where the recipe has no such split or PATH.partial answers another request;
/// FileError.
void write_trials(const Recipe& recipe, const TrialsRequest& request, const std::filesystem::path& path, int threads,
                  const Progress& progress);

/// The measures of those trials that were made at this dose.
std::vector<Measure> measures_of(const std::vector<TrialOutcome>& outcomes, double electrons_per_pattern);

}  // namespace terrace
