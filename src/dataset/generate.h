// Makes a data set from a recipe: plans families, shares them out over ranks and threads, writes shards, resumes.
#pragma once

#include <filesystem>

#include "core/progress.h"
#include "dataset/family_simulation.h"
#include "dataset/ranks.h"
#include "dataset/recipe.h"
#include "dataset/shard_list.h"

namespace terrace {

enum class DamagedShards { refuse, remake };

/// How a data set is made; none of it changes a byte of the whole.
struct Making {
  int threads = 1;  ///< of each rank
  Passage passage = Passage::multislice;
  Part part = {};
  DamagedShards damaged = DamagedShards::refuse;
  Progress progress = {};  ///< hears of all ranks' families, on the first rank alone
};

/// Writes the shards of the part that `folder` lacks, and manifest.json once all of all parts are there. What is there
/// already is kept if it is whole and belongs to the same recipe (hash), and refused otherwise, so that a run that was
/// cut short goes on where it stopped and ends with the same bytes. Every rank calls it with the same arguments.
/// Returns, on the first rank, how many shards of other parts are still missing. Throws InputError, FileError,
/// ResourceError.
std::int64_t generate(const Recipe& recipe, const std::filesystem::path& folder, const Making& making,
                      const Ranks& ranks = Ranks());

}  // namespace terrace
