#include "formats/zarr_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "core/error.h"
#include "formats/units.h"
#include "formats/zarr_array.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// The array to read: the folder itself, or the one in it with most axes ("array0" of abTEM).
ZarrArray find_array(const fs::path& path, const Json& root, const ScanOverrides& overrides) {
  if (json_text(root, "node_type") == "array") return {path, root};
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_directory()) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  fs::path found;
  std::size_t most = 1;
  for (const auto& folder : folders) {
    const auto json = zarr_metadata(folder);
    if (json_text(json, "node_type") != "array") continue;
    const auto axes = json_extents(json, "shape").size();
    if (axes <= most || folder.filename().string().find(overrides.dataset) == std::string::npos) continue;
    most = axes;
    found = folder;
  }
  if (found.empty()) throw FileError(fmt::format("'{}' holds no array of patterns. Is it abTEM's?", path.string()));
  return {found, zarr_metadata(found)};
}

/// What abTEM says of its array number N: axes and microscope.
Json abtem_metadata(const Json& root, const fs::path& array) {
  const auto name = array.filename().string();
  const auto attributes = json_at(root, "attributes");
  const auto found = name.starts_with("array") ? attributes.find("metadata" + name.substr(5)) : attributes.end();
  return found == attributes.end() ? Json() : *found;
}

/// "x y kx ky" from the labels of the axes; empty where they are no such four.
std::string axes_of(const Json& metadata, std::size_t rank) {
  std::string axes;
  for (std::size_t axis = 0; axis < rank; ++axis)
    axes += json_text(metadata, fmt::format("axes/axis_{}/label", axis)) + " ";
  for (const auto* name : {"x ", "y ", "kx ", "ky "})
    if ((" " + axes).find(" " + std::string(name)) == std::string::npos) return "";
  return axes;
}

class ZarrScan : public Scan {
 public:
  ZarrScan(const fs::path& path, const Json& root, const ScanOverrides& overrides)
      : array_(find_array(path, root, overrides)) {
    const auto name = array_.folder.string();
    const int rank = static_cast<int>(array_.shape.size());
    if (rank < 2 || rank > 4)
      throw FileError(fmt::format("'{}' has shape {}; a scan has 4 axes. Save one thickness, one configuration?", name,
                                  shape_text(array_.shape)));
    const auto metadata = abtem_metadata(root, array_.folder);
    const auto axes = !overrides.axes.empty() ? overrides.axes : rank == 4 ? axes_of(metadata, 4) : "";
    order_ = axis_order(axes, rank);
    take_shape(info_, array_.shape, order_, name);
    refuse_split_patterns();
    refuse_absent_chunks();
    info_.dtype = array_.number.name;
    info_.format = metadata.is_null() ? "Zarr" : "abTEM (Zarr)";
    info_.title = (path.has_filename() ? path : path.parent_path()).stem().string();
    if (axes.empty() && rank == 4) info_.guesses.push_back("axes are taken as scan y, scan x, detector y, detector x");
    take_metadata(metadata);
  }

  void read(int row, int column, std::span<float> pattern) const override {
    const auto rank = array_.shape.size();
    Extents chunk(rank, 0);
    std::int64_t place = 0;  // of the pattern in its chunk
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
      const std::int64_t index = static_cast<int>(axis) == order_[0] ? row : column;
      chunk[axis] = index / array_.chunk[axis];
      place = place * array_.chunk[axis] + index % array_.chunk[axis];
    }
    const auto bytes = static_cast<std::int64_t>(pattern.size()) * array_.number.bytes;
    std::vector<std::byte> stored(static_cast<std::size_t>(bytes));
    std::vector<float> turned(pattern.size());
    if (!read_bytes(array_.file_of(chunk), place * bytes, stored)) {
      std::ranges::fill(pattern, 0.0f);
      return;
    }
    const bool is_turned = order_[2] > order_[3];  // [kx][ky]
    array_.number.convert(stored.data(), is_turned ? std::span<float>(turned) : pattern);
    if (is_turned) turn_pattern(turned, info_.detector_height, info_.detector_width, pattern);
  }

 private:
  /// Fills `bytes` from `offset` of a file. False where there is no file: Zarr leaves out chunks that hold nothing but
  /// 0.
  static bool read_bytes(const fs::path& path, std::int64_t offset, std::span<std::byte> bytes) {
    std::ifstream file(path, std::ios::binary);
    if (!file.is_open()) return false;
    file.seekg(offset);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file)
      throw FileError(fmt::format("'{}' ends before its last pattern. Was the copy cut short?", path.string()));
    return true;
  }

  void refuse_split_patterns() const {
    const auto rank = array_.shape.size();
    const bool scan_first = std::min(order_[2], order_[3]) == static_cast<int>(rank) - 2;
    if (!scan_first || array_.chunk[rank - 2] != array_.shape[rank - 2] ||
        array_.chunk[rank - 1] != array_.shape[rank - 1])
      throw FileError(
          fmt::format("'{}' of shape {} has chunks of {}, which divide its patterns. Save it with whole "
                      "patterns in a chunk?",
                      array_.folder.string(), shape_text(array_.shape), shape_text(array_.chunk)));
  }

  /// All chunks are as long as the first. One that is not there holds zeros, but not all can do so.
  void refuse_absent_chunks() const {
    const auto first = array_.file_of(Extents(array_.shape.size(), 0));
    std::error_code error;
    if (!fs::exists(first, error) && !fs::exists(array_.folder / "c", error))
      throw FileError(fmt::format("'{}' has no chunks beside its zarr.json. Was all of the folder copied?",
                                  array_.folder.string()));
    double bytes = array_.number.bytes;
    for (const auto extent : array_.chunk) bytes *= static_cast<double>(extent);
    const auto held = static_cast<double>(fs::exists(first, error) ? fs::file_size(first, error) : bytes);
    if (held != bytes || bytes > 1e18)
      throw FileError(
          fmt::format("'{}' holds {:.0f} bytes, not {:.0f} (the array's chunks are {} of {}). Was the copy "
                      "cut short?",
                      first.string(), held, bytes, shape_text(array_.chunk), array_.number.name));
  }

  void take_metadata(const Json& metadata) {
    for (int axis = 0; axis < 4; ++axis) {
      if (order_[axis] < 0) continue;
      const auto place = fmt::format("axes/axis_{}/", order_[axis]);
      const AxisCalibration calibration = {json_number(metadata, place + "sampling"),
                                           json_number(metadata, place + "offset"),
                                           json_text(metadata, place + "units")};
      (axis < 2 ? calibrate_scan_axis : calibrate_detector_axis)(info_, axis % 2 == 0 ? 'y' : 'x', calibration);
      if (json_at(metadata, place + "fftshift") == false)
        info_.guesses.push_back("the beam is said to lie in the pattern's corner (fftshift = false): left as stored");
    }
    for (const auto* place : {"", "metadata/", "kwargs/metadata/"}) {  // versions differ
      if (const double ev = json_number(metadata, std::string(place) + "energy"); ev > 0) info_.energy_kev = ev / 1000;
      if (const double mrad = json_number(metadata, std::string(place) + "semiangle_cutoff"); mrad > 0)
        info_.semiangle_mrad = mrad;
    }
    if (!metadata.is_null()) info_.intensity_unit = "fraction";
    settle_angles(info_);
  }

  ZarrArray array_;
  AxisOrder order_;
};

}  // namespace

bool is_zarr(const fs::path& path) {
  constexpr std::array names = {"zarr.json", ".zgroup", ".zarray"};
  std::error_code error;
  return std::ranges::any_of(names, [&](const char* name) { return fs::is_regular_file(path / name, error); });
}

std::unique_ptr<Scan> open_zarr(const fs::path& path, const ScanOverrides& overrides) {
  const auto root = zarr_metadata(path);
  if (root.is_null() || json_number(root, "zarr_format") != 3)
    throw FileError(
        fmt::format("'{}' is a Zarr folder of an old version; terrace reads version 3. Save its array as "
                    ".npy (numpy.save), or as .hspy in HyperSpy?",
                    path.string()));
  return std::make_unique<ZarrScan>(path, root, overrides);
}

}  // namespace terrace
