#include "formats/hdf5_scan.h"

#include <fmt/format.h>

#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

/// Chunks are unpacked whole: one of a gigabyte would stall every pattern and may not fit in memory.
void refuse_large_chunks(const Hdf5Dataset& data, const std::string& name) {
  double bytes = 8;
  for (const auto extent : data.chunk()) bytes *= static_cast<double>(extent);
  if (bytes > 1e9)
    throw FileError(
        fmt::format("'{}' is stored in chunks of shape {}, too large to unpack pattern by pattern. Rechunk it "
                    "with h5repack?",
                    name, shape_text(data.chunk())));
}

template <class Read>
auto if_readable(const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const FileError&) {
    return std::nullopt;
  }
}

}  // namespace

Hdf5Scan::Hdf5Scan(Hdf5File file, const std::string& path, const ScanOverrides& overrides)
    : file_(std::move(file)), data_(file_.dataset(path)) {
  const auto name = file_.path().string() + ":" + path;
  if (!data_.is_numeric() || data_.type() == "bool")
    throw FileError(fmt::format("'{}' holds {}, not whole or real numbers.", name, data_.type()));
  const int rank = static_cast<int>(data_.extents().size());
  if (rank < 2 || rank > 4)
    throw FileError(fmt::format("'{}' has shape {}; a scan has 4 axes (or 3: patterns in a row).", name,
                                shape_text(data_.extents())));
  order_ = axis_order(overrides.axes, rank);
  take_shape(info_, data_.extents(), order_, name);
  refuse_large_chunks(data_, name);
  data_.refuse_unknown_filters();
  data_.refuse_empty_promise();
  info_.dtype = data_.type();
  info_.format = "HDF5";
  info_.title = file_.path().stem().string();
}

void Hdf5Scan::read(int row, int column, std::span<float> pattern) const {
  const std::array<std::int64_t, 4> starts = {row, column, 0, 0},
                                    counts = {1, 1, info_.detector_height, info_.detector_width};
  Extents start(data_.extents().size()), count(data_.extents().size());
  for (int axis = 0; axis < 4; ++axis) {
    if (order_[axis] < 0) continue;
    start[order_[axis]] = starts[axis];
    count[order_[axis]] = counts[axis];
  }
  if (order_[2] < order_[3]) return data_.read<float>(start, count, pattern);
  std::vector<float> turned(pattern.size());  // the file has [kx][ky]
  data_.read<float>(start, count, turned);
  turn_pattern(turned, info_.detector_height, info_.detector_width, pattern);
}

std::unique_ptr<Scan> open_plain_hdf5(Hdf5File file, const ScanOverrides& overrides) {
  std::string largest, list;
  std::vector<std::string> found;
  std::int64_t largest_bytes = -1;
  for (const auto& path : file.datasets()) {
    const auto data = file.dataset(path);
    if (data.extents().size() < 3 || !data.is_numeric()) continue;
    found.push_back(path);
    list += fmt::format(" {} {}", path, shape_text(data.extents()));
    if (data.bytes() <= largest_bytes) continue;
    largest = path;
    largest_bytes = data.bytes();
  }
  if (largest.empty())
    throw FileError(fmt::format("'{}' holds no numbers of three or more axes. Is it the file with the patterns?",
                                file.path().string()));
  const auto path = chosen_dataset(found, largest, overrides, file);
  auto scan = std::make_unique<Hdf5Scan>(std::move(file), path, overrides);
  if (overrides.dataset.empty())
    scan->info().guesses.push_back(fmt::format("the patterns are the largest data in the file; it holds{}", list));
  if (overrides.axes.empty())
    scan->info().guesses.push_back("axes are taken as scan y, scan x, detector y, detector x");
  return scan;
}

std::string chosen_dataset(const std::vector<std::string>& found, const std::string& standard,
                           const ScanOverrides& overrides, const Hdf5File& file) {
  const auto& asked = overrides.dataset;
  if (asked.empty()) return standard;
  std::string list;
  for (const auto& path : found) {
    if (path.find(asked) != std::string::npos) return path;
    list += " " + path;
  }
  throw InputError(fmt::format("'{}' has no patterns called '{}'; it holds{}. Give one of these as dataset?",
                               file.path().string(), asked, list));
}

AxisCalibration axis_at(const Hdf5File& file, const std::string& path) {
  if (!file.is_dataset(path)) return {};
  const auto data = file.dataset(path);
  if (data.extents().size() != 1 || data.extents()[0] < 2 || !data.can_be_read()) return {};
  const auto count = data.extents()[0];
  std::vector<double> first(2), last(1);
  data.read<double>({0}, {2}, first);
  data.read<double>({count - 1}, {1}, last);
  // Single-precision coordinates far from 0 give their step to few digits: all of them together give it better.
  const double step = first[1] - first[0], mean = (last[0] - first[0]) / static_cast<double>(count - 1);
  const bool is_linear = std::abs(mean - step) < 0.01 * std::abs(step);
  return {is_linear ? mean : step, first[0], text_attribute(file, path, "units").value_or("")};
}

std::optional<double> number_at(const Hdf5File& file, const std::string& path) {
  if (!file.has(path)) return std::nullopt;
  return if_readable([&] { return file.read<double>(path); });
}

std::optional<std::string> text_at(const Hdf5File& file, const std::string& path) {
  if (!file.has(path)) return std::nullopt;
  return if_readable([&] { return file.read<std::string>(path); });
}

std::optional<double> number_attribute(const Hdf5File& file, const std::string& object, const std::string& name) {
  if (!file.has_attribute(object, name)) return std::nullopt;
  return if_readable([&] { return file.read_attribute<double>(object, name); });
}

std::optional<std::string> text_attribute(const Hdf5File& file, const std::string& object, const std::string& name) {
  if (!file.has_attribute(object, name)) return std::nullopt;
  return if_readable([&] { return file.read_attribute<std::string>(object, name); });
}

}  // namespace terrace
