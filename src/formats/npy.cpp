#include "formats/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "core/error.h"
#include "formats/mapped_file.h"

namespace terrace {
namespace {

static_assert(std::endian::native == std::endian::little);

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw FileError(
      fmt::format("'{}' is no NumPy file that can be read: {}. Save it again with numpy.save?", name, what));
}

/// What stands after `key` in the header's Python dictionary.
std::string_view after(std::string_view header, std::string_view key, const std::string& name) {
  const auto at = header.find(key);
  if (at == std::string_view::npos) refuse(name, fmt::format("its header lacks {}", key));
  const auto value = header.find_first_not_of(" :", at + key.size());
  return value == std::string_view::npos ? std::string_view() : header.substr(value);
}

Extents parse_shape(std::string_view text, const std::string& name) {
  Extents shape;
  const auto end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) refuse(name, "its header has no shape");
  for (std::size_t at = 1; at < end;) {
    std::int64_t extent = 0;
    const auto [stop, error] = std::from_chars(text.data() + at, text.data() + end, extent);
    if (error == std::errc::result_out_of_range || extent < 0) refuse(name, "its shape is beyond measure");
    if (error == std::errc()) shape.push_back(extent);
    at = error == std::errc() ? static_cast<std::size_t>(stop - text.data()) : at + 1;
  }
  return shape;
}

void parse_type(std::string_view text, NpyHeader& header, const std::string& name) {
  const std::string_view type = text.substr(0, 4);  // quote, byte order, kind, bytes
  const std::string_view known = "fui";
  const bool readable = type.size() == 4 && (type[0] == '\'' || type[0] == '"') && text.size() > 4 &&
                        text[4] == type[0] && std::string_view("<>|=").find(type[1]) != std::string_view::npos;
  header.kind = readable && type.substr(2) == "b1" ? 'u' : readable ? type[2] : '?';
  header.item_bytes = readable ? type[3] - '0' : 0;
  header.big_endian = readable && type[1] == '>';
  const int bytes = header.item_bytes;
  const bool size_fits = bytes == 4 || bytes == 8 || (header.kind != 'f' && (bytes == 1 || bytes == 2));
  if (known.find(header.kind) == std::string_view::npos || !size_fits)
    refuse(name,
           fmt::format("its numbers are of type {}, not whole or real numbers of 1 to 8 bytes (float32, uint16 …)",
                       text.substr(0, std::min<std::size_t>(text.find(','), 24))));
}

/// Size of the data in bytes, as a double: it may be beyond any integer.
double data_bytes(const NpyHeader& header) {
  double bytes = header.item_bytes;
  for (const auto extent : header.shape) bytes *= static_cast<double>(extent);
  return bytes;
}

template <class T>
T load(const std::byte* from, bool swap) {
  std::byte bytes[sizeof(T)];
  std::memcpy(bytes, from, sizeof(T));
  if (swap) std::reverse(bytes, bytes + sizeof(T));
  return std::bit_cast<T>(bytes);
}

/// Where a pattern lies: its first number and the distances in bytes between rows and columns.
struct Layout {
  const std::byte* first;
  std::int64_t row_bytes, column_bytes;
  int height, width;
  bool swap;
};

template <class T>
void gather(const Layout& from, float* out) {
  for (int row = 0; row < from.height; ++row)
    for (int column = 0; column < from.width; ++column)
      *out++ = static_cast<float>(load<T>(from.first + row * from.row_bytes + column * from.column_bytes, from.swap));
}

using Gather = void (*)(const Layout&, float*);

Gather gather_for(const NpyHeader& header) {
  if (header.kind == 'f') return header.item_bytes == 4 ? gather<float> : gather<double>;
  const bool has_sign = header.kind == 'i';
  switch (header.item_bytes) {
    case 1:
      return has_sign ? gather<std::int8_t> : gather<std::uint8_t>;
    case 2:
      return has_sign ? gather<std::int16_t> : gather<std::uint16_t>;
    case 4:
      return has_sign ? gather<std::int32_t> : gather<std::uint32_t>;
    default:
      return has_sign ? gather<std::int64_t> : gather<std::uint64_t>;
  }
}

std::string type_name(const NpyHeader& header) {
  const std::string kind = header.kind == 'f' ? "float" : header.kind == 'u' ? "uint" : "int";
  return kind + std::to_string(8 * header.item_bytes);
}

/// Bytes from one index of each axis to the next.
Extents strides_of(const NpyHeader& header) {
  const int rank = static_cast<int>(header.shape.size());
  Extents strides(rank);
  std::int64_t step = header.item_bytes;
  for (int i = 0; i < rank; ++i) {
    const int axis = header.fortran_order ? i : rank - 1 - i;
    strides[axis] = step;
    step *= header.shape[axis];
  }
  return strides;
}

/// A scan whose numbers lie in a mapped file.
class NpyScan : public Scan {
 public:
  NpyScan(const std::filesystem::path& path, const ScanOverrides& overrides) : file_(path) {
    const auto bytes = file_.bytes();
    const auto name = path.string();
    const auto header = read_npy_header({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name);
    const int rank = static_cast<int>(header.shape.size());
    if (rank < 2 || rank > 4)
      throw FileError(
          fmt::format("'{}' has shape {}; a scan has 4 axes (or 3: patterns in a row). Reshape it in NumPy?", name,
                      shape_text(header.shape)));
    const auto order = axis_order(overrides.axes, rank);
    take_shape(info_, header.shape, order, name);
    const double promised = data_bytes(header), held = static_cast<double>(bytes.size()) - header.data_offset;
    if (promised > held)
      throw FileError(
          fmt::format("'{}' holds {:.0f} bytes of numbers, not {:.0f} (its header says shape {} of {}). Was the "
                      "copy cut short?",
                      name, held, promised, shape_text(header.shape), type_name(header)));
    info_.dtype = type_name(header);
    info_.format = "NumPy";
    info_.title = path.stem().string();
    data_ = bytes.data() + header.data_offset;
    swap_ = header.big_endian;
    gather_ = gather_for(header);
    const auto strides = strides_of(header);
    for (int axis = 0; axis < 4; ++axis) strides_[axis] = order[axis] < 0 ? 0 : strides[order[axis]];
  }

  void read(int row, int column, std::span<float> pattern) const override {
    gather_({data_ + row * strides_[0] + column * strides_[1], strides_[2], strides_[3], info_.detector_height,
             info_.detector_width, swap_},
            pattern.data());
  }

 private:
  MappedFile file_;
  const std::byte* data_;
  bool swap_;
  Gather gather_;
  std::array<std::int64_t, 4> strides_;
};

}  // namespace

NpyHeader read_npy_header(std::string_view bytes, const std::string& name) {
  if (!is_npy(bytes) || bytes.size() < 12) refuse(name, "it does not begin as one");
  const auto byte = [&](std::size_t at) { return std::int64_t{static_cast<unsigned char>(bytes[at])}; };
  const auto version = byte(6);
  if (version < 1 || version > 3) refuse(name, fmt::format("its version is {}", version));
  const std::int64_t start = version == 1 ? 10 : 12;
  const std::int64_t length = byte(8) + (byte(9) << 8) + (version == 1 ? 0 : (byte(10) << 16) + (byte(11) << 24));
  if (length > 1 << 20 || start + length > static_cast<std::int64_t>(bytes.size()))
    refuse(name, "its header is cut short");

  const auto text = bytes.substr(start, length);
  NpyHeader header;
  parse_type(after(text, "'descr'", name), header, name);
  header.fortran_order = after(text, "'fortran_order'", name).starts_with("True");
  header.shape = parse_shape(after(text, "'shape'", name), name);
  header.data_offset = start + length;
  return header;
}

bool is_npy(std::string_view start) { return start.starts_with("\x93NUMPY"); }

std::unique_ptr<Scan> open_npy(const std::filesystem::path& path, const ScanOverrides& overrides) {
  return std::make_unique<NpyScan>(path, overrides);
}

NpyWriter::NpyWriter(const std::filesystem::path& path, const Extents& shape) : file_(path), missing_(1) {
  std::string extents;
  for (const auto extent : shape) {
    extents += (extents.empty() ? "" : ", ") + std::to_string(extent);
    missing_ *= extent;
  }
  if (shape.size() == 1) extents += ",";
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + extents + "), }";
  // Magic, version and length take 10 bytes; with the closing newline all is a multiple of 64.
  header.append(63 - (10 + header.size()) % 64, ' ').push_back('\n');
  require_disk_space(path, 4.0 * static_cast<double>(missing_));
  stream_.open(file_.partial(), std::ios::binary);
  const auto length = static_cast<std::uint16_t>(header.size());
  stream_ << std::string_view("\x93NUMPY\x01\x00", 8) << static_cast<char>(length & 255)
          << static_cast<char>(length >> 8) << header;
}

void NpyWriter::append(std::span<const float> numbers) {
  missing_ -= static_cast<std::int64_t>(numbers.size());
  stream_.write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size_bytes()));
}

void NpyWriter::close() {
  stream_.close();
  if (!stream_)
    throw ResourceError(fmt::format("'{}' cannot be written to its end. Is the disk full?", file_.path().string()));
  if (missing_ != 0) throw FileError(fmt::format("'{}' lacks {} of its numbers.", file_.path().string(), missing_));
  file_.commit();
}

}  // namespace terrace
