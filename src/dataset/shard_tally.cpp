#include "dataset/shard_tally.h"

#include "dataset/shard_list.h"

namespace terrace {

std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

void ShardTally::add_family() {
  std::lock_guard lock(mutex_);
  ++done_;
  look_at_others();
  report();
}

void ShardTally::still_at_it() {
  std::lock_guard lock(mutex_);
  report();
}

void ShardTally::wait() {
  std::lock_guard lock(mutex_);
  if (look_at_others()) report();
}

void ShardTally::finish() {
  std::lock_guard lock(mutex_);
  if (done_ == total_) return;
  done_ = total_;
  report();
}

void ShardTally::report() const {
  if (progress_) progress_("simulating families", done_, total_);
}

bool ShardTally::look_at_others() {
  const auto now = Clock::now();
  if (others_.empty() || now - last_look_ < std::chrono::seconds(1)) return false;
  last_look_ = now;
  const auto names = names_in(folder_);
  std::erase_if(others_, [&](int shard) {
    const bool is_there = names.contains(shard_name(shard));
    if (is_there) done_ += families_of_shard(recipe_, shard).size();
    return is_there;
  });
  return true;
}

}  // namespace terrace
