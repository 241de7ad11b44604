// Makes a data set from a recipe: plans families, shares them out over threads, writes shards, resumes.
#pragma once

#include <filesystem>

#include "core/progress.h"
#include "dataset/family_simulation.h"
#include "dataset/recipe.h"

namespace terrace {

/// What a data set will cost, counted on its first families, at this machine's measured speed.
struct DataSetCost {
  std::int64_t samples = 0, families = 0;
  double seconds = 0;  ///< with the threads asked for
  double disk_bytes = 0, memory_bytes = 0;
  double sharing = 1;  ///< steps that separate runs of every structure would take, over steps taken
  EngineChoice engine;
};
DataSetCost cost_of(const Recipe& recipe, int threads);

/// Writes the shards that `folder` lacks, then manifest.json. What is there already is kept if it belongs to the same
/// recipe (hash) and refused otherwise, so that a run that was cut short goes on where it stopped and ends with the
/// same bytes. Throws InputError, FileError, ResourceError.
void generate(const Recipe& recipe, const std::filesystem::path& folder, int threads, Passage passage,
              const Progress& progress);

}  // namespace terrace
