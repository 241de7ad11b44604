#include "report/registration_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "registration/estimate_text.h"
#include "registration/stretches.h"

namespace terrace {
namespace {

TextTable found_table(const Registration& r) {
  TextTable table{.title = "What was found", .columns = {"", "value", "source"}};
  for (const auto& [name, estimate, unit] : found_items(r)) {
    const std::string value = estimate.known() ? estimate_text(estimate, 3) + " " + unit : "not found";
    table.rows.push_back({name, value, estimate.known() ? estimate.source : ""});
  }
  table.rows.push_back(
      {"Detector mirrored", r.detector_handedness == Handedness::mirrored ? "yes" : "no", r.detector_mirror_source});
  table.rows.push_back({"Film", fmt::format("{} end of {}", r.film_side, r.interface_normal), ""});
  if (r.termination != "unknown")
    table.rows.push_back({"Film begins with", r.termination == "p" ? "its B plane" : "its A plane", "measured"});
  return table;
}

std::string sentences(const std::vector<std::string>& reasons) {
  std::string text;
  for (const auto& reason : reasons) text += (text.empty() ? "" : "; ") + reason;
  return text.empty() ? "" : "To keep in mind: " + text + ".";
}

Image as_image(const Array<double, 2>& numbers) {
  Image image(numbers.extents());
  std::ranges::transform(numbers, image.begin(), [](double value) { return static_cast<float>(value); });
  return image;
}

Picture mean_pattern_picture(const ScanInfo& info, const Registration& r) {
  Picture picture{.caption = "Mean pattern, on a logarithmic scale; its centre",
                  .image = as_image(r.images->mean_pattern),
                  .scale = Picture::Scale::logarithmic};
  const double row = r.centre_row.value, column = r.centre_column.value;
  const double arm = 0.04 * std::max(info.detector_height, info.detector_width);
  using Weight = PictureMarks::Line::Weight;
  picture.marks.lines = {{row - arm, column, row + arm, column, Weight::fine},
                         {row, column - arm, row, column + arm, Weight::fine}};
  if (!r.disc_radius_pixels.known()) return picture;
  picture.caption += " and the fitted disc";
  const double radius = r.disc_radius_pixels.value;
  const double aspect = r.mrad_per_pixel_x.known() ? r.mrad_per_pixel_x.value / r.mrad_per_pixel_y.value : 1;
  picture.marks.ellipses = {{row, column, radius * aspect, radius}};
  picture.pixel_aspect = aspect;
  return picture;
}

/// A place of the crystal frame on the scan, in positions.
struct OnScan {
  double row = 0, column = 0;
};

OnScan on_scan(const Registration& r, double across, double along) {
  const Place place = r.crystal_axes().to_scan(r.interface_normal == "y" ? Place{along, across} : Place{across, along});
  return {place.y / r.step_y_angstrom.value, place.x / r.step_x_angstrom.value};
}

/// A line across the whole scan at `angstrom` along the interface's normal, in positions.
ScanLine line_at(const ScanInfo& info, const Registration& r, double angstrom) {
  const auto [low, high] = reach_along(info, r);
  const auto first = on_scan(r, angstrom, low), last = on_scan(r, angstrom, high);
  return {first.row, first.column, last.row, last.column};
}

/// The names of both sides, half-way between the interface and the last planes.
std::vector<PictureMarks::Label> side_labels(const ScanInfo& info, const Registration& r) {
  const auto [low, high] = reach_along(info, r);
  const bool film_high = r.film_side == "high";
  const auto label = [&](double plane, const char* text) {
    const auto at = on_scan(r, (r.interface_angstrom.value + plane) / 2, (low + high) / 2);
    return PictureMarks::Label{at.row, at.column, text};
  };
  return {label(r.planes.front().position, film_high ? "substrate" : "film"),
          label(r.planes.back().position, film_high ? "film" : "substrate")};
}

Picture column_picture(const ScanInfo& info, const Registration& r) {
  Picture picture{.caption = r.images->columns_from_missing
                                 ? "What is missing inside the camera: bright columns scatter most"
                                 : "What lies outside the disc",
                  .image = as_image(r.images->columns)};
  picture.pixel_aspect = r.step_x_angstrom.value / r.step_y_angstrom.value;
  const auto add = [&](double angstrom, PictureMarks::Line::Weight weight) {
    const auto line = line_at(info, r, angstrom);
    picture.marks.lines.push_back({line.row_1, line.column_1, line.row_2, line.column_2, weight});
  };
  for (const auto& plane : r.planes) add(plane.position, PictureMarks::Line::Weight::fine);
  if (!r.planes.empty()) picture.caption += "; A-planes as fine lines";
  if (r.interface_angstrom.known()) {
    add(r.interface_angstrom.value, PictureMarks::Line::Weight::strong);
    picture.caption += "; the interface's plane as a strong one";
  }
  if (r.interface_angstrom.known() && r.film_side != "unknown" && !r.planes.empty())
    picture.marks.labels = side_labels(info, r);
  return picture;
}

constexpr const char* normal_axis = "position across the interface (nm)";

Chart brightness_chart(const Registration& r) {
  Chart chart{.title = "Brightness of the columns",
              .meaning =
                  "Of A columns plane by plane, and of the B columns half a cell further: contrast in the picture of "
                  "the columns.",
              .x_name = normal_axis,
              .y_name = "share of the mean intensity"};
  Curve a{.name = "A columns"}, b{.name = "B columns"};
  for (const auto& plane : r.planes) {
    a.x.push_back(plane.position / 10), a.y.push_back(plane.brightness_a);
    b.x.push_back((plane.position + 0.5 * r.cell_across_angstrom.value) / 10), b.y.push_back(plane.brightness_b);
  }
  chart.curves = {a, b};
  if (r.boundary_angstrom.known()) {
    const double middle = r.boundary_angstrom.value / 10, error = std::max(0.0, r.boundary_angstrom.error) / 10;
    chart.marked = MarkedRange{"fitted boundary", middle - error, middle + error};
  }
  return chart;
}

double root_mean_square(const std::vector<double>& numbers) {
  double squares = 0;
  for (const double number : numbers) squares += number * number;
  return numbers.empty() ? 0 : std::sqrt(squares / static_cast<double>(numbers.size()));
}

Chart residual_chart(const Registration& r) {
  const auto residuals = lattice_residuals(r);
  constexpr double pm = 100;  // of an Å
  Curve curve{.name = "A-planes", .style = Curve::Style::dots};
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    curve.x.push_back(r.planes[i].position / 10);
    curve.y.push_back(pm * residuals[i]);
    curve.low.push_back(pm * (residuals[i] - r.planes[i].error));
    curve.high.push_back(pm * (residuals[i] + r.planes[i].error));
  }
  return {.title = "Lattice residuals",
          .meaning = fmt::format("Planes as found minus straight lattices of film and substrate, with the standard "
                                 "error of each; root mean square {:.0f} pm.",
                                 pm * root_mean_square(residuals)),
          .x_name = normal_axis,
          .y_name = "residual (pm)",
          .curves = {curve}};
}

}  // namespace

std::vector<FoundItem> found_items(const Registration& r) {
  return {{"Pattern centre, row", r.centre_row, "px"},
          {"Pattern centre, column", r.centre_column, "px"},
          {"Disc radius", r.disc_radius_pixels, "px"},
          {"Detector pixel", r.mrad_per_pixel_x, "mrad"},
          {"Semi-angle", r.semiangle_mrad, "mrad"},
          {"Detector turned by", r.detector_rotation_deg, "°"},
          {"Scan turned by", r.scan_rotation_deg, "°"},
          {"Scan sheared by", r.scan_shear_deg, "°"},
          {"Interface plane", r.interface_angstrom, "Å from the first position"},
          {"Projected boundary", r.boundary_angstrom, "Å from the first position"},
          {"A column along it", r.column_angstrom, "Å from the first position"},
          {"Substrate cell, across", r.cell_across_angstrom, "Å"},
          {"Substrate cell, along", r.cell_along_angstrom, "Å"},
          {"Film cell, across", r.film_cell_angstrom, "Å"},
          {"Thickness", r.thickness_nm, "nm"}};
}

std::optional<ScanLine> interface_line(const ScanInfo& info, const Registration& registration) {
  if (!registration.interface_angstrom.known()) return std::nullopt;
  return line_at(info, registration, registration.interface_angstrom.value);
}

std::vector<double> lattice_residuals(const Registration& r) {
  if (!r.interface_angstrom.known() || r.planes.empty()) return {};
  const double origin = r.interface_angstrom.value, substrate = r.cell_across_angstrom.value;
  const double film = r.film_cell_angstrom.known() ? r.film_cell_angstrom.value : substrate;
  const auto away = [&](const AtomicPlane& plane) { return std::abs(plane.position - origin); };
  const auto nearest = std::ranges::min_element(r.planes, {}, away) - r.planes.begin();
  std::vector<double> residuals;
  for (std::ptrdiff_t i = 0; i < std::ssize(r.planes); ++i) {
    const auto n = static_cast<double>(i - nearest);
    const bool in_film = (n > 0) == (r.film_side == "high") && n != 0;
    residuals.push_back(r.planes[i].position - origin - n * (in_film ? film : substrate));
  }
  return residuals;
}

ReportSection registration_section(const ScanInfo& info, const Registration& r) {
  ReportSection section{.title = "Registration", .lead = "How the scan lies on the crystal. " + sentences(r.reasons)};
  section.tables = {found_table(r)};
  if (r.images) section.pictures = {mean_pattern_picture(info, r)};
  if (r.images && r.images->columns.size() > 0) section.pictures.push_back(column_picture(info, r));
  if (r.planes.size() > 1) section.charts.push_back(brightness_chart(r));
  if (r.planes.size() > 1 && r.interface_angstrom.known()) section.charts.push_back(residual_chart(r));
  return section;
}

}  // namespace terrace
