// A run's claim to the shards that it makes: two runs never make the same shard, and what dead runs left is swept up.
#pragma once

#include <filesystem>
#include <vector>

#include "dataset/shard_list.h"

namespace terrace {

/// While one lives, this process alone makes the shards of `part` in `folder`. The claim is a lock on the file
/// dataset.lock, one byte a shard, that the system lets go when the process dies. Where the file system has no such
/// locks there is no refusal either: two runs would then do the same work twice and still write the same bytes, since
/// each writes under names of its own (partial_name.h). The last run to end removes the file.
class FolderClaim {
 public:
  /// Removes the half-written shards of dead runs, those of this part alone. Throws InputError where another run works
  /// on one of them, FileError where the folder is closed.
  FolderClaim(const Recipe& recipe, const std::filesystem::path& folder, const Part& part);
  ~FolderClaim();
  FolderClaim(const FolderClaim&) = delete;
  FolderClaim& operator=(const FolderClaim&) = delete;

 private:
  void open();
  void sweep(const std::vector<std::string>& wholes) const;

  std::filesystem::path folder_, lock_;
  std::vector<std::string> names_;  ///< of all parts
  int descriptor_ = -1;
};

}  // namespace terrace
