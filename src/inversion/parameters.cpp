#include "inversion/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "core/constants.h"

namespace terrace {
namespace {

using C = Circumstances;
using H = Hypothesis;

/// What is known of a number that a recipe draws evenly.
struct Known {
  double mean = 0, sigma = 0;
};
Known evenly(double low, double high) { return {(low + high) / 2, (high - low) / std::sqrt(12.0)}; }
Known evenly(const std::vector<double>& range) { return evenly(range.at(0), range.at(1)); }
Known whole_evenly(const std::vector<int>& range) {
  const double low = range.at(0), high = range.at(1), numbers = high - low + 1;
  return {(low + high) / 2, std::sqrt((numbers * numbers - 1) / 12)};
}
Known within(double largest) { return evenly(-largest, largest); }
Known moved(Known known, double by) { return {known.mean + by, known.sigma}; }

/// One component of a vector of any azimuth whose length is even in low … high: half its mean square.
Known component_of_length(const std::vector<double>& length) {
  const double low = length.at(0), high = length.at(1);
  return {0, std::sqrt((low * low + low * high + high * high) / 6)};
}

/// The same where it lies evenly on a ring.
Known component_on_ring(const std::vector<double>& radius) { return {0, std::hypot(radius.at(0), radius.at(1)) / 2}; }

Known defocus(const Ranges& ranges) {
  const auto focus = evenly(ranges.defocus_nm), layer = evenly(ranges.amorphous_nm);
  return {focus.mean - layer.mean, std::hypot(focus.sigma, layer.sigma)};
}

Known source(const Recipe& recipe) {
  const auto& range = recipe.ranges.source_fwhm_angstrom;
  return range.empty() ? Known{recipe.microscope.source_fwhm_angstrom, 0} : evenly(range);
}

/// Drift moves a line's start as it goes on, and so does its own error, which over one cell is the same thing.
Known skew(const Recipe& recipe) {
  const auto& r = recipe.ranges;
  const double start = within(r.fly_back_error_angstrom).sigma * std::sqrt(2) / (recipe.substrate.cell_angstrom / 2);
  return {0, std::hypot(within(r.scan_drift_share).sigma, start)};
}

/// A dose is known to a few per cent where the recipe says no more: what was taken for the beam may have missed some.
constexpr double least_dose_sigma = 0.02;
Known dose(const DetectionRanges& ranges) {
  return {0, std::hypot(least_dose_sigma, within(ranges.gain_error_share).sigma)};
}

Parameter of(double C::*member, const char* name, const char* unit, Known known, double step,
             Reach reach = Reach::probe, double least = -1e9) {
  Parameter p{.name = name, .unit = unit, .reach = reach, .value = {}, .set = {}};
  p.expected = known.mean;
  p.sigma = known.sigma;
  p.step = step;
  p.least = least;
  p.value = [member](const Explanation& e) { return e.circumstances.*member; };
  p.set = [member](Explanation& e, double value) { e.circumstances.*member = value; };
  return p;
}

Parameter of(double H::*member, const char* name, Known known, double step, double least, double most) {
  Parameter p{.name = name, .unit = "cells", .reach = Reach::specimen, .value = {}, .set = {}};
  p.expected = known.mean;
  p.sigma = known.sigma;
  p.step = step;
  p.least = least;
  p.most = most;
  p.value = [member](const Explanation& e) { return e.hypothesis.*member; };
  p.set = [member](Explanation& e, double value) { e.hypothesis.*member = value; };
  return p;
}

Parameter in_cells(Parameter parameter) {
  parameter.whole = true;
  return parameter;
}

Parameter unbounded(Parameter parameter) {
  parameter.unbounded = true;
  return parameter;
}

Parameter both_ways(Parameter parameter) {
  parameter.both_ways = true;
  return parameter;
}

/// A mixed cell keeps its share of film when the thickness changes.
void set_thickness(Explanation& explanation, double cells) {
  auto& h = explanation.hypothesis;
  const int thickness = static_cast<int>(std::lround(cells));
  h.film_cells *= static_cast<double>(thickness) / h.thickness_cells;
  h.thickness_cells = thickness;
}

Parameter bends(Parameter parameter) {
  parameter.bends = true;
  return parameter;
}

/// Its share of the column, times `thickness`: when the thickness changes, the share and this number stay. Every share
/// is as probable as any other, as is every depth of the step that it may be the twin of: the tails of a normal prior
/// would speak against twins of steps near a surface.
Parameter film_in_the_mixed_cell(double thickness) {
  const Known any{thickness / 2, std::numeric_limits<double>::infinity()};
  auto p = of(&H::film_cells, "film in the mixed cell", any, std::max(0.5, 0.02 * thickness), 0, thickness);
  p.value = [thickness](const Explanation& e) {
    return e.hypothesis.film_cells / e.hypothesis.thickness_cells * thickness;
  };
  p.set = [thickness](Explanation& e, double value) {
    e.hypothesis.film_cells = value / thickness * e.hypothesis.thickness_cells;
  };
  return p;
}

Parameter thickness(const Recipe& recipe, const Conditions& conditions) {
  const double cell_nm = recipe.substrate.cell_angstrom / 10;
  Parameter p{.name = "thickness", .unit = "cells", .reach = Reach::specimen, .value = {}, .set = {}};
  p.expected = conditions.thickness_nm / cell_nm;
  p.sigma = conditions.thickness_error_nm / std::sqrt(3.0) / cell_nm;
  p.step = 1;
  p.least = thinnest_cells;
  p.whole = true;
  p.value = [](const Explanation& e) { return static_cast<double>(e.hypothesis.thickness_cells); };
  p.set = set_thickness;
  return p;
}

/// All, those that are fixed (sigma 0) too.
std::vector<Parameter> all_circumstances(const Recipe& recipe, const Conditions& conditions) {
  const auto& r = recipe.ranges;
  const auto& d = recipe.detection;
  const auto& m = recipe.microscope;
  const double angle = conditions.semiangle_mrad;
  const Known semiangle{angle, angle * within(r.semiangle_error_share).sigma};
  const Known tilt = component_on_ring(r.specimen_tilt_mrad), twofold = component_of_length(r.astigmatism_nm),
              lost = whole_evenly(r.film_loss_cells);
  const auto half_beam = half_beam_mrad(recipe, conditions.energy_kev);
  constexpr auto specimen = Reach::specimen;
  return {of(&C::defocus_nm, "defocus", "nm", moved(defocus(r), m.defocus_nm), 0.3),
          of(&C::C12_a_nm, "C12_a", "nm", moved(twofold, m.C12_nm * std::cos(2 * m.phi12_deg * pi / 180)), 0.3),
          of(&C::C12_b_nm, "C12_b", "nm", moved(twofold, m.C12_nm * std::sin(2 * m.phi12_deg * pi / 180)), 0.3),
          of(&C::C30_um, "C30", "um", moved(evenly(r.C30_um), m.C30_um), 0.5),
          both_ways(of(&C::tilt_x_mrad, "tilt_x", "mrad", moved(tilt, m.specimen_tilt_x_mrad), half_beam.x)),
          both_ways(of(&C::tilt_y_mrad, "tilt_y", "mrad", moved(tilt, m.specimen_tilt_y_mrad), half_beam.y)),
          of(&C::semiangle_mrad, "semi-angle", "mrad", semiangle, 0.015 * angle, Reach::probe, 1),
          of(&C::source_fwhm_angstrom, "source FWHM", "Å", source(recipe), 0.03, Reach::probe, 0.05),
          of(&C::shift_x_angstrom, "shift_x", "Å", within(r.position_error_angstrom), 0.02),
          of(&C::shift_y_angstrom, "shift_y", "Å", within(r.position_error_angstrom), 0.02),
          of(&C::stretch_x_share, "stretch_x", "", within(r.scan_step_error_share), 0.003),
          of(&C::stretch_y_share, "stretch_y", "", within(r.scan_step_error_share), 0.003),
          of(&C::skew_share, "skew", "", skew(recipe), 0.003),
          of(&C::slant_share, "slant", "", within(r.scan_drift_share), 0.003),
          of(&C::pattern_scale_share, "pattern scale", "", evenly(r.pattern_scale_error_share), 0.003),
          of(&C::centre_x_pixels, "centre_x", "pixels", within(r.pattern_centre_error_pixels), 0.02),
          of(&C::centre_y_pixels, "centre_y", "pixels", within(r.pattern_centre_error_pixels), 0.02),
          of(&C::rotation_deg, "rotation", "degrees", within(r.pattern_rotation_error_deg), 0.1),
          of(&C::psf_pixels, "psf", "pixels", evenly(d.psf_pixels), 0.05, Reach::probe, 0),
          of(&C::background_share, "background", "", evenly(d.background_share), 0.01, Reach::probe, 0),
          unbounded(of(&C::dose_share, "dose", "", dose(d), 0.01, Reach::probe, -0.9)),
          of(&C::film_cell_angstrom, "film cell", "Å", evenly(r.film_cell_angstrom), 0.005, specimen, 2),
          of(&C::film_b_scale, "film B scale", "", evenly(r.film_b_scale), 0.1, specimen, 0.05),
          in_cells(of(&C::film_loss_entrance_cells, "film lost above", "cells", lost, 1, specimen, 0)),
          in_cells(of(&C::film_loss_exit_cells, "film lost below", "cells", lost, 1, specimen, 0))};
}

Parameter within_reach(Parameter p) {
  if (p.unbounded) return p;
  const double low = p.expected - farthest_deviations * p.sigma, high = p.expected + farthest_deviations * p.sigma;
  // A whole number on either side of what is expected is always within reach.
  p.least = std::max(p.least, p.whole ? std::min(std::ceil(low), std::floor(p.expected)) : low);
  p.most = std::min(p.most, p.whole ? std::max(std::floor(high), std::ceil(p.expected)) : high);
  return p;
}

}  // namespace

std::vector<Parameter> nuisances_of(const Recipe& recipe, const Conditions& conditions) {
  std::vector<Parameter> open;
  for (auto& parameter : all_circumstances(recipe, conditions))
    if (parameter.sigma > 0) open.push_back(within_reach(std::move(parameter)));
  if (conditions.thickness_error_nm > 0) open.push_back(within_reach(thickness(recipe, conditions)));
  return open;
}

std::vector<Parameter> structure_parameters(const Recipe& recipe, const Hypothesis& h) {
  if (h.interface_class == InterfaceClass::diffuse && !h.has_width())
    return {film_in_the_mixed_cell(h.thickness_cells)};
  std::vector<Parameter> parameters;
  if (!h.has_width()) return parameters;
  const auto& r = recipe.ranges;
  const double narrow = 0.1;
  parameters.push_back(
      within_reach(bends(of(&H::sigma_a_cells, "sigma_a", evenly(r.sigma_a_cells), 0.05, narrow, 10))));
  parameters.push_back(
      within_reach(bends(of(&H::sigma_b_cells, "sigma_b", evenly(r.sigma_b_cells), 0.05, narrow, 10))));
  if (!h.has_step()) parameters.push_back(of(&H::shift_cells, "shift", within(0.5), 0.05, -1, 1));
  return parameters;
}

std::vector<Parameter> parameters_of(const Recipe& recipe, const Conditions& conditions, const Hypothesis& hypothesis) {
  auto parameters = nuisances_of(recipe, conditions);
  // A lamella that ended above a step would be one without it.
  const int last_step = std::max(hypothesis.step_depth_cells, hypothesis.second_step_depth_cells);
  for (auto& p : parameters)
    if (p.name == "thickness") p.least = std::max<double>(p.least, last_step + 1);
  for (auto& parameter : structure_parameters(recipe, hypothesis)) parameters.push_back(std::move(parameter));
  return parameters;
}

Circumstances expected_circumstances(const Recipe& recipe, const Conditions& conditions) {
  Explanation explanation;
  for (const auto& p : all_circumstances(recipe, conditions))
    p.set(explanation, p.whole ? std::round(p.expected) : p.expected);
  return explanation.circumstances;
}

double log_prior_width(const Parameter& p) {
  return std::log(std::isfinite(p.sigma) ? p.sigma : (p.most - p.least) / std::sqrt(2 * std::numbers::pi));
}

double log_prior(std::span<const Parameter> parameters, const Explanation& explanation) {
  double sum = 0;
  for (const auto& p : parameters) sum -= std::pow((p.value(explanation) - p.expected) / p.sigma, 2) / 2;
  return sum;
}

}  // namespace terrace
