// info: what a scan file holds, and what had to be guessed.
#include <fmt/format.h>

#include <optional>

#include "commands/command.h"
#include "commands/progress_bar.h"
#include "commands/scan_options.h"
#include "core/json_text.h"
#include "formats/scan_statistics.h"

namespace terrace {
namespace {

struct Options {
  std::string input;
  ScanOverrides overrides;
  bool json = false, sum = false;
};

std::string known(double value, const std::string& unit) {
  return value > 0 ? fmt::format("{:.6g} {}", value, unit) : "unknown";
}

/// Both axes of a pair, or one number where they agree.
std::string known_pair(double y, double x, const std::string& unit) {
  if (y == x || !(y > 0 && x > 0)) return known(x, unit);
  return fmt::format("{:.6g} (y), {:.6g} (x) {}", y, x, unit);
}

void print_text(const ScanInfo& info) {
  fmt::print("format      {}{}\n", info.format, info.title.empty() ? "" : ", \"" + info.title + "\"");
  fmt::print("scan        {} x {} positions (y, x), step {}\n", info.scan_height, info.scan_width,
             known_pair(info.step_y_angstrom / 10, info.step_x_angstrom / 10, "nm"));
  fmt::print("patterns    {} x {} pixels (ky, kx) of {}, {} in {}\n", info.detector_height, info.detector_width,
             known_pair(info.mrad_per_pixel_y, info.mrad_per_pixel_x, "mrad"), info.dtype,
             info.intensity_unit == "unknown" ? "an unknown unit" : info.intensity_unit);
  if (info.k_per_pixel_x > 0 && !(info.energy_kev > 0))
    fmt::print("            a pixel is {:.6g} 1/Å; its angle follows from --energy-kev\n", info.k_per_pixel_x);
  fmt::print("beam        {}, semi-angle {}, on pixel {}\n", known(info.energy_kev, "keV"),
             known(info.semiangle_mrad, "mrad"),
             info.centre_row < 0 ? "unknown" : fmt::format("({:.6g}, {:.6g})", info.centre_row, info.centre_column));
  fmt::print("thickness   {}\n", known(info.thickness_nm, "nm"));
  if (info.electrons_per_pattern > 0)
    fmt::print("dose        {:.6g} electrons a pattern\n", info.electrons_per_pattern);
  for (const auto& guess : info.guesses) fmt::print("note: {}\n", guess);
}

void print_text(const ScanStatistics& all) {
  if (all.least <= all.most) fmt::print("numbers     {} to {}, sum {:.15g}\n", all.least, all.most, all.sum);
  if (all.not_finite > 0)
    fmt::print("            {} of {} are NaN or infinite, and left out\n", all.not_finite, all.count);
}

nlohmann::ordered_json json_of(const ScanInfo& info) {
  auto json = sidecar_of(info);
  if (info.k_per_pixel_y > 0 && info.k_per_pixel_x > 0) json["k_per_pixel"] = {info.k_per_pixel_y, info.k_per_pixel_x};
  json["format"] = info.format;
  json["dtype"] = info.dtype;
  json["scan_shape"] = {info.scan_height, info.scan_width};
  json["detector_shape"] = {info.detector_height, info.detector_width};
  json["notes"] = info.guesses;
  json["settings"] = info.provenance;
  return json;
}

void add_statistics(const ScanStatistics& all, nlohmann::ordered_json& json) {
  if (all.least <= all.most) {
    json["min"] = all.least;
    json["max"] = all.most;
  }
  json["sum"] = all.sum;
  json["nan_count"] = all.not_finite;
}

void run(const Options& options) {
  const auto scan = open_scan(options.input, options.overrides);
  std::optional<ScanStatistics> all;
  if (!options.json) print_text(scan->info());
  if (options.sum) {
    std::fflush(stdout);
    ProgressBar bar;
    all = scan_statistics(*scan, bar.callback());
  }
  if (options.json) {
    auto json = json_of(scan->info());
    if (all) add_statistics(*all, json);
    fmt::print("{}\n", to_text(json, 2));
  } else if (all) {
    print_text(*all);
  }
}

}  // namespace

void add_info(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("SCAN", options->input, "a scan file; docs/formats.md lists the formats")->required();
  app.add_flag("--json", options->json, "print everything as JSON, the settings of a simulation as well");
  app.add_flag("--sum", options->sum, "read every number: least, most and sum, and how many are NaN or infinite");
  add_settings_options(app, options->overrides, "Instead of what the file says");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
