// HDF5 filters that the library has no plugin for everywhere, undone here: Dectris cameras write bitshuffle-LZ4. Under
// hdf5.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace terrace {

/// One step of what was done to a dataset's chunks; a dataset's list stands in the order of writing.
struct Hdf5Filter {
  int id = 0;
  std::string name;              ///< as the file calls it, may be empty
  std::vector<unsigned> values;  ///< the filter's own settings
};

/// "32001 (blosc)", for errors.
std::string filter_text(const Hdf5Filter& filter);

/// Whether all of `filters` are undone here: byte shuffle (2), LZ4 (32004), bitshuffle without compression or with LZ4
/// (32008). `undo_filters` takes no others.
bool can_undo(const std::vector<Hdf5Filter>& filters);

/// A chunk as it lies in the file, as the `bytes` of its numbers, each of `item_bytes`. Bit i of `skipped` says that
/// filter i was left out for this chunk. Throws FileError, naming `name`, where the chunk is damaged.
std::vector<std::byte> undo_filters(std::vector<std::byte> stored, const std::vector<Hdf5Filter>& filters,
                                    unsigned skipped, std::size_t item_bytes, std::size_t bytes,
                                    const std::string& name);

/// Blocks of numbers out of a dataset's chunks, keeping the chunks last used.
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
