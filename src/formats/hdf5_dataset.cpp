// A dataset by parts: its chunks by the library, or by our own filters where the library has none.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "formats/hdf5_library.h"

namespace terrace {

using namespace hdf5_detail;

Hdf5Dataset::Hdf5Dataset(Handle handle, std::string name) : handle_(std::move(handle)), name_(std::move(name)) {
  extents_ = extents_of_space(space_of(handle_.id(), name_).id());
  type_ = type_name(type_of_object(handle_.id(), name_).id());
  const auto properties = own(H5Dget_create_plist(handle_.id()), name_, "understood");
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED) return;
  std::vector<hsize_t> chunk(extents_.size());
  H5Pget_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data());
  chunk_.assign(chunk.begin(), chunk.end());
  filters_ = filters_of(properties.id());
  // Filters beyond HDF5's own, which end at 255, are the reason to unpack chunks ourselves.
  const bool own = std::any_of(filters_.begin(), filters_.end(), [](const auto& filter) { return filter.id > 255; });
  if (own && can_undo(filters_))
    own_chunks_ = std::make_shared<ChunkReader>(chunk_, H5Tget_size(type_of_object(handle_.id(), name_).id()),
                                                row_bytes(extents_, chunk_));
}

bool Hdf5Dataset::is_numeric() const { return names_numbers(type_); }

std::int64_t Hdf5Dataset::bytes() const {
  const Turn turn;
  const auto size = H5Tget_size(type_of_object(handle_.id(), name_).id());
  double bytes = static_cast<double>(size);
  for (const auto extent : extents_) bytes *= static_cast<double>(extent);
  return bytes < 9e18 ? static_cast<std::int64_t>(bytes) : std::numeric_limits<std::int64_t>::max();
}

std::int64_t Hdf5Dataset::stored_bytes() const {
  const Turn turn;
  return static_cast<std::int64_t>(H5Dget_storage_size(handle_.id()));
}

void Hdf5Dataset::refuse_empty_promise() const {
  const Turn turn;
  refuse_promise(handle_.id(), extents_, name_);
}

const Hdf5Filter* Hdf5Dataset::unknown_filter() const {
  const Turn turn;
  const auto unknown = std::find_if(filters_.begin(), filters_.end(),
                                    [](const Hdf5Filter& filter) { return H5Zfilter_avail(filter.id) <= 0; });
  return own_chunks_ || unknown == filters_.end() ? nullptr : &*unknown;
}

bool Hdf5Dataset::can_be_read() const { return is_numeric() && !unknown_filter(); }

void Hdf5Dataset::refuse_unknown_filters() const {
  if (const auto* filter = unknown_filter())
    throw FileError(
        fmt::format("'{}' is compressed with the HDF5 filter {}, which is not installed. Save it again with gzip or "
                    "without compression, or 'pip install hdf5plugin' and set HDF5_PLUGIN_PATH to its folder of "
                    "plugins (hdf5plugin.PLUGIN_PATH)?",
                    name_, filter_text(*filter)));
}

namespace {

void refuse_outside(const Extents& extents, const Extents& start, const Extents& counts, std::size_t numbers,
                    const std::string& name) {
  bool inside = start.size() == extents.size() && counts.size() == extents.size();
  for (std::size_t axis = 0; inside && axis < extents.size(); ++axis)
    inside = start[axis] >= 0 && counts[axis] > 0 && start[axis] <= extents[axis] - counts[axis];
  if (!inside || product(counts) != static_cast<std::int64_t>(numbers))
    throw FileError(fmt::format("'{}' of shape {} has no block of {} numbers, shape {}, at {}.", name,
                                shape_text(extents), numbers, shape_text(counts), shape_text(start)));
}

/// The file's and the memory's side of the block; refuses one that lies outside.
std::pair<Handle, Handle> block_spaces(hid_t dataset, const Extents& extents, const Extents& start,
                                       const Extents& counts, std::size_t numbers, const std::string& name) {
  refuse_outside(extents, start, counts, numbers, name);
  auto in_file = space_of(dataset, name);
  const std::vector<hsize_t> from(start.begin(), start.end()), sizes(counts.begin(), counts.end());
  if (H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, from.data(), nullptr, sizes.data(), nullptr) < 0)
    fail(name, "selected");
  return {std::move(in_file), make_space({static_cast<std::int64_t>(numbers)}, name)};
}

}  // namespace

void Hdf5Dataset::read(const Extents& start, const Extents& counts, Type type, void* data, std::size_t count) const {
  const Turn turn;
  if (!is_numeric()) throw FileError(fmt::format("'{}' holds {}, not numbers.", name_, type_));
  if (own_chunks_) return read_own_chunks(start, counts, type, data, count);
  const auto [in_file, in_memory] = block_spaces(handle_.id(), extents_, start, counts, count, name_);
  if (H5Dread(handle_.id(), memory_type(type), in_memory.id(), in_file.id(), H5P_DEFAULT, data) < 0)
    fail(name_, "read");
}

void Hdf5Dataset::read_own_chunks(const Extents& start, const Extents& counts, Type type, void* data,
                                  std::size_t count) const {
  refuse_outside(extents_, start, counts, count, name_);
  const auto stored_type = type_of_object(handle_.id(), name_);
  const auto wanted = H5Tget_size(memory_type(type));
  std::vector<std::byte> block(count * std::max(H5Tget_size(stored_type.id()), wanted));
  own_chunks_->read(start, counts, block.data(), [&](const Extents& first) { return unpacked_chunk(first); });
  if (H5Tconvert(stored_type.id(), memory_type(type), count, block.data(), nullptr, H5P_DEFAULT) < 0)
    fail(name_, "converted");
  std::memcpy(data, block.data(), count * wanted);
}

std::vector<std::byte> Hdf5Dataset::unpacked_chunk(const Extents& first) const {
  const auto item_bytes = H5Tget_size(type_of_object(handle_.id(), name_).id());
  double claim = static_cast<double>(item_bytes);
  for (const auto extent : chunk_) claim *= static_cast<double>(extent);
  const std::vector<hsize_t> at(first.begin(), first.end());
  hsize_t stored = 0;
  if (H5Dget_chunk_storage_size(handle_.id(), at.data(), &stored) < 0) fail(name_, "read");
  if (claim > 2e9 || static_cast<double>(stored) > 1e5 + 2 * claim)
    throw FileError(fmt::format("'{}' has a chunk of {} bytes for {:.3g} bytes of numbers. Is the file damaged?", name_,
                                stored, claim));
  const auto bytes = static_cast<std::size_t>(claim);
  if (stored == 0) return std::vector<std::byte>(bytes);  // never written
  std::vector<std::byte> packed(stored);
  std::uint32_t skipped = 0;
  if (H5Dread_chunk(handle_.id(), H5P_DEFAULT, at.data(), &skipped, packed.data()) < 0) fail(name_, "read");
  return undo_filters(std::move(packed), filters_, skipped, item_bytes, bytes, name_);
}

void Hdf5Dataset::write(const Extents& start, const Extents& counts, Type type, const void* data, std::size_t count) {
  const Turn turn;
  const auto [in_file, in_memory] = block_spaces(handle_.id(), extents_, start, counts, count, name_);
  if (H5Dwrite(handle_.id(), memory_type(type), in_memory.id(), in_file.id(), H5P_DEFAULT, data) < 0)
    fail(name_, "written");
}

}  // namespace terrace
