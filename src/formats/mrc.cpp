#include "formats/mrc.h"

#include <cmath>
#include <cstdlib>
#include <map>

#include "formats/file_bytes.h"
#include "formats/frames.h"
#include "formats/text_of_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using DirectElectronInfo = std::map<std::string, std::string>;

constexpr std::int64_t header_bytes = 1024;

NumberType type_of(std::int32_t mode, bool bytes_have_sign, const std::string& name) {
  switch (mode) {
    case 0:
      return {bytes_have_sign ? 'i' : 'u', 1};
    case 1:
      return {'i', 2};
    case 2:
      return {'f', 4};
    case 6:
      return {'u', 2};
    default:
      throw FileError(
          fmt::format("'{}' is an MRC file of mode {}, not 0, 1, 2 or 6 (8-bit, 16-bit, real numbers). Save it "
                      "as one of these?",
                      name, mode));
  }
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Lines "key = value".
DirectElectronInfo read_info(const fs::path& path) {
  DirectElectronInfo info;
  const auto text = beginning_of(path, 1 << 18);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = readable(std::string_view(text).substr(at, end - at));
    if (const auto sign = line.find('='); sign != std::string::npos)
      info[trimmed(line.substr(0, sign))] = trimmed(line.substr(sign + 1));
    at = end + 1;
  }
  return info;
}

/// What the camera wrote beside DATE_NUMBER…_movie.mrc: DATE_NUMBER…_info.txt. Empty where there is none.
DirectElectronInfo info_beside(const fs::path& movie) {
  const auto name = movie.stem().string();
  const auto date = name.find('_'), number = name.find('_', date + 1);
  if (!name.ends_with("_movie") || number == std::string::npos) return {};
  const auto folder = movie.has_parent_path() ? movie.parent_path() : fs::path(".");
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto other = entry->path().filename().string();
    if (other.starts_with(name.substr(0, number + 1)) && other.ends_with("info.txt")) return read_info(entry->path());
  }
  return {};
}

double number_in(const DirectElectronInfo& info, const std::string& key) {
  const auto found = info.find(key);
  const double value = found == info.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
  return std::isfinite(value) && value > 0 ? value : 0;
}

ScanShape shape_of(const DirectElectronInfo& said, ScanInfo& info) {
  const auto is = [&](const std::string& key, const std::string& value) {
    const auto found = said.find(key);
    return found != said.end() && found->second == value;
  };
  if (said.contains("Scan - Type") && !is("Scan - Type", "Raster")) {
    info.guesses.push_back(
        "the scan is no raster (its positions are in _scan_coordinates.csv): patterns stand in the "
        "order of the camera");
    return {};
  }
  const std::string kind = is("Scan - ROI Enable", "Enable") ? "Scan - ROI Size " : "Scan - Size ";
  constexpr double most = 1e6;
  const double x = number_in(said, kind + "X"), y = number_in(said, kind + "Y");
  if (!(x >= 1 && y >= 1 && x <= most && y <= most)) return {};
  return {static_cast<std::int64_t>(y), static_cast<std::int64_t>(x)};
}

void calibrate(const DirectElectronInfo& said, ScanInfo& info) {
  const auto pair = [&](const std::string& name, const std::string& unit, double factor, double& y, double& x) {
    const double of_y = number_in(said, name + " Y" + unit), of_x = number_in(said, name + " X" + unit);
    if (of_y > 0 && of_x > 0) y = factor * of_y, x = factor * of_x;
  };
  pair("Specimen Pixel Size", " (nanometers)", 10, info.step_y_angstrom, info.step_x_angstrom);
  pair("Diffraction Pixel Size", "", 0.1, info.k_per_pixel_y, info.k_per_pixel_x);
  if (info.k_per_pixel_x > 0) info.guesses.push_back("the diffraction pixel size of the _info.txt is taken as 1/nm");
  for (const auto& [key, value] : said) info.provenance["info"][key] = value;
}

/// "MAP " stands in all newer headers, and the sizes are such as a stack can have.
bool has_mrc_header(std::string_view start) {
  const auto number = [&](int index) {
    return load<std::int32_t>(reinterpret_cast<const std::byte*>(start.data()) + 4 * index);
  };
  return start.size() >= 256 && number(0) > 0 && number(1) > 0 && number(2) > 0 && number(3) >= 0 && number(3) < 200 &&
         start.substr(208, 3) == "MAP";
}

}  // namespace

bool is_mrc(const fs::path& path, std::string_view start) {
  return has_ending(path, ".mrc") || has_ending(path, ".mrcs") || has_mrc_header(start);
}

std::unique_ptr<Scan> open_mrc(const fs::path& path, const ScanOverrides& overrides) {
  const MappedFile mapped(path);
  const FileBytes file(mapped.bytes(), path.string());
  file.require(0, header_bytes);
  const auto number = [&](int index) { return file.little<std::int32_t>(4 * index); };
  const auto width = number(0), height = number(1), count = number(2), mode = number(3), extended = number(23);
  if (width < 1 || height < 1 || count < 1 || extended < 0)
    throw FileError(fmt::format("'{}' has no MRC header in little-endian order: {} x {} x {} numbers. Is it damaged?",
                                path.string(), count, height, width));
  const auto said = info_beside(path);
  const auto type = type_of(mode, said.empty(), path.string());
  const auto layout = plain_frames(type, height, width, 0, path.string());
  auto frames = frame_file(path, header_bytes + extended, layout);

  ScanInfo info;
  info.format = said.empty() ? "MRC" : "MRC of a Direct Electron camera";
  info.intensity_unit = type.kind == 'f' ? "unknown" : "counts";
  if (mode == 0 && said.empty()) info.guesses.push_back("bytes are read with a sign, as MRC2014 says");
  if (frames.frames < count)
    info.guesses.push_back(fmt::format("the header promises {} patterns, the file holds {}", count, frames.frames));
  frames.frames = std::min<std::int64_t>(frames.frames, count);
  calibrate(said, info);
  const auto shape = shape_of(said, info);
  return open_frames({frames}, layout, std::move(info), shape, overrides);
}

}  // namespace terrace
