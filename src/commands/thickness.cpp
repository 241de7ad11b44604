// thickness: a scan or the picture of one pattern in, thickness and tilt of the crystal out.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "commands/command.h"
#include "commands/estimate_line.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/json_text.h"
#include "formats/picture_file.h"
#include "registration/estimate_text.h"
#include "registration/pacbed_fit.h"
#include "registration/square_pixels.h"
#include "registration/virtual_images.h"
#include "report/pacbed_section.h"
#include "specimen/perovskite.h"
#include "specimen/structure_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string pattern, crystal, output;
  std::vector<int> zone_axis;
  double thinnest_nm = 4, thickest_nm = 130, step_nm = 2, most_tilt_mrad = 3;
  int threads = 1;
  bool json = false;
  ScanOverrides overrides;
};

/// Semi-angles above this are not tried where none is known, energies not known are taken to be this.
constexpr double widest_unknown_semiangle_mrad = 26;
constexpr double assumed_energy_kev = 200;
/// Patterns of a scan that are averaged, at most.
constexpr int most_positions = 16384;

/// A position-averaged pattern and what its file says about it (0, −1: nothing).
struct Pattern {
  Array<double, 2> pattern;
  double energy_kev = 0, semiangle_mrad = 0, mrad_per_pixel = 0, centre_row = -1, centre_column = -1;
  std::vector<std::string> notes;
};

Pattern from_picture(const Options& options) {
  Pattern found;
  const auto image = read_picture(options.pattern, &found.notes);
  found.pattern = Array<double, 2>({image.extent(0), image.extent(1)});
  std::copy(image.begin(), image.end(), found.pattern.begin());
  const auto& known = options.overrides;
  found.energy_kev = known.energy_kev;
  found.semiangle_mrad = known.semiangle_mrad;
  if (!known.mrad_per_pixel.empty()) found.mrad_per_pixel = known.mrad_per_pixel.front();
  if (known.centre.size() == 2) found.centre_row = known.centre[0], found.centre_column = known.centre[1];
  return found;
}

Pattern from_scan(const Options& options, const Progress& progress) {
  const auto scan = open_scan(options.pattern, options.overrides);
  const auto& info = scan->info();
  const SquarePixels square(info.mrad_per_pixel_y, info.mrad_per_pixel_x);
  Pattern found{square.laid(mean_pattern(*scan, most_positions, progress)),
                info.energy_kev,
                info.semiangle_mrad,
                square.mrad_per_pixel(),
                info.centre_row < 0 ? -1 : square.row(info.centre_row),
                info.centre_column < 0 ? -1 : square.column(info.centre_column),
                info.guesses};
  if (square.changes())
    found.notes.push_back(
        fmt::format("pixels of {:.4g} x {:.4g} mrad are brought to square ones of {:.4g}, in which "
                    "places are told",
                    info.mrad_per_pixel_y, info.mrad_per_pixel_x, square.mrad_per_pixel()));
  const auto positions = std::int64_t{info.scan_height} * info.scan_width;
  found.notes.push_back(fmt::format("mean of {} of {} positions; --crop keeps a part of the scan",
                                    std::min<std::int64_t>(positions, most_positions), positions));
  return found;
}

/// One period along the beam.
Structure crystal_of(const Options& options) {
  ZoneAxis axis{0, 0, 1};
  if (!options.zone_axis.empty()) std::copy_n(options.zone_axis.begin(), 3, axis.begin());
  if (options.crystal.empty()) return zone_axis_box(unit_cell(strontium_titanate()), axis);
  std::vector<std::string> notes;
  StructureReadOptions read;
  read.zone_axis = axis;
  const auto box = read_structure(options.crystal, read, &notes);
  if (!options.json)
    for (const auto& note : notes) fmt::print("note: {}\n", note);
  return box;
}

/// Fills in what nobody said, and says so.
void assume(Pattern& pattern) {
  if (pattern.energy_kev > 0) return;
  pattern.energy_kev = assumed_energy_kev;
  pattern.notes.push_back(
      fmt::format("the beam energy is not known; {} keV is assumed (--energy-kev)", assumed_energy_kev));
}

PacbedKnown known_of(const Pattern& pattern, const Options& options) {
  return {.semiangle_mrad = pattern.semiangle_mrad,
          .mrad_per_pixel = pattern.mrad_per_pixel,
          .centre_row = pattern.centre_row,
          .centre_column = pattern.centre_column,
          .most_tilt_mrad = options.most_tilt_mrad};
}

PacbedRange range_for(const Pattern& pattern, const Options& options) {
  PacbedRange range;
  range.energy_kev = pattern.energy_kev;
  const double radius = disc_radius_pixels(pattern.pattern, known_of(pattern, options));  // refuses what has none
  double widest = widest_unknown_semiangle_mrad;
  if (pattern.semiangle_mrad > 0)
    widest = pattern.semiangle_mrad;
  else if (pattern.mrad_per_pixel > 0)
    widest = 1.1 * pattern.mrad_per_pixel * radius;
  range.widest_mrad = widest + options.most_tilt_mrad;
  range.reach_mrad = 1.5 * widest + options.most_tilt_mrad;
  range.thinnest_nm = options.thinnest_nm;
  range.thickest_nm = options.thickest_nm;
  range.step_nm = options.step_nm;
  return range;
}

void print(const PacbedFit& fit) {
  const auto thickness = estimate_text(fit.thickness_nm, 2);
  if (fit.correlation >= least_correlation)
    fmt::print("thickness: {} nm, correlation {:.4f}\n", thickness, fit.correlation);
  else
    fmt::print("thickness: none fits (correlation {:.4f} at {} nm; what fits has {} or more)\n", fit.correlation,
               thickness, least_correlation);
  print_estimate("tilt along columns", fit.tilt_x_mrad, "mrad");
  print_estimate("tilt along rows", fit.tilt_y_mrad, "mrad");
  print_estimate("semi-angle", fit.semiangle_mrad, "mrad");
  print_estimate("detector pixel", fit.mrad_per_pixel, "mrad");
  print_estimate("pattern centre, row", fit.centre_row, "px");
  print_estimate("pattern centre, column", fit.centre_column, "px");
  print_estimate("crystal turned by", fit.rotation_deg, "°");
  for (const auto& reason : fit.reasons) fmt::print("  note: {}\n", reason);
}

nlohmann::ordered_json result_json(const PacbedFit& fit, const Pattern& pattern, const Options& options) {
  auto json = to_json(fit);
  json["energy_kev"] = pattern.energy_kev;
  json["crystal"] = options.crystal.empty() ? "SrTiO3" : fs::path(options.crystal).filename().string();
  json["notes"] = pattern.notes;
  return json;
}

void write(const PacbedFit& fit, const Pattern& pattern, const nlohmann::ordered_json& json, const Options& options) {
  const fs::path folder = options.output;
  make_folder(folder);
  write_json(folder / "thickness.json", json);
  ReportContent report;
  report.title = "Thickness from " + fs::path(options.pattern).filename().string();
  report.subtitle =
      fmt::format("position-averaged pattern of {} at {} keV", json["crystal"].get<std::string>(), pattern.energy_kev);
  report.sections = {pacbed_section(fit)};
  report.provenance = json;
  report.provenance["program"] = "terrace " TERRACE_VERSION;
  write_report(report, folder / "report.html");
}

void run(const Options& options) {
  const auto box = crystal_of(options);
  ProgressBar bar;
  const auto progress = options.json ? Progress{} : bar.callback();
  auto pattern = is_picture(options.pattern) ? from_picture(options) : from_scan(options, progress);
  assume(pattern);
  if (!options.json)
    for (const auto& note : pattern.notes) fmt::print("note: {}\n", note);
  const auto series = make_series(box, range_for(pattern, options), options.threads, progress);
  const auto fit = fit_pacbed(pattern.pattern, series, known_of(pattern, options), options.threads);
  const auto json = result_json(fit, pattern, options);
  if (options.json)
    fmt::print("{}\n", to_text(json, 1));
  else
    print(fit);
  if (!options.output.empty()) write(fit, pattern, json, options);
  if (!options.output.empty() && !options.json)
    fmt::print("report: {}\n", (fs::path(options.output) / "report.html").string());
}

}  // namespace

void add_thickness(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("PATTERN", options->pattern,
                 "a scan of a perfect crystal (its patterns are averaged), or a picture of one position-averaged "
                 "pattern: .npy, .tif, .png, .jpg")
      ->required();
  app.add_option("--crystal", options->crystal, "its unit cell: .cif, .xyz, .xtl; SrTiO3 where not given");
  app.add_option("--zone-axis", options->zone_axis, "direction u v w of the beam in that cell; 0 0 1 where not given")
      ->expected(3);
  const auto range = [&](const char* name, double& value, double low, double high, const char* help) {
    app.add_option(name, value, help)->check(range_of(low, high))->capture_default_str();
  };
  range("--thinnest-nm", options->thinnest_nm, 0.5, 1000, "thicknesses to try, from");
  range("--thickest-nm", options->thickest_nm, 1, 1000, "largest thickness to try");
  range("--thickness-step-nm", options->step_nm, 0.1, 50, "about how far apart they are");
  range("--most-tilt-mrad", options->most_tilt_mrad, 0, 20, "largest tilt to try");
  app.add_option("-o,--output", options->output, "folder for thickness.json and report.html");
  app.add_flag("--json", options->json, "print the result as JSON and nothing else");
  add_threads_option(app, options->threads);
  add_settings_options(app, options->overrides, "What the file does not say (the unit is in the name)");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
