// Whether a whole shard is the one that its name says: checksums show damage, not a file under another's name.
#pragma once

#include "dataset/recipe.h"
#include "dataset/shard.h"

namespace terrace {

/// True where `reader` holds every sample of shard number `shard` of `recipe`, in order, each in its own split and on
/// the recipe's grid.
bool holds_shard(const ShardReader& reader, const Recipe& recipe, int shard);

}  // namespace terrace
