#include "registration/pacbed_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/constants.h"
#include "core/error.h"
#include "microscope/faulty_pixels.h"
#include "registration/pacbed_search.h"
#include "registration/pattern_disc.h"

namespace terrace {
namespace {

constexpr double compared_semiangles = 1.3;
/// Larger patterns are binned: a disc of 30 pixels' radius shows all that 0.5 mrad steps do.
constexpr double most_radius_pixels = 32;
constexpr int coarse_pixels = 400;
constexpr double degree = pi / 180;

Array<double, 2> binned(const Array<double, 2>& image, int factor) {
  if (factor <= 1) return image;
  Array<double, 2> small({image.extent(0) / factor, image.extent(1) / factor});
  for (std::int64_t y = 0; y < small.extent(0) * factor; ++y)
    for (std::int64_t x = 0; x < small.extent(1) * factor; ++x)
      small(y / factor, x / factor) += image(y, x) / (factor * factor);
  return small;
}

Array<double, 2> repaired(const Array<double, 2>& pattern) {
  std::vector<float> sound(pattern.begin(), pattern.end());
  repair(sound, static_cast<int>(pattern.extent(0)), static_cast<int>(pattern.extent(1)), find_faulty_pixels(pattern));
  Array<double, 2> result(pattern.extents());
  std::copy(sound.begin(), sound.end(), result.begin());
  return result;
}

bool place_is_known(const PacbedKnown& known) {
  return known.semiangle_mrad > 0 && known.mrad_per_pixel > 0 && known.centre_row >= 0 && known.centre_column >= 0;
}

/// As the pattern shows it; where it shows none, as it must be.
PatternDisc disc_of(const Array<double, 2>& pattern, const PacbedKnown& known) {
  const auto longest = std::max(pattern.extent(0), pattern.extent(1));
  const int factor = static_cast<int>(std::max<std::int64_t>(1, longest / 200));
  auto disc = find_disc(binned(pattern, factor), 1);
  if (!disc.found && place_is_known(known)) {
    disc.row = known.centre_row;
    disc.column = known.centre_column;
    disc.radius = known.semiangle_mrad / known.mrad_per_pixel;
    return disc;
  }
  if (!disc.found)
    throw InputError(
        "No bright disc is found in the pattern (its radius and centre start the fit). Is it a single convergent-beam "
        "pattern, not saturated and not cut off? Crop it, or give --centre, --mrad-per-pixel and --semiangle-mrad.");
  disc.row = factor * (disc.row + 0.5) - 0.5;
  disc.column = factor * (disc.column + 0.5) - 0.5;
  disc.radius *= factor;
  return disc;
}

/// How many pixels the residual has for each independent one: the product of the ranges of its correlation along both
/// axes, from neighbours up to four pixels away.
double correlated_pixels(const PacbedView& view, const std::vector<double>& left) {
  double area = 1;
  const auto& pixels = view.pixels();
  for (const bool along_rows : {false, true}) {
    double range = 1;
    for (int lag = 1; lag <= 4; ++lag) {
      double product = 0, square = 0;
      std::size_t ahead = 0;
      for (std::size_t i = 0; i < pixels.size(); ++i) {
        const int row = pixels[i].row + (along_rows ? lag : 0), column = pixels[i].column + (along_rows ? 0 : lag);
        while (ahead < pixels.size() &&
               (pixels[ahead].row < row || (pixels[ahead].row == row && pixels[ahead].column < column)))
          ++ahead;
        if (ahead == pixels.size() || pixels[ahead].row != row || pixels[ahead].column != column) continue;
        product += left[i] * left[ahead];
        square += left[i] * left[i];
      }
      if (square > 0) range += 2 * std::max(0.0, product / square);
    }
    area *= range;
  }
  return area;
}

/// The lowest point of the parabola through the best trial and its neighbours, and its curvature (0: at an end).
struct Vertex {
  double thickness_nm = 0, curvature = 0;
};

Vertex vertex_of(const std::vector<PacbedTrial>& trials, const PacbedSeries& series) {
  const auto best = std::min_element(trials.begin(), trials.end(),
                                     [](const PacbedTrial& a, const PacbedTrial& b) { return a.left < b.left; });
  const double at = series.thicknesses_nm[best->exit];
  if (best == trials.begin() || best + 1 == trials.end()) return {at, 0};
  const double before = series.thicknesses_nm[(best - 1)->exit] - at,
               after = series.thicknesses_nm[(best + 1)->exit] - at;
  const double rise_before = (best - 1)->left - best->left, rise_after = (best + 1)->left - best->left;
  // rise = a t + b t² through both neighbours.
  const double b = (rise_after / after - rise_before / before) / (after - before), a = rise_after / after - b * after;
  return b > 0 ? Vertex{at + std::clamp(-a / (2 * b), before, after), 2 * b} : Vertex{at, 0};
}

Image image_of(const PacbedView& view, const std::vector<double>& left, bool fitted) {
  int top = 1 << 30, bottom = 0, first = 1 << 30, last = 0;
  for (const auto& pixel : view.pixels()) {
    top = std::min(top, pixel.row), bottom = std::max(bottom, pixel.row);
    first = std::min(first, pixel.column), last = std::max(last, pixel.column);
  }
  Image image({bottom - top + 1, last - first + 1});
  std::fill(image.begin(), image.end(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < view.pixels().size(); ++i) {
    const auto& pixel = view.pixels()[i];
    image(pixel.row - top, pixel.column - first) = static_cast<float>(pixel.value - (fitted ? left[i] : 0));
  }
  return image;
}

double correlation(double left, double variance) {
  return variance > 0 ? std::sqrt(std::max(0.0, 1 - left / variance)) : 0;
}

void warn_of_rivals(PacbedFit& fit, const std::vector<PacbedTrial>& trials, const PacbedTrial& best,
                    const PacbedSeries& series, double noise) {
  const auto apart = [&](const PacbedTrial& trial) {
    return std::abs(series.thicknesses_nm[trial.exit] - series.thicknesses_nm[best.exit]);
  };
  PacbedTrial rival;
  for (const auto& trial : trials)
    if (apart(trial) > 6 && trial.left < rival.left) rival = trial;
  // Four standard deviations tell two thicknesses apart.
  if (rival.left - best.left < 16 * noise)
    fit.reasons.push_back(fmt::format("{:.0f} nm fits nearly as well", series.thicknesses_nm[rival.exit]));
}

void warn(PacbedFit& fit, const PacbedView& view, const std::vector<PacbedTrial>& trials, const PacbedTrial& best) {
  if (view.saturated()) fit.reasons.push_back("many pixels share the highest value (saturated?) and are left out");
  if (best.exit == trials.front().exit || best.exit == trials.back().exit)
    fit.reasons.push_back("the best thickness is at the end of the range that was tried. Widen it");
  if (fit.correlation < least_correlation)
    fit.reasons.push_back(
        fmt::format("no thickness fits well (correlation {:.3f}). Are crystal, zone axis, energy and "
                    "semi-angle right?",
                    fit.correlation));
}

/// The tilt in the detector's axes.
std::pair<double, double> tilt_on_detector(const PacbedPlace& place) {
  const double cosine = std::cos(place.rotation), sine = std::sin(place.rotation);
  return {cosine * place.tilt_y - sine * place.tilt_x,
          place.handedness * (cosine * place.tilt_x + sine * place.tilt_y)};
}

/// Rotation within the crystal's own symmetry: the smallest.
double smallest_turn_deg(double rotation, const PacbedSeries& series) {
  return std::remainder(rotation / degree, series.square ? 90 : 360);
}

void take_place(PacbedFit& fit, const PacbedTrial& best, const PacbedFitter& fitter, const PacbedSeries& series,
                const PacbedKnown& known, int factor, double noise) {
  auto variances = fitter.variances(best);
  variances.resize(7, -1);
  const auto error = [&](int parameter) {
    return variances[parameter] > 0 ? std::sqrt(variances[parameter] * noise) : -1;
  };
  const auto& place = best.place;
  const auto [tilt_y, tilt_x] = tilt_on_detector(place);
  const double mrad = std::exp(place.log_mrad_per_pixel), semiangle = std::exp(place.log_semiangle_mrad);
  fit.centre_row = {factor * (place.row + 0.5) - 0.5, factor * error(0), "measured"};
  fit.centre_column = {factor * (place.column + 0.5) - 0.5, factor * error(1), "measured"};
  fit.rotation_deg = {smallest_turn_deg(place.rotation, series), error(2) / degree, "measured"};
  const double cosine = std::cos(place.rotation), sine = std::sin(place.rotation);
  fit.tilt_y_mrad = {tilt_y, std::hypot(cosine * error(3), sine * error(4)), "measured"};
  fit.tilt_x_mrad = {tilt_x, std::hypot(cosine * error(4), sine * error(3)), "measured"};
  fit.mrad_per_pixel = {mrad / factor, error(5) * mrad / factor, "measured"};
  fit.semiangle_mrad = known.semiangle_mrad > 0 ? Estimate{semiangle, -1, "given"}
                                                : Estimate{semiangle, error(6) * semiangle, "measured"};
}

}  // namespace

double disc_radius_pixels(const Array<double, 2>& pattern, const PacbedKnown& known) {
  return disc_of(repaired(pattern), known).radius;
}

PacbedFit fit_pacbed(const Array<double, 2>& full, const PacbedSeries& series, const PacbedKnown& given, int threads) {
  const auto sound = repaired(full);
  const double full_radius = disc_of(sound, given).radius;
  const int factor = std::max(1, static_cast<int>(std::ceil(full_radius / most_radius_pixels)));
  const auto pattern = binned(sound, factor);

  PacbedKnown known = given;
  known.mrad_per_pixel *= factor;
  if (known.centre_row >= 0) known.centre_row = (known.centre_row + 0.5) / factor - 0.5;
  if (known.centre_column >= 0) known.centre_column = (known.centre_column + 0.5) / factor - 0.5;
  const auto disc = disc_of(pattern, known);

  const double radius = compared_semiangles * disc.radius;
  const PacbedView view(pattern, disc.row, disc.column, radius);
  const int stride = std::max(1, static_cast<int>(std::sqrt(view.pixels().size() / double{coarse_pixels})));
  const PacbedView few(pattern, disc.row, disc.column, radius, stride);
  const PacbedFitter fitter(view, series, known);
  const auto trials = search_thicknesses(few, fitter, series, known, disc, threads);
  const auto best = best_of(trials);

  const auto left = fitter.residual(best.exit, best.place);
  const double independent = static_cast<double>(view.pixels().size()) / correlated_pixels(view, left);
  const double noise = best.left / std::max(1.0, independent - 10);  // what one independent pixel leaves
  const auto vertex = vertex_of(trials, series);
  PacbedFit fit;
  fit.correlation = correlation(best.left, view.variance());
  for (const auto& trial : trials)
    fit.matches.push_back({series.thicknesses_nm[trial.exit], correlation(trial.left, view.variance())});
  fit.thickness_nm = {vertex.thickness_nm, vertex.curvature > 0 ? std::sqrt(2 * noise / vertex.curvature) : -1,
                      "measured"};
  take_place(fit, best, fitter, series, known, factor, noise);
  fit.measured = image_of(view, left, false);
  fit.fitted = image_of(view, left, true);
  warn(fit, view, trials, best);
  warn_of_rivals(fit, trials, best, series, noise);
  return fit;
}

nlohmann::ordered_json to_json(const PacbedFit& fit) {
  nlohmann::ordered_json json;
  const auto put = [&](const char* name, const Estimate& estimate) {
    json[name] = {{"value", estimate.value}, {"source", estimate.source}};
    if (estimate.error >= 0) json[name]["error"] = estimate.error;
  };
  put("thickness_nm", fit.thickness_nm);
  put("tilt_x_mrad", fit.tilt_x_mrad);
  put("tilt_y_mrad", fit.tilt_y_mrad);
  put("semiangle_mrad", fit.semiangle_mrad);
  put("mrad_per_pixel", fit.mrad_per_pixel);
  put("centre_row", fit.centre_row);
  put("centre_column", fit.centre_column);
  put("rotation_deg", fit.rotation_deg);
  json["correlation"] = fit.correlation;
  for (const auto& match : fit.matches)
    json["matches"].push_back({{"thickness_nm", match.thickness_nm}, {"correlation", match.correlation}});
  json["reasons"] = fit.reasons;
  return json;
}

}  // namespace terrace
