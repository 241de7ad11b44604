#include "registration/registration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "registration/estimate_text.h"
#include "registration/interface_position.h"
#include "registration/lattice.h"
#include "registration/pattern_disc.h"
#include "registration/scan_distortion.h"
#include "registration/virtual_images.h"

namespace terrace {

namespace {

/// Patterns that enter the mean pattern: enough for its disc, few enough for a large file.
constexpr int positions_of_mean_pattern = 4096;

constexpr auto nothing_seen = "the scan could not be registered: its patterns hold no intensity";

bool is_given(double position) { return position > RegistrationOptions::not_given; }

Estimate given_or_file(double by_hand, double in_file) {
  if (by_hand > 0) return {by_hand, -1, "given"};
  if (in_file > 0) return {in_file, -1, "file"};
  return {};
}

std::string number(double value) { return number_text(value, 2); }

void take_calibration(Registration& r, const ScanInfo& info, const RegistrationOptions& options) {
  r.energy_kev = given_or_file(options.energy_kev, info.energy_kev);
  r.semiangle_mrad = given_or_file(options.semiangle_mrad, info.semiangle_mrad);
  r.thickness_nm = given_or_file(options.thickness_nm, info.thickness_nm);
  r.mrad_per_pixel_x = given_or_file(options.mrad_per_pixel, info.mrad_per_pixel_x);
  r.mrad_per_pixel_y = given_or_file(options.mrad_per_pixel, info.mrad_per_pixel_y);
  if (!r.mrad_per_pixel_x.known()) r.mrad_per_pixel_x = r.mrad_per_pixel_y;
  if (!r.mrad_per_pixel_y.known()) r.mrad_per_pixel_y = r.mrad_per_pixel_x;
  r.step_x_angstrom = given_or_file(options.step_x_angstrom, info.step_x_angstrom);
  r.step_y_angstrom = given_or_file(options.step_y_angstrom, info.step_y_angstrom);
  if (!r.step_x_angstrom.known() && r.step_y_angstrom.known())
    r.step_x_angstrom = {r.step_y_angstrom.value, -1, "assumed"};
  if (!r.step_y_angstrom.known() && r.step_x_angstrom.known())
    r.step_y_angstrom = {r.step_x_angstrom.value, -1, "assumed"};
}

void refuse_uncalibrated(const Registration& r, const ScanInfo& info) {
  if (info.scan_height < 1 || info.scan_width < 1 || info.detector_height < 2 || info.detector_width < 2)
    throw InputError("The scan has " + std::to_string(info.scan_height) + " × " + std::to_string(info.scan_width) +
                     " positions of " + std::to_string(info.detector_height) + " × " +
                     std::to_string(info.detector_width) +
                     " pixels (a 4D-STEM scan is needed). Is the scan shape right?");
  if (!r.mrad_per_pixel_x.known() && !r.semiangle_mrad.known())
    throw InputError(
        "The file gives neither the width of a detector pixel nor the convergence semi-angle (one of them "
        "sets the scale of the patterns). Give mrad_per_pixel or semiangle_mrad.");
  if (!r.step_x_angstrom.known())
    throw InputError(
        "The file does not give the scan step (it sets the scale of the image). Give step_x_angstrom and "
        "step_y_angstrom.");
}

/// One of the beam's two coordinates; `middle` where nothing is known of it.
Estimate coordinate(double by_hand, double on_disc, double disc_error, double in_file, int middle) {
  if (by_hand >= 0) return {by_hand, -1, "given"};
  if (disc_error >= 0) return {on_disc, disc_error, "measured"};
  if (in_file >= 0) return {in_file, -1, "file"};
  return {static_cast<double>(middle), -1, "assumed"};
}

void place_centre(Registration& r, const ScanInfo& info, const RegistrationOptions& options, const PatternDisc& disc) {
  const double error = disc.found ? disc.centre_error : -1;
  r.centre_row = coordinate(options.centre_row, disc.row, error, info.centre_row, info.detector_height / 2);
  r.centre_column = coordinate(options.centre_column, disc.column, error, info.centre_column, info.detector_width / 2);
  const bool row_given = options.centre_row >= 0, column_given = options.centre_column >= 0;
  if (row_given && column_given) return;
  if (!disc.found) {
    r.reasons.push_back("no bright-field disc found in the mean pattern; the centre is " +
                        (row_given ? r.centre_column : r.centre_row).source +
                        ". Give centre_row and centre_column if you know them");
    return;
  }
  const double rows = row_given || info.centre_row < 0 ? 0 : info.centre_row - disc.row;
  const double columns = column_given || info.centre_column < 0 ? 0 : info.centre_column - disc.column;
  if (std::hypot(rows, columns) > 1)
    r.reasons.push_back("the file puts the beam at row " + number(info.centre_row) + ", column " +
                        number(info.centre_column) + ", the bright-field disc lies at " + number(disc.row) + ", " +
                        number(disc.column) + "; the disc is used");
}

/// The disc's radius ties mrad per pixel and semi-angle together: it gives whichever is missing and checks both.
void scale_by_disc(Registration& r, const PatternDisc& disc) {
  if (disc.found) r.disc_radius_pixels = {disc.radius, disc.radius_error, "measured"};
  const double relative = disc.found ? disc.radius_error / disc.radius : -1;
  if (!r.mrad_per_pixel_x.known()) {
    if (!disc.found) {
      r.reasons.push_back(
          "the width of a detector pixel is unknown and no disc was found to measure it. Give mrad_per_pixel");
      return;
    }
    const double width = r.semiangle_mrad.value / disc.radius;
    r.mrad_per_pixel_x = r.mrad_per_pixel_y = {width, width * relative, "measured"};
    return;
  }
  const double radius = disc.radius * r.mrad_per_pixel_x.value;
  if (!r.semiangle_mrad.known() && disc.found) r.semiangle_mrad = {radius, radius * relative, "measured"};
  if (disc.found && std::abs(radius / r.semiangle_mrad.value - 1) > 0.04)
    r.reasons.push_back("the bright-field disc has a radius of " + number(radius) +
                        " mrad by the calibration, the semi-angle is " + number(r.semiangle_mrad.value) +
                        " mrad. One of mrad_per_pixel and semiangle_mrad may be wrong");
}

PatternDisc measure_disc(const Registration& r, const Array<double, 2>& mean) {
  return find_disc(mean, r.mrad_per_pixel_x.known() ? r.mrad_per_pixel_y.value / r.mrad_per_pixel_x.value : 1);
}

/// Turn and shear of the scan: each given, or measured, or taken as 0.
void take_distortion(Registration& r, const Array<double, 2>& image, const RegistrationOptions& options) {
  const bool turn_given = is_given(options.scan_rotation_deg), shear_given = is_given(options.scan_shear_deg);
  // Quarter turns only rename the axes, and which of them is the normal is found later.
  if (turn_given) r.scan_rotation_deg = {std::remainder(options.scan_rotation_deg, 90), -1, "given"};
  if (shear_given) r.scan_shear_deg = {options.scan_shear_deg, -1, "given"};
  if (turn_given && shear_given) return;
  const auto found =
      find_scan_distortion(image, r.step_y_angstrom.value, r.step_x_angstrom.value, options.substrate_cell_angstrom);
  const double y_error = std::max(found.y_error, 0.0), x_error = std::max(found.x_error, 0.0);
  const double error_deg = std::hypot(x_error, y_error) * 180 / pi;
  if (!turn_given)
    r.scan_rotation_deg = {found.axes.rotation_deg(),
                           found.sheared()  ? error_deg / 2
                           : found.turned() ? error_deg
                                            : -1,
                           found.turned() ? "measured" : "assumed"};
  if (!shear_given)
    r.scan_shear_deg = {found.axes.shear_deg(), found.sheared() ? error_deg : -1,
                        found.sheared() ? "measured" : "assumed"};
  if (!found.reason.empty()) r.reasons.push_back(found.reason);
}

void take_detector_turn(Registration& r, const ScanInfo& info, const HighAngleImage& image,
                        const RegistrationOptions& options) {
  if (options.detector_mirrored != "auto") {
    r.detector_handedness = options.detector_mirrored == "yes" ? Handedness::mirrored : Handedness::same;
    r.detector_mirror_source = "given";
  }
  if (is_given(options.detector_rotation_deg)) {
    r.detector_rotation_deg = {options.detector_rotation_deg, -1, "given"};
    return;
  }
  auto lines = find_mirror_lines(
      image.whole_cells, {r.centre_row.value, r.centre_column.value, r.mrad_per_pixel_y.value, r.mrad_per_pixel_x.value,
                          r.semiangle_mrad.value, detector_reach_mrad(info, r)});
  auto centres = image.centres;
  if (r.detector_handedness == Handedness::mirrored) {
    lines.angle_deg = -lines.angle_deg;
    for (double& y : centres.y) y = -y;
  }
  const auto deflection = find_deflection_turn(image.image, centres, r.step_y_angstrom.value, r.step_x_angstrom.value);
  const auto turn = find_detector_turn(lines, deflection, r.scan_rotation_deg.value);
  r.detector_rotation_deg = {turn.angle_deg, turn.error_deg, turn.found ? "measured" : "assumed"};
  r.detector_turn_reason = turn.reason;
  if (!turn.reason.empty()) r.reasons.push_back(turn.reason);
}

/// One way to look at the scan: with the interface normal along x, or along y (then the image is transposed).
struct View {
  std::string normal;
  Lattice lattice;
  InterfacePosition interface;
};

View look_along(const Array<double, 2>& image, const Registration& r, const RegistrationOptions& options,
                const std::string& normal) {
  LatticePrior prior;
  prior.cell = options.substrate_cell_angstrom;
  prior.sign = options.brighter_columns == "A" ? 1 : -1;
  if (is_given(options.column_angstrom)) prior.column = options.column_angstrom;
  if (is_given(options.interface_angstrom)) prior.plane = options.interface_angstrom;
  auto columns = lay_out(image, r.step_y_angstrom.value, r.step_x_angstrom.value, r.crystal_axes(),
                         normal == "x" ? Normal::x : Normal::y);
  keep_common_stretch(columns, 2.5 * prior.cell);
  View view{normal, find_lattice(columns, prior), {}};
  const FilmSide side = options.film_side == "auto"   ? FilmSide::find
                        : options.film_side == "high" ? FilmSide::high
                                                      : FilmSide::low;
  view.interface = find_interface(view.lattice.planes, prior.cell, side);
  return view;
}

bool is_wide(const View& view) { return static_cast<int>(view.lattice.planes.size()) >= few_planes; }

/// A view across five planes or more before a narrower one; then the one with an interface; then the clearer.
View choose_view(const Array<double, 2>& image, const Registration& r, const RegistrationOptions& options) {
  if (options.interface_normal != "auto") return look_along(image, r, options, options.interface_normal);
  View x = look_along(image, r, options, "x"), y = look_along(image, r, options, "y");
  if (is_wide(x) != is_wide(y)) return is_wide(x) ? x : y;
  if (x.interface.found != y.interface.found) return x.interface.found ? x : y;
  if (x.interface.found) return x.interface.significance >= y.interface.significance ? x : y;
  return y.lattice.planes.size() > x.lattice.planes.size() ? y : x;
}

void take_lattice(Registration& r, const View& view, const RegistrationOptions& options) {
  r.planes = view.lattice.planes;
  r.reasons.insert(r.reasons.end(), view.lattice.reasons.begin(), view.lattice.reasons.end());
  const bool usual = options.substrate_cell_angstrom == RegistrationOptions().substrate_cell_angstrom;
  r.cell_along_angstrom = {options.substrate_cell_angstrom, -1, usual ? "assumed" : "given"};
  r.cell_across_angstrom = r.cell_along_angstrom;
  if (is_given(options.column_angstrom)) r.column_angstrom = {options.column_angstrom, -1, "given"};
  if (!view.lattice.along_found) return;
  if (!r.column_angstrom.known()) r.column_angstrom = {view.lattice.column, view.lattice.column_error, "measured"};
  if (view.lattice.cell_along_measured)
    r.cell_along_angstrom = {view.lattice.cell_along, view.lattice.cell_along_error, "measured"};
}

void take_interface(Registration& r, const View& view, const RegistrationOptions& options) {
  const auto& found = view.interface;
  const bool given = is_given(options.interface_angstrom);
  if (given) r.interface_angstrom = {options.interface_angstrom, -1, "given"};
  if (options.film_side != "auto") r.film_side = options.film_side;
  if (view.lattice.across_found && !given)
    r.reasons.insert(r.reasons.end(), found.reasons.begin(), found.reasons.end());
  if (found.found) {
    if (r.film_side == "unknown") r.film_side = found.film_high ? "high" : "low";
    r.termination = found.begins_with_b ? "p" : "n";
    r.boundary_angstrom = {found.boundary, found.boundary_error, "measured"};
    if (!given) r.interface_angstrom = {found.plane, found.plane_error, "measured"};
  }
  if (found.found && found.substrate_cell_error >= 0)
    r.cell_across_angstrom = {found.substrate_cell, found.substrate_cell_error, "measured"};
  if (found.found && found.film_cell_error >= 0)
    r.film_cell_angstrom = {found.film_cell, found.film_cell_error, "measured"};
  if (r.interface_angstrom.known() && r.film_side == "unknown")
    r.reasons.push_back("the film's side could not be told. Give film_side");
}

void check_cells(Registration& r, const RegistrationOptions& options) {
  for (const auto* cell : {&r.cell_across_angstrom, &r.cell_along_angstrom}) {
    const double ratio = cell->value / options.substrate_cell_angstrom;
    if (cell->source == "measured" && std::abs(ratio - 1) > 0.02 + 3 * cell->error / cell->value)
      r.reasons.push_back("the scan shows a substrate cell of " + number(cell->value) + " Å where " +
                          number(options.substrate_cell_angstrom) +
                          " Å is expected; positions follow the crystal. Is the scan step right?");
  }
}

void note_bad_values(Registration& r, const HighAngleImage& image) {
  constexpr double noted_share = 0.02;
  if (image.no_numbers > 0)
    r.reasons.push_back(fmt::format(
        "{} values are NaN or infinite: taken as the mean of their neighbours, {} without a sound one as 0{}",
        image.no_numbers, image.alone, image.alone > 0 ? ". Crop lost patterns away (--crop)" : ""));
  if (image.negative_share > noted_share)
    r.reasons.push_back(
        fmt::format("negative values sum to {:.0f} % of the positive ones: was too much dark current "
                    "subtracted? Counts from the detector itself are better",
                    100 * image.negative_share));
  if (!image.lost.empty())
    r.reasons.push_back(fmt::format("{} of {} patterns hold next to nothing (dropped by the camera?) and are left out",
                                    image.lost.size(), image.image.size()));
  if (!image.saturation.empty()) r.reasons.push_back(image.saturation);
}

void scale_intensity(Registration& r, const ScanInfo& info, double mean_total) {
  if (info.intensity_unit == "fraction")
    r.beam_intensity = {1, -1, "file"};
  else if (info.intensity_unit == "electrons" && info.electrons_per_pattern > 0)
    r.beam_intensity = {info.electrons_per_pattern, -1, "file"};
  else if (mean_total > 0)
    r.beam_intensity = {mean_total, -1, "measured"};
  else
    r.reasons.push_back("the patterns hold no intensity");
}

nlohmann::ordered_json to_json(const Estimate& estimate) {
  if (!estimate.known()) return {{"source", estimate.source}};
  nlohmann::ordered_json json = {{"value", estimate.value}};
  if (estimate.error >= 0) json["error"] = estimate.error;
  json["source"] = estimate.source;
  return json;
}

}  // namespace

CrystalAxes Registration::crystal_axes() const {
  return CrystalAxes::from_degrees(scan_rotation_deg.value, scan_shear_deg.value);
}

DetectorOrientation Registration::detector_orientation() const {
  return {detector_rotation_deg.value + scan_rotation_deg.value, detector_handedness};
}

double Registration::electrons_per_pattern(const ScanInfo& info) const {
  if (info.electrons_per_pattern > 0 || info.intensity_unit != "electrons") return info.electrons_per_pattern;
  return beam_intensity.known() ? beam_intensity.value : 0;
}

std::string Registration::missing() const {
  if (dark) return nothing_seen;
  std::vector<std::string> unknown;
  const auto need = [&](bool known, const char* what) {
    if (!known) unknown.emplace_back(what);
  };
  need(mrad_per_pixel_x.known() && mrad_per_pixel_y.known(), "the scale of the patterns (mrad_per_pixel)");
  need(semiangle_mrad.known(), "the semi-angle (semiangle_mrad)");
  if (!unknown.empty()) return fmt::format("the scan could not be registered; unknown: {}", fmt::join(unknown, ", "));
  if (!beam_intensity.known()) return nothing_seen;
  need(interface_angstrom.known(), "where the interface lies (interface_angstrom)");
  need(column_angstrom.known(), "where columns lie along it (column_angstrom)");
  need(film_side != "unknown", "on which side the film lies (film_side)");
  if (unknown.empty()) return "";
  return fmt::format("the scan could not be registered; unknown: {}", fmt::join(unknown, ", "));
}

bool Registration::usable() const { return missing().empty(); }

Registration register_scan(const Scan& scan, const RegistrationOptions& options, const Progress& progress) {
  const auto& info = scan.info();
  Registration r;
  take_calibration(r, info, options);
  refuse_uncalibrated(r, info);
  auto mean = mean_pattern(scan, positions_of_mean_pattern, progress);
  r.faulty_pixels = repair_faulty_pixels(mean);
  if (!(*std::ranges::max_element(mean) > 0)) r.dark = true;
  const auto disc = measure_disc(r, mean);
  place_centre(r, info, options, disc);
  scale_by_disc(r, disc);
  r.images = std::make_shared<RegistrationImages>(RegistrationImages{mean, {}});
  if (!r.mrad_per_pixel_x.known() || !r.semiangle_mrad.known()) return r;
  const double reach = high_angle_limit_mrad(info, r);
  const auto image = high_angle_image(scan, r, reach, options.substrate_cell_angstrom, progress);
  r.images = std::make_shared<RegistrationImages>(RegistrationImages{mean, image.image, image.from_missing});
  if (reach < 1.3 * r.semiangle_mrad.value)
    r.reasons.push_back("the camera reaches only " + number(reach) +
                        " mrad; columns show poorly below 1.3 semi-angles");
  note_bad_values(r, image);
  r.lost_patterns = image.lost;
  scale_intensity(r, info, image.mean_total);
  take_distortion(r, image.image, options);
  take_detector_turn(r, info, image, options);
  const View view = choose_view(image.image, r, options);
  r.interface_normal = view.normal;
  take_lattice(r, view, options);
  take_interface(r, view, options);
  check_cells(r, options);
  return r;
}

nlohmann::ordered_json to_json(const Registration& r) {
  nlohmann::ordered_json json;
  json["usable"] = r.usable();
  json["centre_row"] = to_json(r.centre_row);
  json["centre_column"] = to_json(r.centre_column);
  json["mrad_per_pixel_y"] = to_json(r.mrad_per_pixel_y);
  json["mrad_per_pixel_x"] = to_json(r.mrad_per_pixel_x);
  json["semiangle_mrad"] = to_json(r.semiangle_mrad);
  json["energy_kev"] = to_json(r.energy_kev);
  json["thickness_nm"] = to_json(r.thickness_nm);
  json["disc_radius_pixels"] = to_json(r.disc_radius_pixels);
  json["step_y_angstrom"] = to_json(r.step_y_angstrom);
  json["step_x_angstrom"] = to_json(r.step_x_angstrom);
  json["detector_rotation_deg"] = to_json(r.detector_rotation_deg);
  json["detector_mirrored"] = r.detector_handedness == Handedness::mirrored ? "yes" : "no";
  json["detector_mirror_source"] = r.detector_mirror_source;
  json["scan_rotation_deg"] = to_json(r.scan_rotation_deg);
  json["scan_shear_deg"] = to_json(r.scan_shear_deg);
  json["interface_normal"] = r.interface_normal;
  json["film_side"] = r.film_side;
  json["termination"] = r.termination;
  json["interface_angstrom"] = to_json(r.interface_angstrom);
  json["boundary_angstrom"] = to_json(r.boundary_angstrom);
  json["column_angstrom"] = to_json(r.column_angstrom);
  json["cell_across_angstrom"] = to_json(r.cell_across_angstrom);
  json["cell_along_angstrom"] = to_json(r.cell_along_angstrom);
  json["film_cell_angstrom"] = to_json(r.film_cell_angstrom);
  json["beam_intensity"] = to_json(r.beam_intensity);
  json["faulty_pixels"] = r.faulty_pixels.size();
  json["lost_patterns"] = r.lost_patterns.size();
  json["planes"] = nlohmann::ordered_json::array();
  for (const auto& plane : r.planes) {
    nlohmann::ordered_json one = {{"position_angstrom", plane.position}, {"error_angstrom", plane.error}};
    one["brightness_a"] = std::isfinite(plane.brightness_a) ? nlohmann::ordered_json(plane.brightness_a) : nullptr;
    one["brightness_b"] = std::isfinite(plane.brightness_b) ? nlohmann::ordered_json(plane.brightness_b) : nullptr;
    json["planes"].push_back(one);
  }
  json["reasons"] = r.reasons;
  return json;
}

}  // namespace terrace
