#include "dataset/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/free_memory.h"
#include "core/threads.h"
#include "dataset/data_set_cost.h"
#include "dataset/folder_claim.h"
#include "dataset/manifest.h"
#include "dataset/shard.h"
#include "dataset/shard_contents.h"
#include "dataset/shard_tally.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// In the order of what rules when ranks compare notes.
enum State { missing, whole, damaged, foreign };

State state_of(const fs::path& path, const std::string& hash, const Recipe& recipe, int number) {
  if (!fs::exists(path)) return missing;
  try {
    const ShardReader shard(path, hash);
    shard.verify();
    return holds_shard(shard, recipe, number) ? whole : damaged;
  } catch (const DamagedShard&) {
    return damaged;
  } catch (const ForeignShard&) {
    return foreign;
  }
}

[[noreturn]] void refuse_damaged(const fs::path& folder, const std::vector<int>& shards) {
  constexpr std::size_t named = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(named, shards.size()); ++i) names += (i ? ", " : "") + shard_name(shards[i]);
  if (shards.size() > named) names += fmt::format(" and {} more", shards.size() - named);
  throw FileError(fmt::format("'{}' holds damaged shards: {}. Run again with --remake-damaged: {} will be remade.",
                              folder.string(), names, shards.size() > 1 ? "they alone" : "it alone"));
}

void check_disk(const fs::path& folder, double bytes) {
  std::error_code unknown;
  const double available = static_cast<double>(fs::space(folder, unknown).available);
  if (!unknown && available < bytes)
    throw ResourceError(
        fmt::format("'{}' has {:.3g} GB free, but the data set needs {:.3g} GB more. Choose another folder or "
                    "fewer families.",
                    folder.string(), available / 1e9, bytes / 1e9));
}

/// One run of `generate`.
struct Run {
  const Recipe& recipe;
  const fs::path& folder;
  const Making& making;
  const Ranks& ranks;
  std::string hash = data_set_hash(recipe, making.passage);
  std::vector<int> shards = shards_of(recipe, making.part);

  fs::path path_of(int shard) const { return folder / shard_name(shard); }
  bool is_mine(std::size_t position) const { return static_cast<int>(position % ranks.count()) == ranks.rank(); }

  /// The states of `shards`, each read by one rank and known to all. All are looked at before any is written, so that a
  /// folder of another recipe is left as it was.
  std::vector<int> survey() const {
    std::vector<int> states(shards.size(), missing);
    std::vector<std::size_t> mine;
    for (std::size_t i = 0; i < shards.size(); ++i)
      if (is_mine(i)) mine.push_back(i);
    parallel_for(std::ssize(mine), making.threads, [&](std::int64_t i) {
      const int shard = shards[mine[i]];
      states[mine[i]] = state_of(path_of(shard), hash, recipe, shard);
    });
    ranks.share_largest(states);
    return states;
  }

  std::vector<int> in_state(State state, const std::vector<int>& states) const {
    std::vector<int> result;
    for (std::size_t i = 0; i < shards.size(); ++i)
      if (states[i] == state) result.push_back(shards[i]);
    return result;
  }

  /// On the first rank: refuses what cannot be gone on with, and makes room for what will be made.
  void prepare(const std::vector<int>& states) const {
    for (const int shard : in_state(foreign, states)) ShardReader(path_of(shard), hash);
    const auto broken = in_state(damaged, states);
    if (!broken.empty() && making.damaged == DamagedShards::refuse) refuse_damaged(folder, broken);
    std::int64_t families = families_of(recipe, in_state(missing, states)) + families_of(recipe, broken);
    check_disk(folder, 1.05 * bytes_per_sample(recipe) * static_cast<double>(families * recipe.samples_per_family()));
    for (const int shard : broken) fs::remove(path_of(shard));
  }

  void make_shard(int shard, ShardTally& tally) const {
    std::vector<Sample> samples;
    const auto families = families_of_shard(recipe, shard);
    for (auto family = families.first; family < families.last; ++family) {
      for (auto& sample :
           simulate_family(recipe, plan_family(recipe, family), making.passage, [&] { tally.still_at_it(); }))
        samples.push_back(std::move(sample));
      tally.add_family();
    }
    write_shard(path_of(shard), samples, hash);
    samples.clear();
    samples.shrink_to_fit();
    return_free_memory();
  }

  void make_missing(const std::vector<int>& states) const {
    const Progress silence;
    const auto total = families_of(recipe, shards);
    ShardTally tally(recipe, folder, ranks.is_first() ? making.progress : silence,
                     families_of(recipe, in_state(whole, states)), total);
    std::vector<int> todo, mine;
    for (std::size_t i = 0; i < shards.size(); ++i)
      if (states[i] != whole) todo.push_back(shards[i]);
    for (std::size_t i = 0; i < todo.size(); ++i)
      if (is_mine(i))
        mine.push_back(todo[i]);
      else if (ranks.is_first())
        tally.expect_from_others(todo[i]);
    parallel_for(std::ssize(mine), making.threads, [&](std::int64_t i) { make_shard(mine[i], tally); });
    ranks.wait_for_all([&] { tally.wait(); });
    tally.finish();
  }

  /// A file system of many machines may show a new file late. All shards of this run are known to be there.
  void wait_until_seen() const {
    constexpr int longest_seconds = 120;
    for (int second = 0; second < longest_seconds; ++second) {
      if (std::ranges::all_of(shards, [&](int shard) { return fs::exists(path_of(shard)); })) return;
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }

  /// Writes the manifest where all shards of all parts are there; returns how many are not.
  std::int64_t complete() const {
    wait_until_seen();
    const auto there = names_in(folder);
    const auto lacking =
        std::ranges::count_if(shard_names(recipe), [&](const std::string& name) { return !there.contains(name); });
    if (lacking == 0) write_manifest(recipe, folder, making.passage);
    return lacking;
  }
};

}  // namespace

// The first rank leads: what is wrong for all is said once, by it, while the others wait.
std::int64_t generate(const Recipe& recipe, const fs::path& folder, const Making& making, const Ranks& ranks) {
  std::optional<FolderClaim> claim;
  if (ranks.is_first()) {
    fs::create_directories(folder);
    claim.emplace(recipe, folder, making.part);
  }
  ranks.wait_for_all();
  const Run run{recipe, folder, making, ranks};
  const auto states = run.survey();
  if (ranks.is_first()) run.prepare(states);
  ranks.wait_for_all();
  run.make_missing(states);
  return ranks.is_first() ? run.complete() : 0;
}

}  // namespace terrace
