#include "registration/pacbed_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/constants.h"
#include "core/error.h"
#include "core/threads.h"
#include "microscope/faulty_pixels.h"
#include "registration/least_squares.h"
#include "registration/pacbed_view.h"
#include "registration/pattern_disc.h"

namespace terrace {
namespace {

constexpr double compared_semiangles = 1.3;
/// Larger patterns are binned: a disc of 30 pixels' radius shows all that 0.5 mrad steps do.
constexpr double most_radius_pixels = 32;
constexpr int coarse_pixels = 400;
/// Places of the coarse search that are refined.
constexpr std::size_t refined_places = 8;
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

/// A place at one thickness and what it leaves unexplained.
struct Trial {
  int exit = 0;
  PacbedPlace place;
  double left = std::numeric_limits<double>::infinity();
};

/// The members of PacbedPlace that are fitted, with the steps of their numerical derivatives.
struct Parameter {
  double PacbedPlace::*member;
  double step;
};

class Fitter {
 public:
  Fitter(const PacbedView& view, const PacbedSeries& series, const PacbedKnown& known)
      : view_(view), series_(series), known_(known) {
    parameters_ = {{&PacbedPlace::row, 0.1},        {&PacbedPlace::column, 0.1},
                   {&PacbedPlace::rotation, 0.004}, {&PacbedPlace::tilt_y, 0.08},
                   {&PacbedPlace::tilt_x, 0.08},    {&PacbedPlace::log_mrad_per_pixel, 0.004}};
    if (known.semiangle_mrad <= 0) parameters_.push_back({&PacbedPlace::log_semiangle_mrad, 0.004});
  }

  bool allowed(const PacbedPlace& place) const {
    const double tilt = std::hypot(place.tilt_y, place.tilt_x);
    return tilt <= known_.most_tilt_mrad && tilt + std::exp(place.log_semiangle_mrad) <= series_.table.widest_mrad();
  }

  std::vector<double> residual(int exit, const PacbedPlace& place) const {
    return view_.residual(series_.table.pattern(exit, aperture_of(place)), series_.table, place);
  }

  /// Levenberg–Marquardt from `trial`, its exit kept.
  Trial refined(Trial trial, int steps) const {
    if (!allowed(trial.place)) return trial;
    auto left = residual(trial.exit, trial.place);
    trial.left = sum_of_squares(left);
    double damping = 1e-3;
    for (int step = 0; step < steps && damping < 1e3; ++step) {
      const auto equations = linearised(trial, left);
      const double before = trial.left;
      while (damping < 1e3 && !try_step(trial, left, equations, damping)) damping *= 8;
      damping /= 6;
      if (before - trial.left < 1e-6 * before) break;
    }
    return trial;
  }

  /// Variance of each parameter per unit variance of an independent pixel.
  std::vector<double> variances(const Trial& trial) const {
    LeastSquares equations(static_cast<int>(parameters_.size()));
    const auto slopes = derivatives(trial, residual(trial.exit, trial.place));
    for (const auto& row : slopes) equations.add(row, 0);
    return equations.variances();
  }

 private:
  struct Linearised {
    std::vector<std::vector<double>> slopes;
    std::vector<double> lengths;  ///< Σ slope² of each parameter
  };

  /// Of each pixel's residual, by each parameter.
  std::vector<std::vector<double>> derivatives(const Trial& trial, const std::vector<double>& left) const {
    std::vector<std::vector<double>> slopes(left.size(), std::vector<double>(parameters_.size()));
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      PacbedPlace moved = trial.place;
      double step = parameters_[p].step;
      moved.*parameters_[p].member += step;
      if (!allowed(moved)) {
        moved.*parameters_[p].member -= 2 * step;
        step = -step;
      }
      if (!allowed(moved)) continue;
      const auto there = residual(trial.exit, moved);
      for (std::size_t i = 0; i < left.size(); ++i) slopes[i][p] = (there[i] - left[i]) / step;
    }
    return slopes;
  }

  Linearised linearised(const Trial& trial, const std::vector<double>& left) const {
    Linearised result{derivatives(trial, left), std::vector<double>(parameters_.size(), 1e-300)};
    for (const auto& row : result.slopes)
      for (std::size_t p = 0; p < row.size(); ++p) result.lengths[p] += row[p] * row[p];
    return result;
  }

  /// Takes the damped step where it makes the fit better.
  bool try_step(Trial& trial, std::vector<double>& left, const Linearised& linearised, double damping) const {
    LeastSquares equations(static_cast<int>(parameters_.size()));
    for (std::size_t i = 0; i < left.size(); ++i) equations.add(linearised.slopes[i], -left[i]);
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      std::vector<double> one(parameters_.size());
      one[p] = 1;
      equations.add(one, 0, damping * linearised.lengths[p] + 1e-200);
    }
    const auto step = equations.solve();
    if (step.empty()) return false;
    Trial next = trial;
    for (std::size_t p = 0; p < parameters_.size(); ++p) next.place.*parameters_[p].member += step[p];
    if (!allowed(next.place)) return false;
    auto there = residual(next.exit, next.place);
    next.left = sum_of_squares(there);
    if (!(next.left < trial.left)) return false;
    trial = next;
    left = std::move(there);
    return true;
  }

  const PacbedView& view_;
  const PacbedSeries& series_;
  const PacbedKnown& known_;
  std::vector<Parameter> parameters_;
};

/// Semi-angles to start from: the known one, that of the disc and a known scale, or a ladder.
std::vector<double> semiangles(const PacbedKnown& known, const PacbedTable& table, double radius) {
  if (known.semiangle_mrad > 0) return {known.semiangle_mrad};
  if (known.mrad_per_pixel > 0) return {known.mrad_per_pixel * radius};
  std::vector<double> ladder;
  for (double angle = 5; angle < table.widest_mrad() - 0.5; angle *= 1.05) ladder.push_back(angle);
  return ladder;
}

/// (tilt_y, tilt_x) in mrad to start from: none, and around it where there is time to try.
std::vector<std::pair<double, double>> first_tilts(const PacbedKnown& known, bool few) {
  std::vector<std::pair<double, double>> tilts = {{0, 0}};
  for (const double size : {1.2, 2.6})
    for (int i = 0; i < 8 && !few && size < known.most_tilt_mrad; ++i)
      tilts.push_back({size * std::sin(i * pi / 4), size * std::cos(i * pi / 4)});
  return tilts;
}

std::vector<int> exits_within(const PacbedSeries& series, const PacbedKnown& known) {
  std::vector<int> exits;
  for (int exit = 0; exit < series.table.exits(); ++exit)
    if (series.thicknesses_nm[exit] >= known.thinnest_nm && series.thicknesses_nm[exit] <= known.thickest_nm)
      exits.push_back(exit);
  if (exits.empty())
    throw InputError(
        fmt::format("No simulated thickness lies between {} and {} nm.", known.thinnest_nm, known.thickest_nm));
  return exits;
}

PacbedPlace first_place(const PatternDisc& disc, double semiangle, const PacbedKnown& known) {
  PacbedPlace place;
  place.row = known.centre_row >= 0 ? known.centre_row : disc.row;
  place.column = known.centre_column >= 0 ? known.centre_column : disc.column;
  place.log_semiangle_mrad = std::log(semiangle);
  place.log_mrad_per_pixel = std::log(known.mrad_per_pixel > 0 ? known.mrad_per_pixel : semiangle / disc.radius);
  return place;
}

/// Every rotation, tilt and semi-angle at one thickness, on few pixels; the best of each semi-angle.
std::vector<Trial> coarse_trials(const PacbedView& view, const PacbedSeries& series, const PacbedKnown& known,
                                 const PatternDisc& disc, int exit) {
  std::vector<Trial> trials;
  const auto angles = semiangles(known, series.table, disc.radius);
  const int turns = series.square ? 18 : 72;  // of 5°
  for (const double semiangle : angles)
    for (const auto& [tilt_y, tilt_x] : first_tilts(known, angles.size() > 1)) {
      PacbedPlace place = first_place(disc, semiangle, known);
      place.tilt_y = tilt_y;
      place.tilt_x = tilt_x;
      if (semiangle + std::hypot(tilt_y, tilt_x) > series.table.widest_mrad()) continue;
      const auto simulated = series.table.pattern(exit, aperture_of(place));
      Trial best;
      for (const int handedness : {1, -1}) {
        if (handedness < 0 && series.mirrored) continue;
        place.handedness = handedness;
        for (int turn = 0; turn < turns; ++turn) {
          place.rotation = 5 * degree * turn;
          const double left = sum_of_squares(view.residual(simulated, series.table, place));
          if (left < best.left) best = {exit, place, left};
        }
      }
      trials.push_back(best);
    }
  return trials;
}

/// The best coarse places, no two of one thickness and nearly one tilt and angle.
std::vector<Trial> best_places(std::vector<Trial> trials) {
  std::sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.left < b.left; });
  std::vector<Trial> best;
  for (const auto& trial : trials) {
    const auto near = [&](const Trial& other) {
      return trial.exit == other.exit && trial.place.log_semiangle_mrad == other.place.log_semiangle_mrad;
    };
    if (best.size() < refined_places && std::none_of(best.begin(), best.end(), near)) best.push_back(trial);
  }
  return best;
}

Trial best_of(const std::vector<Trial>& trials) {
  return *std::min_element(trials.begin(), trials.end(),
                           [](const Trial& a, const Trial& b) { return a.left < b.left; });
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

Vertex vertex_of(const std::vector<Trial>& trials, const PacbedSeries& series) {
  const auto best =
      std::min_element(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.left < b.left; });
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

/// Whole thickness range, everything else fitted from the best place.
std::vector<Trial> scan_thicknesses(const Fitter& fitter, const Trial& best, const std::vector<int>& exits,
                                    int threads) {
  std::vector<Trial> trials(exits.size());
  parallel_for(std::ssize(exits), threads, [&](std::int64_t i) {
    trials[i] = fitter.refined({exits[i], best.place, 0}, exits[i] == best.exit ? 12 : 5);
  });
  return trials;
}

/// Walks outwards from the best thickness, each from its neighbour's place, where that fits better.
void follow_neighbours(const Fitter& fitter, std::vector<Trial>& trials) {
  const auto best =
      std::min_element(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.left < b.left; }) -
      trials.begin();
  for (const int direction : {1, -1})
    for (std::int64_t i = best + direction; i >= 0 && i < std::ssize(trials) && std::abs(i - best) <= 3;
         i += direction) {
      const auto again = fitter.refined({trials[i].exit, trials[i - direction].place, 0}, 6);
      if (again.left < trials[i].left) trials[i] = again;
    }
}

double correlation(double left, double variance) {
  return variance > 0 ? std::sqrt(std::max(0.0, 1 - left / variance)) : 0;
}

void warn_of_rivals(PacbedFit& fit, const std::vector<Trial>& trials, const Trial& best, const PacbedSeries& series,
                    double noise) {
  const auto apart = [&](const Trial& trial) {
    return std::abs(series.thicknesses_nm[trial.exit] - series.thicknesses_nm[best.exit]);
  };
  Trial rival;
  for (const auto& trial : trials)
    if (apart(trial) > 6 && trial.left < rival.left) rival = trial;
  // Four standard deviations tell two thicknesses apart.
  if (rival.left - best.left < 16 * noise)
    fit.reasons.push_back(fmt::format("{:.0f} nm fits nearly as well", series.thicknesses_nm[rival.exit]));
}

void warn(PacbedFit& fit, const PacbedView& view, const std::vector<Trial>& trials, const Trial& best) {
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

void take_place(PacbedFit& fit, const Trial& best, const Fitter& fitter, const PacbedSeries& series,
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
  const auto exits = exits_within(series, known);
  std::vector<std::vector<Trial>> coarse(exits.size());
  parallel_for(std::ssize(exits), threads, [&](std::int64_t i) {
    if (i % 2 == 0) coarse[i] = coarse_trials(few, series, known, disc, exits[i]);
  });
  std::vector<Trial> all;
  for (const auto& trials : coarse) all.insert(all.end(), trials.begin(), trials.end());
  auto places = best_places(std::move(all));
  const Fitter fitter(view, series, known);
  parallel_for(std::ssize(places), threads, [&](std::int64_t i) { places[i] = fitter.refined(places[i], 12); });
  auto trials = scan_thicknesses(fitter, best_of(places), exits, threads);
  follow_neighbours(fitter, trials);
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
