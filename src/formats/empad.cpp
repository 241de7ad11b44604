#include "formats/empad.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/error.h"
#include "formats/empad_xml.h"
#include "formats/frames.h"
#include "formats/text_of_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t side = 128, footer_rows = 2;
constexpr std::int64_t frame_bytes = (side + footer_rows) * side * 4;

bool is_xml(const fs::path& path) { return has_ending(path, ".xml") && is_empad_xml(beginning_of(path, 512)); }

/// The .xml that describes a .raw: of the same name, or one in the folder that names it; empty where there is none.
fs::path xml_of(const fs::path& raw) {
  if (const auto xml = fs::path(raw).replace_extension(".xml"); is_xml(xml)) return xml;
  std::error_code error;
  const auto folder = raw.has_parent_path() ? raw.parent_path() : fs::path(".");
  int looked_at = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && looked_at < 1000;
       entry.increment(error), ++looked_at)
    if (is_xml(entry->path()) && read_empad_xml(entry->path()).raw_file == raw.filename()) return entry->path();
  return {};
}

fs::path raw_of(const fs::path& xml) {
  const auto name = read_empad_xml(xml).raw_file;
  if (!name.empty())
    if (const auto raw = xml.parent_path() / name; fs::exists(raw)) return raw;
  if (const auto raw = fs::path(xml).replace_extension(".raw"); fs::exists(raw)) return raw;
  throw FileError(fmt::format("'{}' describes '{}', which is not beside it. Was it renamed? Open the .raw file itself.",
                              xml.string(), name.empty() ? "a .raw file" : name));
}

/// Frames of the second generation have no footer, and their numbers are packed.
void refuse_second_generation(const fs::path& raw, std::int64_t bytes) {
  if (bytes % frame_bytes != 0 && bytes % (side * side * 4) == 0)
    throw FileError(
        fmt::format("'{}' has the size of an EMPAD-G2 file ({} patterns without footer), whose numbers mean nothing "
                    "without the sensor's calibration. Convert it with the 'empad2' Python package and save as .h5?",
                    raw.string(), bytes / (side * side * 4)));
}

/// The shape whose patterns fill the file, or else the first that is claimed.
ScanShape shape_of(const std::vector<EmpadShape>& claimed, std::int64_t frames, ScanInfo& info) {
  for (const auto& shape : claimed) {
    if (shape.height * shape.width != frames) continue;
    info.guesses.push_back(fmt::format("scan of {} x {} from {}", shape.height, shape.width, shape.source));
    return {shape.height, shape.width};
  }
  if (claimed.empty()) return {};
  info.guesses.push_back(
      fmt::format("no scan shape in the .xml fits the {} patterns of the file: {} x {} from {} is taken", frames,
                  claimed[0].height, claimed[0].width, claimed[0].source));
  return {claimed[0].height, claimed[0].width};
}

void calibrate(const EmpadXml& xml, const ScanShape& shape, ScanInfo& info) {
  info.energy_kev = xml.voltage / 1000;
  info.k_per_pixel_y = info.k_per_pixel_x = xml.k_per_pixel_nm / 10;
  if (info.energy_kev > 0 && xml.k_per_pixel_nm > 0) {
    const double angle = xml.k_per_pixel_nm / 10 * wavelength(info.energy_kev);
    if (std::abs(angle - xml.pixel_angle_rad) > 0.02 * angle && xml.pixel_angle_rad > 0)
      info.guesses.push_back(
          fmt::format("a pixel is {:.4g} mrad by calibrated_pixelsize, but {:.4g} mrad by "
                      "calibrated_diffraction_angle: the first is taken",
                      1000 * angle, 1000 * xml.pixel_angle_rad));
  }
  if (xml.full_field_m.empty() || shape.width == 0 || shape.height == 0) return;
  const auto longer = std::max(shape.width, shape.height);
  const bool each = xml.full_field_m.size() == 2;
  info.step_y_angstrom = 1e10 * xml.full_field_m[0] / static_cast<double>(each ? shape.height : longer);
  info.step_x_angstrom = 1e10 * xml.full_field_m.back() / static_cast<double>(each ? shape.width : longer);
  info.guesses.push_back(
      fmt::format("the step is the full field of view over the positions{}",
                  xml.scan_size > 0 ? fmt::format(", not reduced by the scan_size of {:.3g}", xml.scan_size) : ""));
}

}  // namespace

bool is_empad(const fs::path& path, std::string_view start) {
  if (has_ending(path, ".xml")) return is_empad_xml(start);
  if (!has_ending(path, ".raw")) return false;
  return fs::file_size(path) % frame_bytes == 0 || shape_in_name(path.filename().string()).width > 0 ||
         !xml_of(path).empty();
}

std::unique_ptr<Scan> open_empad(const fs::path& path, const ScanOverrides& overrides) {
  const auto raw = has_ending(path, ".xml") ? raw_of(path) : path;
  const auto xml_path = has_ending(path, ".xml") ? path : xml_of(raw);
  const auto xml = xml_path.empty() ? EmpadXml{} : read_empad_xml(xml_path);
  const auto bytes = static_cast<std::int64_t>(fs::file_size(raw));
  refuse_second_generation(raw, bytes);
  const auto layout = plain_frames({'f', 4}, side, side, footer_rows * side * 4, raw.string());
  const auto file = frame_file(raw, 0, layout);

  ScanInfo info;
  info.format = "EMPAD";
  info.intensity_unit = "counts";
  info.title = xml.name.empty() ? raw.stem().string() : xml.name;
  if (xml_path.empty()) info.guesses.push_back("no .xml that describes the file lies beside it: no calibration");
  if (bytes % frame_bytes != 0) info.guesses.push_back("the file ends within a pattern, which is left out");
  auto claimed = xml.shapes;
  if (const auto named = shape_in_name(raw.filename().string()); named.width > 0) claimed.push_back(named);
  const auto shape = overrides.scan_shape.empty()       ? shape_of(claimed, file.frames, info)
                     : overrides.scan_shape.size() == 2 ? ScanShape{overrides.scan_shape[0], overrides.scan_shape[1]}
                                                        : ScanShape{};
  calibrate(xml, shape, info);
  info.provenance = {{"software", xml.software},
                     {"exposure_ms", xml.exposure},
                     {"camera_length_m", xml.camera_length_m},
                     {"scan_rotation", xml.scan_rotation}};
  return open_frames({file}, layout, std::move(info), shape, overrides);
}

}  // namespace terrace
