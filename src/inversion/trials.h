// Many trials of the inversion, kept as they are done and written down with their measures.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.h"
#include "dataset/ranks.h"
#include "inversion/trial.h"

namespace terrace {

struct TrialsRequest {
  int families = 10;  ///< the first of the split
  std::string split = "test";
  int samples = 2;  ///< of each family, in the order of the recipe: a step and its twin come first
  std::vector<double> electrons_per_pattern = {1000, 10000};
  SearchEffort effort;
  std::optional<TrialNetwork> network{};  ///< reads the same counts, to stand beside the inversion
};

/// Runs the trials and writes `path` (JSON, docs/formats.md). Ranks share out the structures; what each of them gave
/// stays in the folder PATH.parts, where a run that was cut short, or one of more families, finds it again; a whole
/// `path` of the same recipes and search is gone on from without its parts, too. Throws InputError where the recipe has
/// no such split or the recipes' grids differ; FileError. The first rank gets all outcomes, the others none.
std::vector<TrialOutcome> write_trials(const TrialRecipes& recipes, const TrialsRequest& request,
                                       const std::filesystem::path& path, const Ranks& ranks, int threads,
                                       const Progress& progress);

/// On this machine: seconds of `threads` threads for all that the request asks for, and bytes for its thickest lamella.
UsualCost usual_cost(const TrialRecipes& recipes, const TrialsRequest& request, int threads);

}  // namespace terrace
