#include "registration/substrate_orientation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "registration/pacbed_series.h"
#include "registration/substrate_region.h"
#include "specimen/plane_symmetry.h"

namespace terrace {
namespace {

/// Beyond it absorptive patterns lack what phonons scatter.
constexpr double compared_semiangles = 1.3;
/// A lamella's thickness is fitted to about this.
constexpr double thickness_error_nm = 0.8;
constexpr int places_along_cell = 8;
/// Turns that differ by less are the same.
constexpr double same_turn_deg = 20;

bool is_square(const Crystal& substrate) {
  const auto specimen = cut_into_slabs(zone_axis_box(substrate, {0, 0, 1}), 1e3);
  return has_symmetry(specimen, PlaneOperation::mirror_x) && has_symmetry(specimen, PlaneOperation::mirror_y) &&
         has_symmetry(specimen, PlaneOperation::exchange);
}

/// The turn against the crystal's <10> of an unmirrored detector that would see the same mirror lines: the
/// registration's, where it was measured or given, with the multiple of 45° that the fit says. A mirrored detector sees
/// them turned the other way; of a given turn with the mirror open the fit says which way.
double turn_on_crystal(const Registration& r, const PacbedFit& fit) {
  if (r.detector_rotation_deg.source == "assumed") return fit.rotation_deg.value;
  const auto orientation = r.detector_orientation();
  const auto off_lines = [&](double turn) { return std::abs(std::remainder(fit.rotation_deg.value - turn, 45)); };
  double turn = orientation.row_sign() * orientation.angle_deg;
  const bool mirror_open = r.detector_rotation_deg.source == "given" && r.detector_mirror_source != "given";
  if (mirror_open && off_lines(-turn) < off_lines(turn)) turn = -turn;
  return turn + 45 * std::round(std::remainder(fit.rotation_deg.value - turn, 90) / 45);
}

/// Thicknesses and defoci within which the truth lies. `turn_deg`: of the unmirrored detector (turn_on_crystal).
CellState state_of(const Registration& r, const PacbedFit& fit, double turn_deg) {
  CellState state;
  state.energy_kev = r.energy_kev.value;
  state.semiangle_mrad = r.semiangle_mrad.value;
  const Place tilt = DetectorOrientation{turn_deg}.to_crystal({fit.tilt_x_mrad.value, fit.tilt_y_mrad.value});
  state.tilt_x_mrad = tilt.x;
  state.tilt_y_mrad = tilt.y;
  const double spread = std::max(thickness_error_nm, 2 * fit.thickness_nm.error);
  for (const int step : {-1, 0, 1})
    state.thicknesses_nm.push_back(std::max(1.0, fit.thickness_nm.value + step * spread));
  // Depth of focus, λ / α², in nm: beyond two of them no column is in focus.
  const double depth = 0.1 * wavelength(state.energy_kev) / std::pow(1e-3 * state.semiangle_mrad, 2);
  for (int step = -4; step <= 4; ++step) state.defoci_nm.push_back(0.5 * step * depth);
  return state;
}

CellGrid grid_of(const Registration& r, const Crystal& substrate) {
  CellGrid grid{places_along_cell, 0, cell_grid_mrad(zone_axis_box(substrate, {0, 0, 1}).width_x, r.energy_kev.value)};
  grid.pixels = 2 * (static_cast<int>(compared_semiangles * r.semiangle_mrad.value / grid.mrad_per_pixel) + 2);
  return grid;
}

bool same_turn(const DetectorOrientation& a, const DetectorOrientation& b) {
  return std::abs(std::remainder(a.angle_deg - b.angle_deg, 360)) < same_turn_deg;
}

std::string in_words(const Registration& r, const DetectorOrientation& orientation) {
  return fmt::format("turned by {:.1f}°{}",
                     std::remainder(orientation.angle_deg - r.scan_rotation_deg.value, 360) + 0.0,
                     orientation.handedness == Handedness::mirrored ? " and mirrored" : " and not mirrored");
}

std::string evidence(const OrientationComparison& comparison) {
  return fmt::format("correlation {:.2f}, the next best explains {:.0f} % of that, log odds {:.0f}",
                     comparison.best().correlation, 100 * comparison.runner_up_share, comparison.log_odds);
}

void take(Registration& r, const OrientationComparison& comparison) {
  const auto& best = comparison.best().orientation;
  const bool turn_given = r.detector_rotation_deg.source == "given";
  const bool mirror_given = r.detector_mirror_source == "given";
  const bool against = (turn_given && !same_turn(best, r.detector_orientation())) ||
                       (mirror_given && best.handedness != r.detector_handedness);
  if (against) {
    r.reasons.push_back(
        fmt::format("as the substrate's simulated patterns have it, the detector is {} ({}); what was "
                    "given by hand stays",
                    in_words(r, best), evidence(comparison)));
    return;
  }
  std::erase(r.reasons, r.detector_turn_reason);
  r.detector_turn_reason.clear();
  if (!turn_given) {
    r.detector_rotation_deg.value = std::remainder(best.angle_deg - r.scan_rotation_deg.value, 360) + 0.0;
    r.detector_rotation_deg.source = "measured";
  }
  r.detector_handedness = best.handedness;
  if (!mirror_given) r.detector_mirror_source = "measured";
  r.reasons.push_back(
      fmt::format("the substrate's simulated patterns settle half turn and mirror: the detector is {} ({})",
                  in_words(r, best), evidence(comparison)));
}

}  // namespace

bool orientation_is_given(const Registration& r) {
  return r.detector_rotation_deg.source == "given" && r.detector_mirror_source == "given";
}

std::optional<OrientationComparison> settle_orientation(const Scan& scan, Registration& r, const Crystal& substrate,
                                                        const PacbedFit& fit, int threads, const Progress& progress) {
  const auto open = [&](const std::string& why) {
    r.reasons.push_back("half turn and mirror of the detector are not settled: " + why);
  };
  if (!r.usable() || fit.correlation < least_correlation || !is_square(substrate)) {
    open("no fit of a square substrate's mean pattern to start from");
    return std::nullopt;
  }
  if (!SubstrateRegion(scan.info(), r).any()) {
    open("the scan shows no whole cell of the substrate");
    return std::nullopt;
  }
  const double turn = turn_on_crystal(r, fit);
  const auto grid = grid_of(r, substrate);
  const auto measured = measured_cell_patterns(scan, r, {turn}, grid, progress);
  const auto simulated = simulated_cell_patterns(substrate, state_of(r, fit, turn), grid, threads, progress);
  auto comparison = compare_orientations(measured, simulated, grid, turn, compared_semiangles * r.semiangle_mrad.value);
  if (comparison.clear())
    take(r, comparison);
  else
    open(fmt::format("of the eight ways, {} fits the substrate's simulated patterns best, but not clearly ({})",
                     in_words(r, comparison.best().orientation), evidence(comparison)));
  return comparison;
}

}  // namespace terrace
