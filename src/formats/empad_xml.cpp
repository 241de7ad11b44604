#include "formats/empad_xml.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <regex>

#include "formats/text_of_file.h"

namespace terrace {
namespace {

/// What stands between <name …> and </name>, from the first such element; empty where there is none.
std::string_view element(std::string_view text, const std::string& name) {
  for (auto at = text.find("<" + name); at != std::string_view::npos; at = text.find("<" + name, at + 1)) {
    const auto after = at + 1 + name.size();
    if (after >= text.size() || (text[after] != '>' && text[after] != ' ')) continue;
    const auto open = text.find('>', after);
    if (open == std::string_view::npos || text[open - 1] == '/') continue;
    const auto close = text.find("</" + name + ">", open);
    return close == std::string_view::npos ? std::string_view() : text.substr(open + 1, close - open - 1);
  }
  return {};
}

/// The value of an attribute of the first element `name`.
std::string attribute(std::string_view text, const std::string& name, const std::string& key) {
  const auto at = text.find("<" + name + " ");
  if (at == std::string_view::npos) return {};
  const auto tag = text.substr(at, text.find('>', at) - at);
  const auto start = tag.find(key + "=\"");
  if (start == std::string_view::npos) return {};
  const auto value = tag.substr(start + key.size() + 2);
  return readable(value.substr(0, value.find('"')));
}

double number(std::string_view text, const std::string& name) {
  const auto value = std::string(element(text, name).substr(0, 64));
  const double read = std::strtod(value.c_str(), nullptr);
  return std::isfinite(read) ? read : 0;
}

std::int64_t count(std::string_view text, const std::string& name) {
  const double value = number(text, name);
  return value >= 1 && value <= 1e8 ? static_cast<std::int64_t>(value) : 0;
}

/// "[4.5e-06, 4.5e-06]"
std::vector<double> list(std::string_view text) {
  std::vector<double> numbers;
  for (std::size_t at = 0; at < text.size() && numbers.size() < 2;) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (error == std::errc() && std::isfinite(value)) numbers.push_back(value);
    at = error == std::errc() ? static_cast<std::size_t>(end - text.data()) : at + 1;
  }
  return numbers;
}

/// The scan_parameters of a mode ("acquire", "search").
std::string_view scan_parameters(std::string_view text, const std::string& mode) {
  const auto at = text.find("<scan_parameters mode=\"" + mode + "\"");
  return at == std::string_view::npos ? std::string_view() : element(text.substr(at), "scan_parameters");
}

std::vector<EmpadShape> shapes_in(std::string_view text, const std::string& raw_file) {
  std::vector<EmpadShape> shapes = {{count(text, "pix_y"), count(text, "pix_x"), "pix_x, pix_y"},
                                    shape_in_name(raw_file),
                                    {1, count(text, "series_count"), "series_count"},
                                    {1, element(text, "type") == "series" ? count(text, "count") : 0, "count"}};
  for (const auto* mode : {"acquire", "search"}) {
    const auto parameters = scan_parameters(text, mode);
    shapes.push_back({count(parameters, "scan_resolution_y"), count(parameters, "scan_resolution_x"),
                      std::string("scan_parameters ") + mode});
  }
  std::erase_if(shapes, [](const EmpadShape& shape) { return shape.height == 0 || shape.width == 0; });
  return shapes;
}

}  // namespace

bool is_empad_xml(std::string_view start) {
  return start.find("<root") != std::string_view::npos && start.find("<timestamp") != std::string_view::npos;
}

EmpadShape shape_in_name(const std::string& name) {
  std::smatch match;
  static const std::regex pattern("_x(\\d{1,7})_y(\\d{1,7})");
  if (name.size() > 1000 || !std::regex_search(name, match, pattern)) return {};
  return {std::stoll(match[2]), std::stoll(match[1]), "file name"};
}

EmpadXml read_empad_xml(const std::filesystem::path& path) {
  const auto text = beginning_of(path, 1 << 22);  // such a file has some kB
  EmpadXml xml;
  xml.name = attribute(text, "root", "name");
  xml.software = readable(element(text, "software_version").substr(0, 100));
  xml.raw_file = std::filesystem::path(attribute(text, "raw_file", "filename")).filename().string();
  xml.shapes = shapes_in(text, xml.raw_file);
  xml.voltage = std::max(number(text, "source.get_voltage"), number(text, "high_voltage"));
  xml.full_field_m = list(element(text, "optics.get_full_scan_field_of_view"));
  if (const auto field = element(text, "full_scan_field_of_view"); !field.empty()) {
    const double factor = number(field, "scale_factor");
    xml.full_field_m = {number(field, "x") / (factor > 0 ? factor : 1)};
  }
  xml.scan_size = number(scan_parameters(text, "acquire"), "scan_size");
  xml.k_per_pixel_nm = 1e9 * number(text, "calibrated_pixelsize");
  xml.pixel_angle_rad = number(text, "calibrated_diffraction_angle");
  xml.camera_length_m = std::max(number(text, "optics.get_cameralength"), number(text, "nominal_camera_length"));
  xml.exposure = number(text, "exposure_time");
  xml.scan_rotation = number(text, "column.get_scanrotation") + number(text, "scan_rotation");
  return xml;
}

}  // namespace terrace
