// How far a data set is, told while several processes make it.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/progress.h"
#include "dataset/recipe.h"

namespace terrace {

std::set<std::string> names_in(const std::filesystem::path& folder);

/// Families done by this rank, and by the others as far as their shards show.
class ShardTally {
 public:
  ShardTally(const Recipe& recipe, const std::filesystem::path& folder, const Progress& progress, std::int64_t done,
             std::int64_t total)
      : recipe_(recipe), folder_(folder), progress_(progress), done_(done), total_(total) {
    report();
  }

  void expect_from_others(int shard) { others_.push_back(shard); }

  /// From any thread: a family is done; one is under way.
  void add_family();
  void still_at_it();
  /// To be called now and then by who waits for the others.
  void wait();
  /// All families of all ranks are done.
  void finish();

 private:
  void report() const;
  /// Reads the folder now and then; true where it did.
  bool look_at_others();

  using Clock = std::chrono::steady_clock;
  const Recipe& recipe_;
  const std::filesystem::path& folder_;
  const Progress& progress_;
  std::int64_t done_, total_;
  std::vector<int> others_;
  Clock::time_point last_look_ = Clock::now();
  std::mutex mutex_;
};

}  // namespace terrace
