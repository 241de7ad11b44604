#include "formats/merlin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/averages.h"
#include "core/error.h"
#include "formats/frames.h"
#include "formats/merlin_header.h"
#include "formats/merlin_raw.h"
#include "formats/text_of_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Hdr = std::map<std::string, std::string>;

std::string stem_without_number(const fs::path& path) {
  auto stem = path.stem().string();
  while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
  return stem;
}

/// The .mib files in the folder whose stem begins with `beginning`, by name.
std::vector<fs::path> mib_files(const fs::path& folder, const std::string& beginning) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder.empty() ? fs::path(".") : folder, error), end; !error && entry != end;
       entry.increment(error))
    if (has_ending(entry->path(), ".mib") && entry->path().stem().string().starts_with(beginning))
      files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

fs::path mib_of(const fs::path& hdr) {
  for (const auto* ending : {".mib", ".MIB"})
    if (const auto mib = fs::path(hdr).replace_extension(ending); fs::exists(mib)) return mib;
  const auto files = mib_files(hdr.parent_path(), hdr.stem().string());
  if (!files.empty()) return files.front();
  throw FileError(fmt::format(
      "'{}' holds no patterns, and the .mib file that belongs to it is not beside it. Put it there?", hdr.string()));
}

Hdr hdr_of(const fs::path& mib) {
  auto bare = stem_without_number(mib);
  while (!bare.empty() && (bare.back() == '_' || bare.back() == '-')) bare.pop_back();
  for (const auto& stem : {mib.stem().string(), stem_without_number(mib), bare})
    for (const auto* ending : {".hdr", ".HDR"})
      if (const auto hdr = mib.parent_path() / (stem + ending); fs::exists(hdr)) return read_merlin_hdr(hdr);
  return {};
}

bool begins_as_hdr(const fs::path& path) { return beginning_of(path, 4) == "HDR,"; }

MerlinHeader first_header(const fs::path& path) {
  return read_merlin_header(beginning_of(path, 1 << 14), path.string());
}

FrameLayout layout_of(const MerlinHeader& header, const std::string& name) {
  if (header.pixel_type == "R64") {
    auto layout = merlin_raw_frames(header, name);
    layout.stride += header.header_bytes;
    return layout;
  }
  const int bits = header.pixel_type.starts_with('U') ? std::atoi(header.pixel_type.c_str() + 1) : 0;
  if (bits != 8 && bits != 16 && bits != 32)
    throw FileError(
        fmt::format("'{}' has pixels of type '{}', not U08, U16, U32 or R64. Is it damaged?", name, header.pixel_type));
  return plain_frames({'u', bits / 8, true}, header.height, header.width, header.header_bytes, name);
}

bool alike(const MerlinHeader& a, const MerlinHeader& b) {
  return a.header_bytes == b.header_bytes && a.width == b.width && a.height == b.height &&
         a.pixel_type == b.pixel_type && a.counter_depth == b.counter_depth;
}

/// The file with those of the same name but for its number whose frames continue its count. A scan of its own begins
/// counting anew, so that scans that only lie beside each other stay apart.
std::vector<FrameFile> files_of(const fs::path& path, const MerlinHeader& header, const FrameLayout& layout) {
  const auto file = frame_file(path, header.header_bytes, layout);
  std::map<std::int64_t, FrameFile> beside = {{header.frame_number, file}};
  const auto stem = stem_without_number(path);
  for (const auto& other : mib_files(path.parent_path(), stem)) {
    if (other.filename() == path.filename() || stem_without_number(other) != stem) continue;
    try {
      const auto its = first_header(other);
      if (alike(its, header) && !beside.emplace(its.frame_number, frame_file(other, its.header_bytes, layout)).second)
        return {file};  // two files count from the same number: no parts of one scan
    } catch (const FileError&) {
    }
  }
  auto first = beside.find(header.frame_number), last = std::next(first);
  while (first != beside.begin() && std::prev(first)->first + std::prev(first)->second.frames == first->first) --first;
  while (last != beside.end() && std::prev(last)->first + std::prev(last)->second.frames == last->first) ++last;
  std::vector<FrameFile> files;
  for (auto part = first; part != last; ++part) files.push_back(part->second);
  return files;
}

/// Time of day of a frame; −1 where its header is not sound.
double seconds_of(std::string_view frame) {
  try {
    return read_merlin_header(frame, "").seconds;
  } catch (const FileError&) {
    return -1;
  }
}

/// Times of the first frames, seconds, as far as headers are sound; across midnight they go on rising.
std::vector<double> times_of(const std::vector<FrameFile>& files, const FrameLayout& layout) {
  constexpr std::size_t enough = 8192;
  std::vector<double> times;
  for (const auto& file : files) {
    const MappedFile mapped(file.path);
    const auto bytes = mapped.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::int64_t frame = 0; frame < file.frames; ++frame) {
      if (times.size() == enough) return times;
      const auto header = text.substr(static_cast<std::size_t>(frame * layout.stride));
      const double seconds = seconds_of(header);
      if (seconds < 0) return times;
      times.push_back(!times.empty() && seconds < times.back() ? seconds + 86400 : seconds);
    }
  }
  return times;
}

/// Frames a line, from the pause of the flyback; 0 where no pauses come at regular distance. A pause stands out of the
/// jitter, be it short against the dwell time.
std::int64_t line_length(const std::vector<double>& times) {
  if (times.size() < 4) return 0;
  std::vector<double> steps, jitter;
  for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
  const double usual = median(steps);
  for (const double step : steps) jitter.push_back(std::abs(step - usual));
  const double pause = usual + std::max(10 * median(jitter), 1e-6 * usual);
  const auto count = static_cast<std::int64_t>(steps.size());
  std::int64_t pauses = 0;
  for (const double step : steps) pauses += step > pause;
  for (std::int64_t width = 2; width <= count && pauses > 0; ++width) {
    std::int64_t found = 0;
    const auto starts = count / width;
    for (std::int64_t line = 1; line <= starts; ++line) found += steps[line * width - 1] > pause;
    const bool all_there = 10 * found >= 9 * starts && 10 * pauses <= 11 * found;
    if (all_there && (starts > 1 || 2 * width == count + 1)) return width;
  }
  return 0;
}

std::int64_t number_in(const Hdr& hdr, const std::string& key) {
  const auto found = hdr.find(key);
  return found == hdr.end() ? 0 : std::max(0LL, std::atoll(found->second.c_str()));
}

ScanShape shape_of(const Hdr& hdr, const std::vector<FrameFile>& files, const FrameLayout& layout, ScanInfo& info) {
  const auto scan_x = number_in(hdr, "ScanX"), scan_y = number_in(hdr, "ScanY");
  if (scan_x > 0 && scan_y > 0) return {scan_y, scan_x};
  const auto frames = number_in(hdr, "Frames in Acquisition (Number)");
  const auto line = number_in(hdr, "Frames per Trigger (Number)");
  if (line > 1 && line != frames) {
    info.guesses.push_back(fmt::format("one trigger a line is assumed: {} patterns a line (.hdr)", line));
    return {frames / line, line};
  }
  const auto width = line_length(times_of(files, layout));
  if (width == 0) return {};
  info.guesses.push_back(fmt::format("{} patterns a line, from the pauses between the frames' times", width));
  return {frames % width == 0 ? frames / width : 0, width};
}

}  // namespace

bool is_merlin(std::string_view start) { return is_merlin_frame(start) || start.starts_with("HDR,"); }

std::unique_ptr<Scan> open_merlin(const fs::path& path, const ScanOverrides& overrides) {
  const auto mib = begins_as_hdr(path) ? mib_of(path) : path;
  auto header = first_header(mib);
  const auto hdr = hdr_of(mib);
  if (header.counter_depth == 0) header.counter_depth = static_cast<int>(number_in(hdr, "Counter Depth (number)"));
  const auto layout = layout_of(header, mib.string());
  const auto files = files_of(mib, header, layout);

  ScanInfo info;
  info.format = "Merlin .mib";
  info.intensity_unit = "counts";
  info.provenance["exposure_s"] = header.exposure_s;
  info.provenance["counter_depth"] = header.counter_depth;
  info.provenance["chips"] = header.chip_layout;
  for (const auto& [key, value] : hdr) info.provenance["hdr"][key] = value;
  if (header.pixel_type == "R64")
    info.guesses.push_back("packed raw frames are unpacked, gaps between chips are not filled");
  if (files.size() > 1)
    info.guesses.push_back(
        fmt::format("{} files whose frames continue one another are read as one scan", files.size()));
  info.guesses.push_back("detector rows are as stored; some programs show them upside down (--flip-detector-y yes)");
  const auto shape = overrides.scan_shape.empty() ? shape_of(hdr, files, layout, info) : ScanShape{};
  return open_frames(files, layout, std::move(info), shape, overrides);
}

}  // namespace terrace
