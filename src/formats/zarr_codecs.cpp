// Formats: Zarr's specification of codecs, and numcodecs for those that Zarr 2 calls by the names of that library.
#include "formats/zarr_codecs.h"

#include <blosc.h>
#include <fmt/format.h>
#include <lz4.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <map>

#include "core/error.h"
#include "formats/file_bytes.h"
#include "formats/hdf5_filters.h"

namespace terrace {
namespace {

using Bytes = std::vector<std::byte>;
using Json = nlohmann::json;

/// No library's compression makes more of a byte (zstd on zeros), beside a header.
constexpr double largest_compression = 1e5, header_bytes = 1e5;

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw FileError(fmt::format("'{}' is a damaged chunk: {}. Copy it again?", file, what));
}

void require_size(std::size_t got, std::size_t wanted, const std::string& file) {
  if (got != wanted) refuse(file, fmt::format("it unpacks to {} bytes, not {}", got, wanted));
}

Bytes room_for(std::size_t bytes, const std::string& file) {
  try {
    return Bytes(bytes);
  } catch (const std::bad_alloc&) {
    throw ResourceError(
        fmt::format("'{}' unpacks to {:.1f} GB, more than there is memory. Save the array in smaller "
                    "chunks?",
                    file, static_cast<double>(bytes) / 1e9));
  }
}

/// zlib's and gzip's streams tell themselves apart.
Bytes undo_zlib(const Bytes& stored, std::size_t bytes, const std::string& file) {
  z_stream stream{};
  constexpr int either = 32;
  if (inflateInit2(&stream, MAX_WBITS + either) != Z_OK) refuse(file, "zlib cannot begin");
  Bytes out = room_for(bytes, file);
  std::size_t taken = 0, made = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    constexpr std::size_t most = 1u << 30;  // zlib counts in 32 bits
    const auto in = std::min(most, stored.size() - taken), room = std::min(most, bytes - made);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stored.data() + taken));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + made);
    stream.avail_out = static_cast<uInt>(room);
    state = inflate(&stream, Z_NO_FLUSH);
    taken += in - stream.avail_in;
    made += room - stream.avail_out;
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) refuse(file, fmt::format("{} bytes are unpacked and it does not end there", made));
  require_size(made, bytes, file);
  return out;
}

Bytes undo_zstd(const Bytes& stored, std::size_t bytes, const std::string& file) {
  Bytes out = room_for(bytes, file);
  const auto made = ZSTD_decompress(out.data(), out.size(), stored.data(), stored.size());
  if (ZSTD_isError(made)) refuse(file, fmt::format("zstd says '{}'", ZSTD_getErrorName(made)));
  require_size(made, bytes, file);
  return out;
}

Bytes undo_blosc(const Bytes& stored, std::size_t bytes, const std::string& file) {
  std::size_t promised = 0;
  if (stored.size() < BLOSC_MIN_HEADER_LENGTH || blosc_cbuffer_validate(stored.data(), stored.size(), &promised) < 0)
    refuse(file, "it has no sound blosc header");
  require_size(promised, bytes, file);
  Bytes out = room_for(bytes, file);
  const int made = blosc_decompress_ctx(stored.data(), out.data(), out.size(), 1);
  if (made < 0) refuse(file, "blosc cannot unpack it (or knows no such compressor)");
  require_size(static_cast<std::size_t>(made), bytes, file);
  return out;
}

/// numcodecs writes the size before the block.
Bytes undo_lz4(const Bytes& stored, std::size_t bytes, const std::string& file) {
  const FileBytes header(stored, file);
  require_size(header.little<std::uint32_t>(0), bytes, file);
  Bytes out = room_for(bytes, file);
  const int made = LZ4_decompress_safe(reinterpret_cast<const char*>(stored.data()) + 4,
                                       reinterpret_cast<char*>(out.data()), static_cast<int>(stored.size() - 4),
                                       static_cast<int>(std::min<std::size_t>(bytes, LZ4_MAX_INPUT_SIZE)));
  if (made < 0) refuse(file, "LZ4 cannot unpack it");
  require_size(static_cast<std::size_t>(made), bytes, file);
  return out;
}

/// Castagnoli's polynomial, lowest bit first.
std::uint32_t crc32c(std::span<const std::byte> bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> table;
    for (std::uint32_t i = 0; i < 256; ++i) {
      table[i] = i;
      for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82F63B78u : 0);
    }
    return table;
  }();
  std::uint32_t sum = ~0u;
  for (const auto byte : bytes) sum = sum >> 8 ^ table[(sum ^ std::to_integer<std::uint32_t>(byte)) & 255];
  return ~sum;
}

Bytes checked(Bytes stored, const std::string& file) {
  constexpr std::size_t sum_bytes = 4;
  if (stored.size() < sum_bytes) refuse(file, "it ends within its checksum");
  const auto size = stored.size() - sum_bytes;
  if (crc32c(std::span(stored).first(size)) != load<std::uint32_t>(stored.data() + size))
    refuse(file, "its checksum differs");
  stored.resize(size);
  return stored;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

ZarrCodecs::Step ZarrCodecs::step_of(const Json& codec, const std::string& array) {
  static const std::map<std::string, Step> known = {
      {"gzip", Step::zlib}, {"zlib", Step::zlib},       {"zstd", Step::zstd},    {"blosc", Step::blosc},
      {"lz4", Step::lz4},   {"shuffle", Step::shuffle}, {"crc32c", Step::crc32c}};
  auto name = text_of(codec, "name");
  constexpr std::string_view library = "numcodecs.";
  if (name.starts_with(library)) name.erase(0, library.size());
  const auto found = known.find(name);
  if (found == known.end())
    throw FileError(
        fmt::format("'{}' is stored with Zarr's codec '{}', which terrace does not read. Save the array as .npy: "
                    "numpy.save('scan.npy', zarr.open('{}')[...]), and open that with --axes \"x y kx ky\"?",
                    array, name, array));
  return found->second;
}

ZarrCodecs::ZarrCodecs(const Json& codecs, const std::string& array) {
  int compressions = 0;
  for (const auto& codec : codecs) {
    if (text_of(codec, "name") == "bytes") {
      big_endian_ = codec.contains("configuration") && text_of(codec["configuration"], "endian") == "big";
      continue;
    }
    steps_.push_back(step_of(codec, array));
    if (const auto item = codec.value(Json::json_pointer("/configuration/elementsize"), Json());
        item.is_number_integer())
      shuffled_bytes_ = static_cast<std::size_t>(std::clamp<std::int64_t>(item.get<std::int64_t>(), 0, 1 << 16));
    if (steps_.back() != Step::shuffle && steps_.back() != Step::crc32c) ++compressions;
  }
  // What lies between two compressions has a size that nothing says.
  if (compressions > 1)
    throw FileError(
        fmt::format("'{}' is compressed {} times over, which terrace does not read. Save it with one "
                    "compression?",
                    array, compressions));
}

Bytes ZarrCodecs::undo(Bytes stored, std::size_t item_bytes, std::size_t bytes, const std::string& file) const {
  if (static_cast<double>(bytes) > header_bytes + largest_compression * static_cast<double>(stored.size()))
    refuse(file,
           fmt::format("its {} bytes cannot hold {} numbers of {}", stored.size(), bytes / item_bytes, item_bytes));
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    switch (*step) {
      case Step::zlib:
        stored = undo_zlib(stored, bytes, file);
        break;
      case Step::zstd:
        stored = undo_zstd(stored, bytes, file);
        break;
      case Step::blosc:
        stored = undo_blosc(stored, bytes, file);
        break;
      case Step::lz4:
        stored = undo_lz4(stored, bytes, file);
        break;
      case Step::shuffle:
        stored = undo_shuffle(stored, shuffled_bytes_ > 0 ? shuffled_bytes_ : item_bytes);
        break;
      case Step::crc32c:
        stored = checked(std::move(stored), file);
        break;
    }
  }
  require_size(stored.size(), bytes, file);
  return stored;
}

}  // namespace terrace
