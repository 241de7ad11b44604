#include "registration/pacbed_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/error.h"
#include "core/threads.h"

namespace terrace {
namespace {

/// Places of the coarse search that are refined.
constexpr std::size_t refined_places = 8;

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
std::vector<PacbedTrial> coarse_trials(const PacbedView& view, const PacbedSeries& series, const PacbedKnown& known,
                                       const PatternDisc& disc, int exit) {
  std::vector<PacbedTrial> trials;
  const auto angles = semiangles(known, series.table, disc.radius);
  const int turns = series.square ? 18 : 72;  // of 5°
  for (const double semiangle : angles)
    for (const auto& [tilt_y, tilt_x] : first_tilts(known, angles.size() > 1)) {
      PacbedPlace place = first_place(disc, semiangle, known);
      place.tilt_y = tilt_y;
      place.tilt_x = tilt_x;
      if (semiangle + std::hypot(tilt_y, tilt_x) > series.table.widest_mrad()) continue;
      const auto simulated = series.table.pattern(exit, aperture_of(place));
      PacbedTrial best;
      for (const int handedness : {1, -1}) {
        if (handedness < 0 && series.mirrored) continue;
        place.handedness = handedness;
        for (int turn = 0; turn < turns; ++turn) {
          place.rotation = 5 * pi / 180 * turn;
          const double left = sum_of_squares(view.residual(simulated, series.table, place));
          if (left < best.left) best = {exit, place, left};
        }
      }
      trials.push_back(best);
    }
  return trials;
}

/// The best coarse places, no two of one thickness and nearly one tilt and angle.
std::vector<PacbedTrial> best_places(std::vector<PacbedTrial> trials) {
  std::sort(trials.begin(), trials.end(), [](const PacbedTrial& a, const PacbedTrial& b) { return a.left < b.left; });
  std::vector<PacbedTrial> best;
  for (const auto& trial : trials) {
    const auto near = [&](const PacbedTrial& other) {
      return trial.exit == other.exit && trial.place.log_semiangle_mrad == other.place.log_semiangle_mrad;
    };
    if (best.size() < refined_places && std::none_of(best.begin(), best.end(), near)) best.push_back(trial);
  }
  return best;
}

/// Whole thickness range, everything else fitted from the best place.
std::vector<PacbedTrial> scan_thicknesses(const PacbedFitter& fitter, const PacbedTrial& best,
                                          const std::vector<int>& exits, int threads) {
  std::vector<PacbedTrial> trials(exits.size());
  parallel_for(std::ssize(exits), threads, [&](std::int64_t i) {
    trials[i] = fitter.refined({exits[i], best.place, 0}, exits[i] == best.exit ? 12 : 5);
  });
  return trials;
}

/// Walks outwards from the best thickness, each from its neighbour's place, where that fits better.
void follow_neighbours(const PacbedFitter& fitter, std::vector<PacbedTrial>& trials) {
  const auto best = std::min_element(trials.begin(), trials.end(),
                                     [](const PacbedTrial& a, const PacbedTrial& b) { return a.left < b.left; }) -
                    trials.begin();
  for (const int direction : {1, -1})
    for (std::int64_t i = best + direction; i >= 0 && i < std::ssize(trials) && std::abs(i - best) <= 3;
         i += direction) {
      const auto again = fitter.refined({trials[i].exit, trials[i - direction].place, 0}, 6);
      if (again.left < trials[i].left) trials[i] = again;
    }
}

}  // namespace

std::vector<PacbedTrial> search_thicknesses(const PacbedView& few, const PacbedFitter& fitter,
                                            const PacbedSeries& series, const PacbedKnown& known,
                                            const PatternDisc& disc, int threads) {
  const auto exits = exits_within(series, known);
  std::vector<std::vector<PacbedTrial>> coarse(exits.size());
  parallel_for(std::ssize(exits), threads, [&](std::int64_t i) {
    if (i % 2 == 0) coarse[i] = coarse_trials(few, series, known, disc, exits[i]);
  });
  std::vector<PacbedTrial> all;
  for (const auto& trials : coarse) all.insert(all.end(), trials.begin(), trials.end());
  auto places = best_places(std::move(all));
  parallel_for(std::ssize(places), threads, [&](std::int64_t i) { places[i] = fitter.refined(places[i], 12); });
  auto trials = scan_thicknesses(fitter, best_of(places), exits, threads);
  follow_neighbours(fitter, trials);
  return trials;
}

}  // namespace terrace
