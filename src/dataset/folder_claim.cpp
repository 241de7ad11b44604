#include "dataset/folder_claim.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/error.h"
#include "dataset/partial_name.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

enum class Answer { granted, taken, no_locks_here };

/// Asks for `count` bytes from `first` (0: all there can be). Belongs to the open file, not to the process.
Answer lock(int descriptor, int first, int count) {
  struct flock range = {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = first;
  range.l_len = count;
  if (fcntl(descriptor, F_OFD_SETLK, &range) == 0) return Answer::granted;
  return errno == EAGAIN || errno == EACCES ? Answer::taken : Answer::no_locks_here;
}

Answer lock_all(int descriptor) { return lock(descriptor, 0, 0); }

Answer lock(int descriptor, const std::vector<int>& shards) {
  for (const int shard : shards)
    if (const auto answer = lock(descriptor, shard, 1); answer != Answer::granted) return answer;
  return Answer::granted;
}

/// False where the file was removed, by the last run to end, between our opening and our locking it.
bool is_still_there(int descriptor, const fs::path& path) {
  struct stat held = {}, named = {};
  return fstat(descriptor, &held) == 0 && stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

}  // namespace

FolderClaim::FolderClaim(const Recipe& recipe, const fs::path& folder, const Part& part)
    : folder_(folder), lock_(folder / "dataset.lock"), names_(shard_names(recipe)) {
  const auto shards = shards_of(recipe, part);
  auto answer = Answer::granted;
  do {
    open();
    answer = part.is_whole() ? lock_all(descriptor_) : lock(descriptor_, shards);
  } while (answer == Answer::granted && !is_still_there(descriptor_, lock_));
  if (answer == Answer::taken) {
    close(descriptor_);
    throw InputError(
        fmt::format("Another run is making shards of '{}' at this moment. Wait until it ends, or give another folder.",
                    folder_.string()));
  }
  std::vector<std::string> own;
  for (const int shard : shards) own.push_back(names_[shard]);
  sweep(own);
}

FolderClaim::~FolderClaim() {
  const auto alone = lock_all(descriptor_);
  std::error_code ignored;
  if (alone == Answer::granted) sweep({"manifest.json"});
  if (alone != Answer::taken) fs::remove(lock_, ignored);
  close(descriptor_);
}

void FolderClaim::open() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = ::open(lock_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    throw FileError(fmt::format("'{}' cannot be written ({}). May you write in this folder?", lock_.string(),
                                std::error_code(errno, std::generic_category()).message()));
}

void FolderClaim::sweep(const std::vector<std::string>& wholes) const {
  const auto left_behind = [&](const std::string& name) {
    return name.ends_with(".partial") &&
           std::ranges::any_of(wholes, [&](const auto& whole) { return is_partial_of(name, whole); });
  };
  std::error_code ignored;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder_, ignored), end; entry != end && !ignored; entry.increment(ignored))
    if (left_behind(entry->path().filename().string())) found.push_back(entry->path());
  for (const auto& path : found) fs::remove(path, ignored);
}

}  // namespace terrace
