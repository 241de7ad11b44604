#include "formats/merlin_raw.h"

#include <fmt/format.h>

#include "core/error.h"
#include "formats/file_bytes.h"

namespace terrace {
namespace {

/// Pixel `column` of a packed row.
template <int bits>
std::uint32_t unpacked(const std::byte* row, int column) {
  constexpr int pixels = 64 / bits;
  const auto word = load<std::uint64_t>(row + 8 * (column / pixels), true);
  return static_cast<std::uint32_t>(word >> (bits * (column % pixels))) & ((1u << bits) - 1);
}

/// The same of 24 bits: `row` is that of the high bits, the low ones follow a frame later.
std::uint32_t unpacked_24(const std::byte* row, int column, std::int64_t frame_bytes) {
  return unpacked<16>(row, column) << 12 | unpacked<16>(row + frame_bytes, column);
}

template <int bits>
void read_single(const std::byte* first, const PatternLayout& layout, float* pattern) {
  for (int row = 0; row < layout.height; ++row, first += layout.row_bytes)
    for (int column = 0; column < layout.width; ++column)
      *pattern++ = static_cast<float>(unpacked<bits>(first, column));
}

void read_single_24(const std::byte* first, const PatternLayout& layout, float* pattern) {
  for (int row = 0; row < layout.height; ++row, first += layout.row_bytes)
    for (int column = 0; column < layout.width; ++column)
      *pattern++ = static_cast<float>(unpacked_24(first, column, layout.height * layout.row_bytes));
}

template <int bits>
void read_quad(const std::byte* first, const PatternLayout& layout, float* pattern) {
  const int half = layout.width / 2;
  for (int row = 0; row < layout.height; ++row) {
    const bool upper = row < layout.height / 2;
    const auto* line = first + layout.row_bytes * (upper ? row : layout.height - 1 - row);
    for (int column = 0; column < layout.width; ++column) {
      const int chip = (upper ? 3 : 1) - column / half, within = column % half;
      *pattern++ = static_cast<float>(unpacked<bits>(line, chip * half + (upper ? within : half - 1 - within)));
    }
  }
}

}  // namespace

FrameLayout merlin_raw_frames(const MerlinHeader& header, const std::string& name) {
  const int depth = header.counter_depth;
  const bool single = header.chips == 1, quad = header.chips == 4 && header.chip_layout.starts_with("2x2");
  if (!(depth == 1 || depth == 6 || depth == 12 || (depth == 24 && single)) || !(single || quad))
    throw FileError(
        fmt::format("'{}' holds packed raw frames (R64) of {} chips as {} with {} bits, which terrace cannot unpack. "
                    "Record processed frames (U08, U16, U32), or convert it with Merlin's software?",
                    name, header.chips, header.chip_layout, depth));
  constexpr int chip = 256;
  const int stored = depth == 1 ? 1 : depth == 6 ? 8 : 16;
  // The width of a frame of 24 bits counts both halves of the counter.
  const auto width = depth == 24 && header.width > chip ? header.width / 2 : header.width;
  if (width % 64 != 0 || (quad && width != 4 * header.height))
    throw FileError(
        fmt::format("'{}' has packed raw frames of {} x {} pixels, which is no row of chips. Is it damaged?", name,
                    header.height, header.width));
  auto layout = plain_frames({'u', depth == 24    ? 4
                                   : stored == 16 ? 2
                                                  : 1},
                             quad ? 2 * header.height : header.height, quad ? width / 2 : width, 0, name);
  layout.pattern.row_bytes = width * stored / 8;
  layout.frame_bytes = layout.pattern.row_bytes * header.height * (depth == 24 ? 2 : 1);
  layout.stride = layout.frame_bytes;
  if (depth == 24)
    layout.read = read_single_24;
  else if (stored == 1)
    layout.read = quad ? read_quad<1> : read_single<1>;
  else if (stored == 8)
    layout.read = quad ? read_quad<8> : read_single<8>;
  else
    layout.read = quad ? read_quad<16> : read_single<16>;
  return layout;
}

}  // namespace terrace
