#include "registration/standard_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "microscope/faulty_pixels.h"
#include "registration/pattern_rebinning.h"
#include "registration/stretches.h"

namespace terrace {

namespace {

/// One scan axis in the role it plays: `count` positions `step` Å apart.
struct ScanAxis {
  int count;
  double step;

  bool covers(double position) const {
    return position >= -0.5 * step - 1e-9 && position <= (count - 0.5) * step + 1e-9;
  }
};

/// The two scan positions around a place and their linear weights; one of weight 1 where they coincide or at the rim.
struct Between {
  int index[2];
  double weight[2];
};

Between between(const ScanAxis& axis, double position) {
  // A millionth of a step is rounding, not interpolation.
  double place = std::clamp(position / axis.step, 0.0, axis.count - 1.0);
  if (std::abs(place - std::round(place)) < 1e-6) place = std::round(place);
  const int low = std::min(static_cast<int>(place), axis.count - 1);
  const double share = place - low;
  return {{low, std::min(low + 1, axis.count - 1)}, {1 - share, share}};
}

/// What each scan position (row · width + column) gives to which standard position of which sample.
struct Gift {
  int sample;
  int position;
  double weight;
};
using Gifts = std::map<std::int64_t, std::vector<Gift>>;

class Layout {
 public:
  /// Å; offsets that agree to this are one, far below what registration errs by.
  static constexpr double rounding = 0.005;

  Layout(const ScanInfo& info, const Registration& r, const StandardGrid& grid, const Stretch& stretch)
      : registration_(r),
        grid_(grid),
        stretch_(stretch),
        axes_(r.crystal_axes()),
        normal_is_y_(r.interface_normal == "y"),
        towards_film_(r.film_side == "low" ? -1 : 1),
        x_{info.scan_width, r.step_x_angstrom.value},
        y_{info.scan_height, r.step_y_angstrom.value},
        reach_(reach_along(info, r)) {}

  /// Adds the gifts of all scan positions to `sample`, whose number is `number`, and says in it what is covered and
  /// where that was seen. Returns the patterns averaged: the mean over covered positions of 1 / Σ weight².
  double add_gifts(int number, Sample& sample, Gifts& gifts) const {
    double patterns_averaged = 0;
    int count = 0;
    sample.covered = Array<std::uint8_t, 2>({grid_.along, grid_.across});
    for (int row = 0; row < grid_.along; ++row)
      for (int column = 0; column < grid_.across; ++column) {
        const auto [weights, seen_from] = neighbours_of(row, column);
        sample.covered(row, column) = !weights.empty();
        sample.seen_from.push_back(seen_from);
        if (weights.empty()) continue;
        double squares = 0;
        for (const auto& [from, weight] : weights) {
          gifts[from].push_back({number, row * grid_.across + column, weight});
          squares += weight * weight;
        }
        patterns_averaged += 1 / squares;
        ++count;
      }
    return count ? patterns_averaged / count : 0;
  }

 private:
  double across_position(int column) const {
    return registration_.interface_angstrom.value +
           towards_film_ * grid_.offset_x(column) * registration_.cell_across_angstrom.value;
  }

  Place in_scan(double across, double along) const {
    return axes_.to_scan(normal_is_y_ ? Place{along, across} : Place{across, along});
  }

  /// Every place of the stretch that is equivalent to the standard position, but those where a pattern was lost.
  std::vector<Place> places(int row, int column) const {
    const double cell = registration_.cell_along_angstrom.value, across = across_position(column);
    const double first = registration_.column_angstrom.value + grid_.offset_y(row) * cell;
    const auto [low, high] = reach_;
    std::vector<Place> places;
    for (double n = std::ceil((low - first) / cell - 1e-9); first + n * cell <= high + 1e-9; ++n) {
      const Place place = in_scan(across, first + n * cell);
      if (stretch_.holds(first + n * cell) && x_.covers(place.x) && y_.covers(place.y) && !is_lost(place))
        places.push_back(place);
    }
    return places;
  }

  /// Whether a pattern that was lost would enter there.
  bool is_lost(const Place& place) const {
    const auto& lost = registration_.lost_patterns;
    if (lost.empty()) return false;
    const Between rows = between(y_, place.y), columns = between(x_, place.x);
    for (const int i : {0, 1})
      for (const int j : {0, 1})
        if (rows.weight[i] * columns.weight[j] > 0 &&
            std::ranges::binary_search(lost, rows.index[i] * x_.count + columns.index[j]))
          return true;
    return false;
  }

  /// The scan positions around the places of a standard position.
  struct Neighbours {
    std::map<std::int64_t, double> weights;  ///< of each, by its number
    std::vector<SeenPlace> seen_from;        ///< the same by how far they lie from their place
  };

  Neighbours neighbours_of(int row, int column) const {
    Neighbours found;
    std::map<std::pair<std::int64_t, std::int64_t>, double> offsets;  // along, across, in units of `rounding`
    const auto all = places(row, column);
    for (const Place& place : all) {
      const Between rows = between(y_, place.y), columns = between(x_, place.x);
      for (const int i : {0, 1})
        for (const int j : {0, 1}) {
          const double weight = rows.weight[i] * columns.weight[j] / static_cast<double>(all.size());
          if (weight <= 0) continue;
          found.weights[std::int64_t{rows.index[i]} * x_.count + columns.index[j]] += weight;
          const auto [along, across] = offset(place, rows.index[i], columns.index[j]);
          offsets[{std::lround(along / rounding), std::lround(across / rounding)}] += weight;
        }
    }
    for (const auto& [offset, weight] : offsets)
      found.seen_from.push_back({offset.first * rounding / registration_.cell_along_angstrom.value,
                                 offset.second * rounding / registration_.cell_across_angstrom.value, weight});
    return found;
  }

  /// From a place to a scan position: along the interface, and across it towards the film, Å.
  std::pair<double, double> offset(const Place& place, int scan_row, int scan_column) const {
    const Place from = axes_.to_crystal(place);
    const Place to = axes_.to_crystal({scan_column * x_.step, scan_row * y_.step});
    const double x = to.x - from.x, y = to.y - from.y;
    return {normal_is_y_ ? x : y, towards_film_ * (normal_is_y_ ? y : x)};
  }

  const Registration& registration_;
  const StandardGrid& grid_;
  const Stretch stretch_;
  CrystalAxes axes_;
  bool normal_is_y_;
  double towards_film_;  ///< sign of the direction across, in the scan
  ScanAxis x_, y_;
  std::pair<double, double> reach_;  ///< along the interface, Å
};

void refuse_unusable(const Registration& r) {
  if (r.usable()) return;
  const auto why = r.reasons.empty() ? "" : fmt::format(" ({})", fmt::join(r.reasons, "; "));
  throw InputError(fmt::format("T{}{}. Give what you know of it.", r.missing().substr(1), why));
}

Conditions conditions_of(const ScanInfo& info, const Registration& r, double patterns_averaged) {
  Conditions conditions;
  if (r.energy_kev.known()) conditions.energy_kev = r.energy_kev.value;
  if (r.semiangle_mrad.known()) conditions.semiangle_mrad = r.semiangle_mrad.value;
  conditions.thickness_nm = r.thickness_nm.value;
  // Half the width of the even distribution of that standard error; unknown where the thickness was given.
  conditions.thickness_error_nm = std::sqrt(3.0) * std::max(0.0, r.thickness_nm.error);
  conditions.electrons_per_pattern = r.electrons_per_pattern(info) * patterns_averaged;
  return conditions;
}

/// A sample with all but its patterns, which `gifts` will bring.
Sample empty_sample(const ScanInfo& info, const Registration& r, const StandardGrid& grid, const Stretch& stretch,
                    int number, Gifts& gifts) {
  Sample sample;
  sample.patterns = Array<float, 4>({grid.along, grid.across, grid.pixels, grid.pixels});
  const double patterns_averaged = Layout(info, r, grid, stretch).add_gifts(number, sample, gifts);
  sample.conditions = conditions_of(info, r, patterns_averaged);
  return sample;
}

}  // namespace

double electrons_per_standard_pattern(const ScanInfo& info, const Registration& registration,
                                      const StandardGrid& grid) {
  refuse_unusable(registration);
  Sample sample;
  Gifts gifts;
  return registration.electrons_per_pattern(info) * Layout(info, registration, grid, {}).add_gifts(0, sample, gifts);
}

std::vector<Sample> to_standard_grids(const Scan& scan, const Registration& registration, const StandardGrid& grid,
                                      std::span<const Stretch> stretches, const Progress& progress) {
  refuse_unusable(registration);
  if (grid.semiangle_pixels > 0 && !registration.semiangle_mrad.known())
    throw InputError(
        "The convergence semi-angle is unknown (the grid's patterns are scaled to it). Give semiangle_mrad.");
  const auto& info = scan.info();
  std::vector<Sample> samples;
  Gifts gifts;
  for (const auto& stretch : stretches)
    samples.push_back(empty_sample(info, registration, grid, stretch, static_cast<int>(samples.size()), gifts));

  PatternRebinning rebinning(info, registration, grid);
  const std::size_t area = static_cast<std::size_t>(grid.pixels) * grid.pixels;
  std::vector<float> pattern(static_cast<std::size_t>(info.detector_height) * info.detector_width), small(area);
  std::int64_t done = 0;
  for (const auto& [position, takers] : gifts) {
    // Each scan position is read once, in the order of the file.
    scan.read(static_cast<int>(position / info.scan_width), static_cast<int>(position % info.scan_width), pattern);
    repair(pattern, info.detector_height, info.detector_width, registration.faulty_pixels);
    rebinning.apply(pattern, small);
    for (const auto& taker : takers) {
      const auto weight = static_cast<float>(taker.weight / registration.beam_intensity.value);
      float* to = samples[taker.sample].patterns.data() + taker.position * area;
      for (std::size_t p = 0; p < area; ++p) to[p] += weight * small[p];
    }
    if (progress) progress("standard grid", ++done, static_cast<std::int64_t>(gifts.size()));
  }
  return samples;
}

Sample to_standard_grid(const Scan& scan, const Registration& registration, const StandardGrid& grid,
                        const Progress& progress) {
  const Stretch whole;
  return std::move(to_standard_grids(scan, registration, grid, std::span(&whole, 1), progress)[0]);
}

double covered_share(const Sample& sample) {
  double covered = 0;
  for (const auto one : sample.covered) covered += one != 0;
  return sample.covered.size() ? covered / sample.covered.size() : 0;
}

}  // namespace terrace
