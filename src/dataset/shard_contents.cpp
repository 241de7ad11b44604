#include "dataset/shard_contents.h"

#include "dataset/shard_list.h"

namespace terrace {

bool holds_shard(const ShardReader& reader, const Recipe& recipe, int shard) {
  const std::array<std::int64_t, 4> wanted = {recipe.grid.along, recipe.grid.across, recipe.grid.pixels,
                                              recipe.grid.pixels};
  if (reader.size() != samples_of_shard(recipe, shard) || reader.shape_of_patterns() != wanted) return false;
  const std::int64_t per_family = recipe.samples_per_family();
  std::int64_t index = families_of_shard(recipe, shard).first * per_family;
  for (int i = 0; i < reader.size(); ++i, ++index) {
    const auto& origin = reader.sample(i).origin;
    const std::int64_t family = index / per_family;
    if (origin.index != index || origin.family != family || origin.split != recipe.split_of(family)) return false;
  }
  return true;
}

}  // namespace terrace
