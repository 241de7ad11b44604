// manifest.json: what a data set holds, written when all its shards are there.
#pragma once

#include <filesystem>
#include <string>

#include "dataset/family_simulation.h"
#include "dataset/recipe.h"

namespace terrace {

/// What a shard must carry to belong to this data set.
std::string data_set_hash(const Recipe& recipe, Passage passage);

/// Reads the tables of all shards and writes the manifest. Several processes may do so at once. Throws FileError where
/// a shard is missing or damaged.
void write_manifest(const Recipe& recipe, const std::filesystem::path& folder, Passage passage);

}  // namespace terrace
