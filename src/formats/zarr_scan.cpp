#include "formats/zarr_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "formats/chunk_reader.h"
#include "formats/mapped_file.h"
#include "formats/zarr_metadata.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// A chunk is unpacked whole; abTEM stores all of a scan in one.
constexpr double largest_chunk_bytes = 8e9;
/// Unpacked chunks that are kept, so that patterns in order unpack each once.
constexpr double most_kept_bytes = 256 << 20;
constexpr int deepest_folder = 6;

/// All arrays of two and more axes below `path`, sorted.
std::vector<fs::path> arrays_below(const fs::path& path, int depth = 0) {
  std::vector<fs::path> found;
  const auto metadata = zarr_metadata(path);
  if (json_text(metadata, "node_type") == "array") {
    if (json_extents(metadata, "shape").size() > 1) found.push_back(path);
    return found;
  }
  std::error_code error;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(path, error))
    if (entry.is_directory(error)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  for (const auto& folder : folders)
    if (depth < deepest_folder) {
      const auto below = arrays_below(folder, depth + 1);
      found.insert(found.end(), below.begin(), below.end());
    }
  return found;
}

/// The array to read: the folder itself, or the one in it with most axes, the first of equals.
ZarrArray find_array(const fs::path& path, const ScanOverrides& overrides) {
  fs::path found;
  std::size_t most = 1;
  for (const auto& array : arrays_below(path)) {
    const auto axes = json_extents(zarr_metadata(array), "shape").size();
    if (axes <= most || array.lexically_relative(path).string().find(overrides.dataset) == std::string::npos) continue;
    most = axes;
    found = array;
  }
  if (found.empty())
    throw FileError(fmt::format("'{}' holds no array of patterns{}. Is it a scan's folder, copied as a whole?",
                                path.string(),
                                overrides.dataset.empty() ? "" : fmt::format(" called '{}'", overrides.dataset)));
  return {found, zarr_metadata(found)};
}

class ZarrScan : public Scan {
 public:
  ZarrScan(const fs::path& path, const ScanOverrides& overrides) : array_(find_array(path, overrides)) {
    const auto name = array_.folder.string();
    const int rank = static_cast<int>(array_.shape.size());
    if (rank > 4)
      throw FileError(fmt::format("'{}' has shape {}; a scan has 4 axes. Save one thickness, one configuration?", name,
                                  shape_text(array_.shape)));
    const auto abtem = abtem_metadata(zarr_metadata(path), array_.folder, array_.shape.size());
    const auto axes = !overrides.axes.empty() ? overrides.axes : rank == 4 ? abtem_axes(abtem, 4) : "";
    order_ = axis_order(axes, rank);
    take_shape(info_, array_.shape, order_, name);
    lay_out();
    info_.dtype = name_of(array_.number);
    info_.title = (path.has_filename() ? path : path.parent_path()).stem().string();
    const bool hyperspy = is_hyperspy_signal(array_.folder);
    info_.format = hyperspy ? "HyperSpy (Zarr)" : abtem.is_null() ? "Zarr" : "abTEM (Zarr)";
    if (axes.empty() && rank == 4 && !hyperspy)
      info_.guesses.push_back("axes are taken as scan y, scan x, detector y, detector x");
    if (hyperspy) take_hyperspy(array_.folder, order_, info_);
    if (!abtem.is_null()) take_abtem(abtem, order_, info_);
  }

  void read(int row, int column, std::span<float> pattern) const override {
    Extents start(array_.shape.size());
    if (order_[0] >= 0) start[order_[0]] = row;
    if (order_[1] >= 0) start[order_[1]] = column;
    if (reader_) return read_unpacked(start, pattern);
    read_in_place(start, pattern);
  }

 private:
  /// Plain chunks of whole patterns are read where they lie, others by way of unpacked chunks.
  void lay_out() {
    const double bytes = array_.chunk_bytes();
    block_ = Extents(array_.shape.size(), 1);
    bool whole = true;
    for (const int axis : {order_[2], order_[3]}) {
      block_[axis] = array_.shape[axis];
      whole = whole && array_.chunk[axis] == array_.shape[axis];
    }
    refuse_absent_chunks();
    if (array_.codecs.plain() && whole && bytes < 1e18) {
      layout_ = array_layout(array_.number, 0, array_.chunk, order_);
      return;
    }
    if (bytes > largest_chunk_bytes)
      throw FileError(
          fmt::format("'{}' of shape {} has chunks of {}, {:.1f} GB to unpack at once. Save it in smaller "
                      "chunks?",
                      array_.folder.string(), shape_text(array_.shape), shape_text(array_.chunk), bytes / 1e9));
    layout_ = array_layout(array_.number, 0, block_, order_);
    reader_ =
        std::make_unique<ChunkReader>(array_.chunk, array_.number.bytes,
                                      static_cast<std::size_t>(std::min(most_kept_bytes, chunks_of_a_row() * bytes)));
  }

  /// How many chunks hold the patterns of one scan row.
  double chunks_of_a_row() const {
    double count = 1;
    for (const int axis : {order_[1], order_[2], order_[3]})
      if (axis >= 0) count *= static_cast<double>((array_.shape[axis] + array_.chunk[axis] - 1) / array_.chunk[axis]);
    return count;
  }

  fs::path chunk_file(const Extents& first) const {
    Extents index(first.size());
    for (std::size_t axis = 0; axis < first.size(); ++axis) index[axis] = first[axis] / array_.chunk[axis];
    return array_.file_of(index);
  }

  void read_in_place(const Extents& start, std::span<float> pattern) const {
    const auto path = chunk_file(start);
    std::error_code error;
    if (!fs::exists(path, error)) {
      std::ranges::fill(pattern, static_cast<float>(array_.fill));
      return;
    }
    const MappedFile file(path);
    require_array(path.string(), file.bytes().size(), 0, array_.number, array_.chunk,
                  "the array's chunks are " + shape_text(array_.chunk));
    auto at = layout_.first_byte;
    if (order_[0] >= 0) at += start[order_[0]] % array_.chunk[order_[0]] * layout_.y_bytes;
    if (order_[1] >= 0) at += start[order_[1]] % array_.chunk[order_[1]] * layout_.x_bytes;
    layout_.read(file.bytes().data() + at, layout_.pattern, pattern.data());
  }

  void read_unpacked(const Extents& start, std::span<float> pattern) const {
    std::vector<std::byte> block(pattern.size() * array_.number.bytes);
    {
      const std::lock_guard one_at_a_time(mutex_);
      reader_->read(start, block_, block.data(), [&](const Extents& first) { return unpacked(chunk_file(first)); });
    }
    layout_.read(block.data(), layout_.pattern, pattern.data());
  }

  std::vector<std::byte> unpacked(const fs::path& path) const {
    const auto bytes = static_cast<std::size_t>(array_.chunk_bytes());
    std::error_code error;
    if (!fs::exists(path, error)) return filling(bytes, path);
    const auto stored = MappedFile(path);
    // No codec makes numbers much larger; what claims to is not copied.
    if (static_cast<double>(stored.bytes().size()) > 1e5 + 2 * array_.chunk_bytes())
      throw FileError(fmt::format("'{}' holds {} bytes for {:.3g} bytes of numbers. Is it damaged?", path.string(),
                                  stored.bytes().size(), array_.chunk_bytes()));
    return array_.codecs.undo({stored.bytes().begin(), stored.bytes().end()}, array_.number.bytes, bytes,
                              path.string());
  }

  std::vector<std::byte> filling(std::size_t bytes, const fs::path& path) const {
    if (array_.fill != 0)
      throw FileError(fmt::format("'{}' is not there, and stands for numbers of {}. Was all of the folder copied?",
                                  path.string(), array_.fill));
    return std::vector<std::byte>(bytes);
  }

  /// One that is not there stands for the fill value, but not all can do so.
  void refuse_absent_chunks() const {
    std::error_code error;
    const bool any = std::any_of(fs::directory_iterator(array_.folder, error), fs::directory_iterator(),
                                 [](const fs::directory_entry& entry) {
                                   const auto name = entry.path().filename().string();
                                   return name != "zarr.json" && !name.starts_with(".");
                                 });
    if (!any)
      throw FileError(
          fmt::format("'{}' has no chunks beside its metadata. Was all of the folder copied?", array_.folder.string()));
  }

  ZarrArray array_;
  AxisOrder order_;
  Extents block_;  ///< one pattern
  ScanLayout layout_;
  std::unique_ptr<ChunkReader> reader_;
  mutable std::mutex mutex_;  ///< of reader_
};

}  // namespace

bool is_zarr(const fs::path& path) {
  constexpr std::array names = {"zarr.json", ".zgroup", ".zarray"};
  std::error_code error;
  return std::ranges::any_of(names, [&](const char* name) { return fs::is_regular_file(path / name, error); });
}

std::unique_ptr<Scan> open_zarr(const fs::path& path, const ScanOverrides& overrides) {
  return std::make_unique<ZarrScan>(path, overrides);
}

}  // namespace terrace
