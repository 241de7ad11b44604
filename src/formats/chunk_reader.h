// Blocks of numbers out of data that are stored in chunks, each packed by itself: HDF5 and Zarr.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace terrace {

/// Blocks of numbers out of chunks, keeping the chunks last used.
class ChunkReader {
 public:
  using Index = std::vector<std::int64_t>;
  /// The unpacked bytes of the chunk whose first number has this index; always a whole chunk, also at the edge.
  using Fetch = std::function<std::vector<std::byte>(const Index& first)>;

  /// Keeps chunks of at most `cache_bytes` together, but always one.
  ChunkReader(Index chunk, std::size_t item_bytes, std::size_t cache_bytes)
      : chunk_(std::move(chunk)), item_bytes_(item_bytes), cache_bytes_(cache_bytes) {}
  /// The block of `counts` numbers from `start`, C order. `out` holds as many.
  void read(const Index& start, const Index& counts, std::byte* out, const Fetch& fetch);

 private:
  const std::vector<std::byte>& chunk_at(const Index& first, const Fetch& fetch);

  Index chunk_;
  std::size_t item_bytes_, cache_bytes_, held_bytes_ = 0;
  std::map<Index, std::vector<std::byte>> held_;
};

}  // namespace terrace
