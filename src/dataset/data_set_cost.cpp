#include "dataset/data_set_cost.h"

#include <algorithm>

#include "dataset/family_simulation.h"

namespace terrace {
namespace {

constexpr int families_counted = 3;

/// Held-out families are made last: what cannot be drawn of the first of each set is known at once. Throws InputError.
void plan_held_out_sets(const Recipe& recipe) {
  for (const auto& set : recipe.held_out) plan_family(recipe, recipe.families_of(set.name, 1)[0]);
}

}  // namespace

double bytes_per_sample(const Recipe& recipe) {
  return 4.0 * recipe.grid.positions() * recipe.grid.pixels * recipe.grid.pixels;
}

DataSetCost cost_of(const Recipe& recipe, const Workers& workers) {
  plan_held_out_sets(recipe);
  Work work;
  const int counted = std::min(families_counted, recipe.families());
  for (int family = 0; family < counted; ++family) {
    const auto more = work_of(recipe, plan_family(recipe, family));
    work.shared_steps += more.shared_steps;
    work.separate_steps += more.separate_steps;
    work.seconds += more.seconds / counted;
    work.memory_bytes = std::max(work.memory_bytes, more.memory_bytes);
    work.engine = more.engine;
  }
  const auto shards = shards_of(recipe, workers.part);
  const auto shard_total = std::max<std::int64_t>(1, std::ssize(shards));
  DataSetCost result{.families = families_of(recipe, shards), .engine = work.engine};
  result.samples = result.families * recipe.samples_per_family();
  result.sharing = static_cast<double>(work.separate_steps) / static_cast<double>(work.shared_steps);
  result.seconds = work.seconds * static_cast<double>(result.families) * slowness_of_this_machine() /
                   static_cast<double>(std::min<std::int64_t>(workers.threads * workers.ranks, shard_total));
  result.disk_bytes = bytes_per_sample(recipe) * static_cast<double>(result.samples);
  // A shard's samples, those of the family of the moment, and their growth: measured.
  const double samples = 1.5 * recipe.study.families_per_shard * recipe.samples_per_family() * bytes_per_sample(recipe);
  const auto busy = std::min<std::int64_t>(workers.threads, (shard_total + workers.ranks - 1) / workers.ranks);
  result.memory_bytes = program_bytes + static_cast<double>(busy) * (work.memory_bytes - program_bytes + samples);
  return result;
}

}  // namespace terrace
