// Which shards a recipe makes, and what each holds: a whole number of families.
#pragma once

#include <string>
#include <vector>

#include "dataset/recipe.h"

namespace terrace {

/// One of `count` equal parts of a data set, made by a run of its own: the shards s with s mod count = index.
struct Part {
  int index = 0;
  int count = 1;
  bool is_whole() const { return count == 1; }
};

/// "shard-00003.h5"
std::string shard_name(int shard);
int shard_count(const Recipe& recipe);
/// Of every part's.
std::vector<std::string> shard_names(const Recipe& recipe);
std::vector<int> shards_of(const Recipe& recipe, const Part& part);

struct FamilyRange {
  std::int64_t first = 0, last = 0;  ///< `last` is past the end
  std::int64_t size() const { return last - first; }
};
FamilyRange families_of_shard(const Recipe& recipe, int shard);
std::int64_t samples_of_shard(const Recipe& recipe, int shard);
std::int64_t families_of(const Recipe& recipe, const std::vector<int>& shards);

}  // namespace terrace
