// A shard: the samples of a few whole families in one HDF5 file, checksummed, that takes its name only when complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dataset/sample.h"
#include "formats/hdf5.h"

namespace terrace {

/// Version of the shard's layout: /patterns (sample, along, across, ky, kx) float32, /covered, /samples (one JSON line
/// each), and on the root: shard_version, recipe_hash, checksum (16 hexadecimal digits over patterns and lines).
inline constexpr int shard_version = 1;

/// Writes `samples` to path.partial, then renames. Throws ResourceError where the disk is full; nothing is left behind.
void write_shard(const std::filesystem::path& path, const std::vector<Sample>& samples, const std::string& recipe_hash);

/// Opening reads the table; `read` reads patterns. Throws FileError naming the shard: missing, cut short, another
/// version, another recipe.
class ShardReader {
 public:
  ShardReader(const std::filesystem::path& path, const std::string& recipe_hash);

  int size() const { return static_cast<int>(samples_.size()); }
  /// Everything but patterns and coverage.
  const Sample& sample(int position) const { return samples_[position]; }
  Sample read(int position) const;
  /// Reads everything and compares it with the checksum. Throws FileError where they differ.
  void verify() const;

 private:
  Hdf5File file_;
  std::vector<Sample> samples_;
  std::vector<std::string> lines_;
};

}  // namespace terrace
