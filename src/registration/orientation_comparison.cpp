#include "registration/orientation_comparison.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

/// ln of the odds below which counting noise may have decided: 1 in 3 million for one rival of seven.
constexpr double least_log_odds = 15;
/// A rival that explains more than this of what the best does is too near for a simulation that lacks something. With
/// 5 nm of astigmatism and 150 nm of coma, which no simulated state has, a wrong way was best by 0.29 and less clearly;
/// without, the right one is by 0.1 and more clearly (SubstrateOrientation tests).
constexpr double most_runner_up_share = 0.2;
constexpr double least_correlation_of_patterns = 0.05;

/// Patterns of all places, at the pixels that are compared, one after another.
using Values = std::vector<double>;

std::vector<int> compared_pixels(const CellGrid& grid, double reach_mrad) {
  std::vector<int> pixels;
  for (int y = 0; y < grid.pixels; ++y)
    for (int x = 0; x < grid.pixels; ++x)
      if (std::hypot(y - grid.pixels / 2, x - grid.pixels / 2) * grid.mrad_per_pixel <= reach_mrad)
        pixels.push_back(y * grid.pixels + x);
  return pixels;
}

/// Weighted sums over places and pixels: every position counts once, every pixel by 1 / its mean.
class Comparison {
 public:
  Comparison(const CellPatterns& measured, const CellGrid& grid, double reach_mrad)
      : measured_(measured), grid_(grid), pixels_(compared_pixels(grid, reach_mrad)) {
    for (const double taken : measured.taken) positions_ += taken;
    for (const int pixel : pixels_) {
      double mean = 0;
      for (int place = 0; place < grid.places(); ++place) mean += taken(place) * pattern(place)[pixel] / positions_;
      weights_.push_back(mean);
    }
    const double floor = 0.02 * *std::max_element(weights_.begin(), weights_.end());
    for (std::size_t k = 0; k < pixels_.size(); ++k) {
      const double mean = weights_[k];
      weights_[k] = 1 / std::max(mean, floor);
      scatter_ += positions_ * weights_[k] * (measured.square.data()[pixels_[k]] - mean * mean);
    }
    for (int place = 0; place < grid.places(); ++place)
      for (const int pixel : pixels_) deviations_.push_back(pattern(place)[pixel]);
    take_out_mean(deviations_);
  }

  const Values& deviations() const { return deviations_; }
  /// Σ over positions of the squared deviations.
  double scatter() const { return scatter_; }
  double numbers() const { return positions_ * static_cast<double>(pixels_.size()); }

  Values values(const Array<float, 4>& patterns) const {
    Values values;
    const std::int64_t area = std::int64_t{grid_.pixels} * grid_.pixels;
    for (int place = 0; place < grid_.places(); ++place)
      for (const int pixel : pixels_) values.push_back(patterns.data()[place * area + pixel]);
    return values;
  }
  Values turned(const Values& values, const CellTurn& turn) const {
    Values result;
    const auto count = static_cast<std::ptrdiff_t>(pixels_.size());
    for (int y = 0; y < grid_.count; ++y)
      for (int x = 0; x < grid_.count; ++x) {
        const auto from = values.begin() + turn.place(y, x, grid_.count) * count;
        result.insert(result.end(), from, from + count);
      }
    return result;
  }
  void take_out_mean(Values& values) const {
    const std::size_t count = pixels_.size();
    for (std::size_t k = 0; k < count; ++k) {
      double mean = 0;
      for (int place = 0; place < grid_.places(); ++place)
        mean += taken(place) * values[place * count + k] / positions_;
      for (int place = 0; place < grid_.places(); ++place) values[place * count + k] -= mean;
    }
  }
  double product(const Values& a, const Values& b) const {
    double sum = 0;
    const std::size_t count = pixels_.size();
    for (int place = 0; place < grid_.places(); ++place) {
      if (taken(place) == 0) continue;
      double line = 0;
      for (std::size_t k = 0; k < count; ++k) line += weights_[k] * a[place * count + k] * b[place * count + k];
      sum += taken(place) * line;
    }
    return sum;
  }
  /// Takes from `values` what is like `direction`.
  void take_out(Values& values, const Values& direction) const {
    const double length = product(direction, direction);
    if (!(length > 0)) return;
    const double share = product(values, direction) / length;
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= share * direction[i];
  }

 private:
  double taken(int place) const { return measured_.taken.data()[place]; }
  const double* pattern(int place) const {
    return measured_.mean.data() + std::int64_t{place} * grid_.pixels * grid_.pixels;
  }

  const CellPatterns& measured_;
  const CellGrid& grid_;
  std::vector<int> pixels_;
  std::vector<double> weights_;  ///< of each compared pixel
  double positions_ = 0, scatter_ = 0;
  Values deviations_;
};

/// The mean of all eight: it says nothing about which of them is true.
Values in_common(const Comparison& comparison, const Values& values, const std::array<CellTurn, 8>& turns) {
  Values sum(values.size());
  for (const auto& turn : turns) {
    const auto one = comparison.turned(values, turn);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += one[i] / 8;
  }
  return sum;
}

/// What each of the eight explains with one simulated state, and the correlation.
struct Explained {
  double square = 0, correlation = 0;
};

std::array<Explained, 8> explain(const Comparison& comparison, const Array<float, 4>& simulated,
                                 const std::array<CellTurn, 8>& turns) {
  auto telling = comparison.values(simulated);
  auto common = in_common(comparison, telling, turns);
  for (std::size_t i = 0; i < telling.size(); ++i) telling[i] -= common[i];
  comparison.take_out_mean(common);
  auto seen = comparison.deviations();
  comparison.take_out(seen, common);
  const double all = comparison.product(seen, seen);
  std::array<Explained, 8> explained;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    auto expected = comparison.turned(telling, turns[i]);
    comparison.take_out_mean(expected);
    comparison.take_out(expected, common);
    const double length = comparison.product(expected, expected), match = comparison.product(seen, expected);
    if (!(match > 0) || !(length > 0) || !(all > 0)) continue;
    explained[i] = {match * match / length, match / std::sqrt(length * all)};
  }
  return explained;
}

}  // namespace

int CellTurn::place(int y, int x, int count) const {
  const auto within = [&](int number) { return ((number % count) + count) % count; };
  return within(matrix[2] * x + matrix[3] * y) * count + within(matrix[0] * x + matrix[1] * y);
}

std::array<CellTurn, 8> cell_turns(double angle_deg) {
  std::array<CellTurn, 8> turns;
  constexpr std::array cosines = {1, 0, -1, 0}, sines = {0, 1, 0, -1};
  for (int n = 0; n < 4; ++n) {
    const int c = cosines[n], s = sines[n];
    turns[n] = {{std::remainder(90.0 * n + angle_deg, 360), Handedness::same}, {c, s, -s, c}};
    turns[n + 4] = {{std::remainder(90.0 * n - angle_deg, 360), Handedness::mirrored}, {c, s, s, -c}};
  }
  return turns;
}

bool OrientationComparison::clear() const {
  return log_odds > least_log_odds && runner_up_share < most_runner_up_share &&
         best().correlation > least_correlation_of_patterns;
}

OrientationComparison compare_orientations(const CellPatterns& measured, const std::vector<Array<float, 4>>& simulated,
                                           const CellGrid& grid, double angle_deg, double reach_mrad) {
  const Comparison comparison(measured, grid, reach_mrad);
  const auto turns = cell_turns(angle_deg);
  OrientationComparison result;
  std::array<std::pair<double, TurnScore>, 8> scored;
  for (std::size_t i = 0; i < turns.size(); ++i) scored[i].second.orientation = turns[i].orientation;
  for (std::size_t state = 0; state < simulated.size(); ++state) {
    const auto explained = explain(comparison, simulated[state], turns);
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (explained[i].square <= scored[i].first) continue;
      scored[i].first = explained[i].square;
      scored[i].second.correlation = explained[i].correlation;
      scored[i].second.state = static_cast<int>(state);
    }
  }
  std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < scored.size(); ++i) result.scores[i] = scored[i].second;
  const double first = scored[0].first, second = scored[1].first;
  const double noise = (comparison.scatter() - first) / std::max(1.0, comparison.numbers());
  if (!(first > 0) || !(noise > 0)) return result;
  result.log_odds = (first - second) / (2 * noise);
  result.runner_up_share = second / first;
  return result;
}

}  // namespace terrace
