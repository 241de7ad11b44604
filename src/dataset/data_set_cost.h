// What a data set will cost, before it is made.
#pragma once

#include "dataset/recipe.h"
#include "dataset/shard_list.h"
#include "multislice/engine_choice.h"

namespace terrace {

/// Who works on a data set.
struct Workers {
  int threads = 1;  ///< of each rank
  int ranks = 1;
  Part part = {};
};

/// Counted on the first families, at this machine's measured speed.
struct DataSetCost {
  std::int64_t samples = 0, families = 0;  ///< of the part asked for
  double seconds = 0;                      ///< with the workers asked for
  double disk_bytes = 0;
  double memory_bytes = 0;  ///< of each rank
  double sharing = 1;       ///< steps that separate runs of every structure would take, over steps taken
  EngineChoice engine;
};
DataSetCost cost_of(const Recipe& recipe, const Workers& workers);

double bytes_per_sample(const Recipe& recipe);

}  // namespace terrace
