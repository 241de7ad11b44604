#include "formats/tvips.h"

#include "formats/file_bytes.h"
#include "formats/frames.h"
#include "formats/text_of_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// NAME_007.tvips for part 7 of any part's path; empty where the name has no number.
fs::path part(const fs::path& path, int number) {
  const auto stem = path.stem().string();
  const auto digits = stem.size() < 4 ? std::string::npos : stem.size() - 3;
  if (digits == std::string::npos || stem[digits - 1] != '_' ||
      stem.find_first_not_of("0123456789", digits) != std::string::npos)
    return {};
  return path.parent_path() / fmt::format("{}{:03}{}", stem.substr(0, digits), number, path.extension().string());
}

/// The part that has the header.
fs::path first_part(const fs::path& path) {
  const auto first = part(path, 0);
  if (first.empty()) return path;
  if (fs::exists(first)) return first;
  throw FileError(fmt::format("'{}' is a part of a stream whose beginning, '{}', is not beside it. Put it there?",
                              path.string(), first.filename().string()));
}

struct Header {
  std::int64_t bytes, frame_header_bytes;
  std::uint32_t height, width, bits;
  double voltage;
};

Header read_header(const FileBytes& file) {
  const auto number = [&](int index) { return file.little<std::uint32_t>(4 * index); };
  const auto version = number(1), bits = number(4);
  if (number(0) != 256 || (version != 1 && version != 2) || (bits != 8 && bits != 16))
    throw FileError(fmt::format("'{}' has an unknown TVIPS header (version {}, {} bits). Is it damaged?", file.name(),
                                version, bits));
  constexpr int short_frame_header = 12;
  return {number(0), version == 1 ? short_frame_header : number(12),
          number(3), number(2),
          bits,      static_cast<double>(number(10))};
}

}  // namespace

bool is_tvips(const fs::path& path, std::string_view) { return has_ending(path, ".tvips"); }

std::unique_ptr<Scan> open_tvips(const fs::path& path, const ScanOverrides& overrides) {
  const auto first = first_part(path);
  const MappedFile file(first);
  const auto header = read_header(FileBytes(file.bytes(), first.string()));
  const auto layout = plain_frames({'u', static_cast<int>(header.bits / 8)}, header.height, header.width,
                                   header.frame_header_bytes, first.string());
  std::vector<FrameFile> files = {frame_file(first, header.bytes + header.frame_header_bytes, layout)};
  for (int number = 1; number < 1000; ++number) {
    const auto next = part(first, number);
    if (next.empty() || !fs::exists(next)) break;
    files.push_back(frame_file(next, header.frame_header_bytes, layout));
  }

  ScanInfo info;
  info.format = "TVIPS stream";
  info.intensity_unit = "counts";
  constexpr double least_volts = 10'000;  // some programs write kV
  info.energy_kev = header.voltage >= least_volts ? header.voltage / 1000 : header.voltage;
  if (files.size() > 1) info.guesses.push_back(fmt::format("{} parts of the stream are read as one", files.size()));
  return open_frames(files, layout, std::move(info), {}, overrides);
}

}  // namespace terrace
