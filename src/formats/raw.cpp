#include "formats/raw.h"

#include <fmt/format.h>

#include "core/error.h"
#include "formats/frames.h"

namespace terrace {
namespace {

NumberType type_of(const ScanOverrides& overrides) {
  if (overrides.dtype.empty())
    throw InputError("a raw file wants --dtype (uint8, uint16, float32 …) beside --detector-shape.");
  auto type = number_type(overrides.dtype);
  type.big_endian = overrides.endian == "big";
  return type;
}

std::pair<int, int> detector_of(const ScanOverrides& overrides) {
  const auto& shape = overrides.detector_shape;
  if (shape.size() == 2) return {shape[0], shape[1]};
  throw InputError(fmt::format("'detector_shape' has {} numbers; it wants two as [ky, kx].", shape.size()));
}

/// An array whose four axes stand in the order that the user gives.
std::unique_ptr<Scan> open_array(const std::filesystem::path& path, const ScanOverrides& overrides, ScanInfo info) {
  if (overrides.scan_shape.size() != 2 || overrides.gap_bytes > 0)
    throw InputError("the axes of a raw file can be given with --scan-shape y,x and without --gap-bytes alone.");
  const auto [height, width] = detector_of(overrides);
  const auto order = axis_order(overrides.axes, 4);
  Extents extents(4);
  const std::array<int, 4> sizes = {overrides.scan_shape[0], overrides.scan_shape[1], height, width};
  for (int axis = 0; axis < 4; ++axis) extents[order[axis]] = sizes[axis];
  const auto name = path.string();
  take_shape(info, extents, order, name);
  MappedFile file(path);
  const auto type = type_of(overrides);
  require_array(name, file.bytes().size(), overrides.header_bytes, type, extents,
                fmt::format("what you say: shape {} of {}", shape_text(extents), name_of(type)));
  const auto layout = array_layout(type, overrides.header_bytes, extents, order);
  return std::make_unique<MappedScan>(std::move(file), std::move(info), layout);
}

}  // namespace

bool is_described_as_raw(const ScanOverrides& overrides) { return !overrides.detector_shape.empty(); }

std::unique_ptr<Scan> open_raw(const std::filesystem::path& path, const ScanOverrides& overrides) {
  ScanInfo info;
  info.format = "raw numbers";
  info.title = path.stem().string();
  info.dtype = name_of(type_of(overrides));
  if (!overrides.axes.empty()) return open_array(path, overrides, std::move(info));
  const auto [height, width] = detector_of(overrides);
  const auto layout = plain_frames(type_of(overrides), height, width, overrides.gap_bytes, path.string());
  const auto file = frame_file(path, overrides.header_bytes, layout, overrides.footer_bytes);
  const auto used = file.first_byte + file.frames * layout.stride - overrides.gap_bytes;
  const auto rest = static_cast<std::int64_t>(std::filesystem::file_size(path)) - used - overrides.footer_bytes;
  if (rest > 0 && rest != overrides.gap_bytes)
    info.guesses.push_back(fmt::format("{} bytes at the end are no whole pattern: are shape and type right?", rest));
  return open_frames({file}, layout, std::move(info), {}, overrides);
}

}  // namespace terrace
