// Formats: the bitshuffle project's and the HDF5 group's registered LZ4 filter. Sizes in a chunk are big-endian.
#include "formats/hdf5_filters.h"

#include <fmt/format.h>
#include <lz4.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/error.h"

namespace terrace {
namespace {

using Bytes = std::vector<std::byte>;

enum FilterId { shuffle = 2, lz4 = 32004, bitshuffle = 32008 };
/// The fifth setting of bitshuffle.
enum BitshuffleCompression { none = 0, with_lz4 = 2, with_zstd = 3 };

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw FileError(fmt::format("'{}' has a damaged chunk: {}. Copy the file again?", name, what));
}

/// The stored bytes of one chunk, taken from the front.
class Stored {
 public:
  Stored(std::span<const std::byte> bytes, const std::string& name) : left_(bytes), name_(name) {}

  std::span<const std::byte> take(std::size_t count) {
    if (count > left_.size()) refuse(name_, fmt::format("it ends {} bytes early", count - left_.size()));
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  std::uint64_t take_number(int bytes) {
    std::uint64_t number = 0;
    for (const auto byte : take(bytes)) number = number << 8 | std::to_integer<std::uint64_t>(byte);
    return number;
  }
  void take_lz4(std::span<std::byte> out) {
    const auto packed = take(take_number(4));
    const int got =
        LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), reinterpret_cast<char*>(out.data()),
                            static_cast<int>(packed.size()), static_cast<int>(out.size()));
    if (got != static_cast<int>(out.size())) refuse(name_, "a block does not unpack to its size");
  }
  void take_raw(std::span<std::byte> out) {
    const auto taken = take(out.size());
    std::copy(taken.begin(), taken.end(), out.begin());
  }
  /// Total and block size, as both compressions write them first.
  std::size_t take_header(std::size_t bytes) {
    const auto total = take_number(8), block = take_number(4);
    if (total != bytes) refuse(name_, fmt::format("it says that it holds {} bytes, not {}", total, bytes));
    return static_cast<std::size_t>(std::min<std::uint64_t>(block, 1u << 30));
  }

 private:
  std::span<const std::byte> left_;
  const std::string& name_;
};

Bytes undo_lz4(const Bytes& chunk, std::size_t bytes, const std::string& name) {
  Stored stored(chunk, name);
  const auto block = stored.take_header(bytes);
  if (block == 0) refuse(name, "its blocks are empty");
  Bytes out(bytes);
  for (std::size_t at = 0; at < bytes; at += block) {
    const auto part = std::span(out).subspan(at, std::min(block, bytes - at));
    Stored peek = stored;
    if (peek.take_number(4) == part.size()) {  // what would not shrink is stored as it was
      stored.take(4);
      stored.take_raw(part);
    } else {
      stored.take_lz4(part);
    }
  }
  return out;
}

/// Rows and columns of an 8 × 8 matrix of bits exchanged (Warren, Hacker's Delight, 7-3): bit k of byte j becomes bit j
/// of byte k, both counted from the lowest.
std::uint64_t transposed(std::uint64_t bits) {
  const auto exchange = [&](std::uint64_t mask, int distance) {
    const auto change = (bits ^ bits >> distance) & mask;
    bits ^= change ^ change << distance;
  };
  exchange(0x00AA00AA00AA00AA, 7);
  exchange(0x0000CCCC0000CCCC, 14);
  exchange(0x00000000F0F0F0F0, 28);
  return bits;
}

static_assert(std::endian::native == std::endian::little);  // byte j of a number is the j-th in memory

/// A block of n numbers (a multiple of 8): bit k of byte b of number i lies in byte (8b + k) n/8 + i/8, bit i mod 8.
void undo_bitshuffle_block(std::span<const std::byte> in, std::size_t item_bytes, std::byte* out) {
  const auto plane = in.size() / item_bytes / 8;  // bytes that hold one bit of every number
  for (std::size_t byte = 0; byte < item_bytes; ++byte)
    for (std::size_t eight = 0; eight < plane; ++eight) {
      std::uint64_t bits = 0;
      for (int k = 7; k >= 0; --k)
        bits = bits << 8 | std::to_integer<std::uint64_t>(in[(8 * byte + k) * plane + eight]);
      bits = transposed(bits);
      for (std::size_t j = 0; j < 8; ++j, bits >>= 8)
        out[(8 * eight + j) * item_bytes + byte] = static_cast<std::byte>(bits & 255);
    }
}

/// The block that bitshuffle takes where nothing is said: about 8 kB.
std::size_t usual_block(std::size_t item_bytes) { return std::max<std::size_t>(8192 / item_bytes / 8 * 8, 128); }

Bytes undo_bitshuffle(const Bytes& chunk, const Hdf5Filter& filter, std::size_t item_bytes, std::size_t bytes,
                      const std::string& name) {
  const auto& values = filter.values;
  if (values.size() > 2 && values[2] > 0) item_bytes = values[2];
  const bool packed = values.size() > 4 && values[4] == with_lz4;
  Stored stored(chunk, name);
  auto block = packed                               ? stored.take_header(bytes) / item_bytes
               : values.size() > 3 && values[3] > 0 ? values[3]
                                                    : usual_block(item_bytes);
  if (block == 0 || block % 8 != 0) refuse(name, fmt::format("its blocks of {} numbers are not in eights", block));
  Bytes out(bytes), shuffled;
  std::size_t at = 0;
  for (auto items = bytes / item_bytes; items >= 8; items -= block) {
    block = std::min(block, items / 8 * 8);  // the last one is shorter
    shuffled.resize(block * item_bytes);
    packed ? stored.take_lz4(shuffled) : stored.take_raw(shuffled);
    undo_bitshuffle_block(shuffled, item_bytes, out.data() + at);
    at += shuffled.size();
  }
  stored.take_raw(std::span(out).subspan(at));  // fewer than eight numbers are left as they were
  return out;
}

}  // namespace

std::string filter_text(const Hdf5Filter& filter) {
  if (filter.id == bitshuffle && filter.values.size() > 4 && filter.values[4] == with_zstd)
    return fmt::format("{} (bitshuffle with zstd)", filter.id);
  return filter.name.empty() ? std::to_string(filter.id) : fmt::format("{} ({})", filter.id, filter.name);
}

bool can_undo(const std::vector<Hdf5Filter>& filters) {
  return std::all_of(filters.begin(), filters.end(), [](const Hdf5Filter& filter) {
    if (filter.id == bitshuffle)  // files of its first versions name no compression, and have none
      return filter.values.size() < 5 || filter.values[4] == none || filter.values[4] == with_lz4;
    return filter.id == shuffle || filter.id == lz4;
  });
}

std::vector<std::byte> undo_shuffle(const std::vector<std::byte>& chunk, std::size_t item_bytes) {
  auto out = chunk;
  const auto items = chunk.size() / item_bytes;
  for (std::size_t byte = 0; byte < item_bytes; ++byte)
    for (std::size_t i = 0; i < items; ++i) out[i * item_bytes + byte] = chunk[byte * items + i];
  return out;
}

std::vector<std::byte> undo_filters(std::vector<std::byte> stored, const std::vector<Hdf5Filter>& filters,
                                    unsigned skipped, std::size_t item_bytes, std::size_t bytes,
                                    const std::string& name) {
  for (std::size_t i = filters.size(); i-- > 0;) {
    if (skipped >> i & 1) continue;
    const auto& filter = filters[i];
    stored = filter.id == bitshuffle ? undo_bitshuffle(stored, filter, item_bytes, bytes, name)
             : filter.id == lz4      ? undo_lz4(stored, bytes, name)
                                     : undo_shuffle(stored, item_bytes);
  }
  if (stored.size() != bytes) refuse(name, fmt::format("it unpacks to {} bytes, not {}", stored.size(), bytes));
  return stored;
}

}  // namespace terrace
