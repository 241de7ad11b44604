// A shard: the samples of a few whole families in one HDF5 file, checksummed, that takes its name only when complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "dataset/sample.h"
#include "formats/hdf5.h"

namespace terrace {

/// Version of the shard's layout, and of how samples are drawn from a recipe: /patterns (sample, along, across, ky, kx)
/// float32, /covered, /samples (letters: one JSON line each), /checksums (sample, 2: of recipe_hash and line; of
/// patterns and coverage), /recipe_hash (letters), and on the root: shard_version. Letters are numbers to HDF5, which
/// does not guard its own texts against damage.
inline constexpr int shard_version = 3;

/// A file that has a shard's name and cannot be trusted; it can be remade alone.
class DamagedShard : public FileError {
 public:
  using FileError::FileError;
};

/// A whole shard that does not belong here: of another version or another recipe.
class ForeignShard : public FileError {
 public:
  using FileError::FileError;
};

/// Writes `samples` to a file of this process's own, named path.….partial, then renames it to `path`. Throws
/// ResourceError where the disk is full; nothing is left behind.
void write_shard(const std::filesystem::path& path, const std::vector<Sample>& samples, const std::string& recipe_hash);

/// Opening reads and checks the table; `read` reads and checks patterns. Throws DamagedShard where a checksum does not
/// fit or the file is cut short, ForeignShard, and FileError where it is missing or closed; all name the shard.
class ShardReader {
 public:
  ShardReader(const std::filesystem::path& path, const std::string& recipe_hash);

  int size() const { return static_cast<int>(samples_.size()); }
  /// [along, across, ky, kx] of every sample's patterns.
  std::array<std::int64_t, 4> shape_of_patterns() const;
  /// Everything but patterns and coverage.
  const Sample& sample(int position) const { return samples_[position]; }
  Sample read(int position) const;
  /// Of patterns and coverage: equal where these are, without reading them.
  std::uint64_t checksum_of_patterns(int position) const { return checksums_(position, 1); }
  /// Reads, and so checks, everything.
  void verify() const;

 private:
  Hdf5File file_;
  std::vector<Sample> samples_;
  Array<std::uint64_t, 2> checksums_;
};

}  // namespace terrace
