// What Zarr did to a chunk's bytes, undone: compression and byte order by the libraries that made them.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace terrace {

/// Zarr's list of codecs of an array, in the order of writing.
class ZarrCodecs {
 public:
  /// `codecs` as zarr.json has them. Known are bytes, gzip, zlib, zstd, blosc, LZ4, byte shuffle and crc32c, one
  /// compression at most. Throws FileError, naming `array`, for others.
  ZarrCodecs(const nlohmann::json& codecs, const std::string& array);

  bool big_endian() const { return big_endian_; }
  /// Whether a chunk's file holds its numbers as they are.
  bool plain() const { return steps_.empty(); }

  /// The `bytes` of a chunk's numbers of `item_bytes` each, from its file. No more is ever unpacked. Throws FileError,
  /// naming `file`, where it is damaged or claims more than it can hold.
  std::vector<std::byte> undo(std::vector<std::byte> stored, std::size_t item_bytes, std::size_t bytes,
                              const std::string& file) const;

 private:
  enum class Step { zlib, zstd, blosc, lz4, shuffle, crc32c };
  static Step step_of(const nlohmann::json& codec, const std::string& array);

  bool big_endian_ = false;
  std::vector<Step> steps_;         ///< after `bytes`, in the order of writing
  std::size_t shuffled_bytes_ = 0;  ///< of an item, as the shuffle says; 0 where it says nothing
};

}  // namespace terrace
