#include "dataset/shard_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace terrace {

std::string shard_name(int shard) { return fmt::format("shard-{:05}.h5", shard); }

int shard_count(const Recipe& recipe) {
  return (recipe.families() + recipe.study.families_per_shard - 1) / recipe.study.families_per_shard;
}

std::vector<std::string> shard_names(const Recipe& recipe) {
  std::vector<std::string> names;
  for (int shard = 0; shard < shard_count(recipe); ++shard) names.push_back(shard_name(shard));
  return names;
}

std::vector<int> shards_of(const Recipe& recipe, const Part& part) {
  std::vector<int> shards;
  for (int shard = part.index; shard < shard_count(recipe); shard += part.count) shards.push_back(shard);
  return shards;
}

FamilyRange families_of_shard(const Recipe& recipe, int shard) {
  const std::int64_t first = std::int64_t{shard} * recipe.study.families_per_shard;
  return {first, std::min<std::int64_t>(first + recipe.study.families_per_shard, recipe.families())};
}

std::int64_t samples_of_shard(const Recipe& recipe, int shard) {
  return families_of_shard(recipe, shard).size() * recipe.samples_per_family();
}

std::int64_t families_of(const Recipe& recipe, const std::vector<int>& shards) {
  std::int64_t families = 0;
  for (const int shard : shards) families += families_of_shard(recipe, shard).size();
  return families;
}

}  // namespace terrace
