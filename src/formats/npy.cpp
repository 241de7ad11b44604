#include "formats/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"

namespace terrace {
namespace {

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
  auto& [kind, bytes, big_endian] = header.type;
  kind = readable && type.substr(2) == "b1" ? 'u' : readable ? type[2] : '?';
  bytes = readable ? type[3] - '0' : 0;
  big_endian = readable && type[1] == '>';
  const bool size_fits = bytes == 4 || bytes == 8 || (kind != 'f' && (bytes == 1 || bytes == 2));
  if (known.find(kind) == std::string_view::npos || !size_fits)
    refuse(name,
           fmt::format("its numbers are of type {}, not whole or real numbers of 1 to 8 bytes (float32, uint16 …)",
                       text.substr(0, std::min<std::size_t>(text.find(','), 24))));
}

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
  MappedFile file(path);
  const auto name = path.string();
  const auto bytes = file.bytes();
  const auto header = read_npy_header({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name);
  const int rank = static_cast<int>(header.shape.size());
  if (rank < 2 || rank > 4)
    throw FileError(fmt::format("'{}' has shape {}; a scan has 4 axes (or 3: patterns in a row). Reshape it in NumPy?",
                                name, shape_text(header.shape)));
  const auto order = axis_order(overrides.axes, rank);
  ScanInfo info;
  take_shape(info, header.shape, order, name);
  info.dtype = name_of(header.type);
  info.format = "NumPy";
  info.title = path.stem().string();
  require_array(name, bytes.size(), header.data_offset, header.type, header.shape,
                fmt::format("its header says shape {} of {}", shape_text(header.shape), info.dtype));
  const auto storage = header.fortran_order ? StorageOrder::first_axis_fastest : StorageOrder::last_axis_fastest;
  const auto layout = array_layout(header.type, header.data_offset, header.shape, order, storage);
  return std::make_unique<MappedScan>(std::move(file), std::move(info), layout);
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
  if (!stream_)
    throw FileError(fmt::format("'{}' cannot be written. May you write to its folder?", file_.path().string()));
  const auto length = static_cast<std::uint16_t>(header.size());
  stream_ << std::string_view("\x93NUMPY\x01\x00", 8) << static_cast<char>(length & 255)
          << static_cast<char>(length >> 8) << header;
}

void NpyWriter::append(std::span<const float> numbers) {
  missing_ -= static_cast<std::int64_t>(numbers.size());
  stream_.write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size_bytes()));
  require_written();
}

void NpyWriter::require_written() const {
  if (!stream_)
    throw ResourceError(fmt::format("'{}' cannot be written to its end. Is the disk full?", file_.path().string()));
}

void NpyWriter::close() {
  stream_.close();
  require_written();
  if (missing_ != 0) throw FileError(fmt::format("'{}' lacks {} of its numbers.", file_.path().string(), missing_));
  file_.commit();
}

}  // namespace terrace
