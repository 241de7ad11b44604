// HDF5 filters that the library has no plugin for everywhere, undone here: Dectris cameras write bitshuffle-LZ4. Under
// hdf5_dataset.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// Byte shuffle undone: byte b of every number stands together, first all first bytes, then all second ones; what is
/// left over stands last.
std::vector<std::byte> undo_shuffle(const std::vector<std::byte>& chunk, std::size_t item_bytes);

}  // namespace terrace
