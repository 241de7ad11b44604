// The scan browser's part of the page: the one that gives way when the page would become too big.
#include <fmt/format.h>

#include "core/error.h"
#include "report/packed.h"
#include "report/report_json.h"
#include "report/scan_view.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

// Tried in this order until the text fits.
constexpr ScanLimits limits_by_size[] = {{64, 64}, {64, 48}, {64, 32}, {48, 32},
                                         {32, 32}, {32, 24}, {24, 24}, {16, 16}};

// Small scans may keep finer patterns than this.
constexpr int usual_pixels = 48;
bool is_small(const ScanInfo& info) { return std::int64_t{info.scan_height} * info.scan_width <= 48 * 48; }

Json map_json(const Map& map) {
  return {{"name", map.name},   {"meaning", map.meaning},
          {"unit", map.unit},   {"signed", map.kind == Map::Kind::signed_shift},
          {"rings", map.rings}, {"image", pack_float32(map.image.span(), {map.image.extent(0), map.image.extent(1)})}};
}

Json line_json(const ScanLine& line, int stride) {
  return {line.row_1 / stride, line.column_1 / stride, line.row_2 / stride, line.column_2 / stride};
}

Json view_json(const ScanInfo& info, const ScanView& view) {
  Json maps = Json::array();
  for (const auto& map : view.maps) maps.push_back(map_json(map));
  const auto& extents = view.patterns.extents();
  return {{"scan_height", info.scan_height},
          {"scan_width", info.scan_width},
          {"detector_height", info.detector_height},
          {"detector_width", info.detector_width},
          {"stride", view.stride},
          {"bin", view.bin},
          {"step_y_nm", info.step_y_angstrom / 10},
          {"step_x_nm", info.step_x_angstrom / 10},
          {"mrad_per_pixel_y", view.mrad_per_pixel_y},
          {"mrad_per_pixel_x", view.mrad_per_pixel_x},
          {"energy_kev", info.energy_kev},
          {"semiangle_mrad", info.semiangle_mrad},
          {"electrons_per_pattern", info.electrons_per_pattern},
          {"unit", info.intensity_unit},
          {"format", info.format},
          {"guesses", info.guesses},
          {"disc",
           {{"row", view.disc.row},
            {"column", view.disc.column},
            {"radius_rows", view.disc.radius_rows},
            {"radius_columns", view.disc.radius_columns}}},
          {"disc_estimated", view.disc.estimated},
          {"maps", maps},
          {"patterns", pack_log8(view.patterns.span(), {extents.begin(), extents.end()})}};
}

}  // namespace

Json scan_json(const ReportContent& content, std::size_t budget) {
  const auto& info = content.scan->info();
  for (const auto& limits : limits_by_size) {
    if (limits.pixels > usual_pixels && !is_small(info)) continue;
    const ScanView view = view_of(*content.scan, limits);
    Json json = view_json(info, view);
    if (content.interface_line) json["interface_line"] = line_json(*content.interface_line, view.stride);
    if (script_safe(json).size() <= budget) return json;
  }
  throw InputError(
      fmt::format("the report's other parts leave {} bytes for the scan (the page may have {}). Give fewer "
                  "pictures or twins?",
                  budget, report_size_limit));
}

}  // namespace terrace
