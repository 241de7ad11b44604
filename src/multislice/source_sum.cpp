#include "multislice/source_sum.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/matrix_product.h"

namespace terrace {
namespace {

/// A Gaussian's tail as far as it counts: beyond, products are denormal numbers, which take a processor a hundred times
/// as long as others, and add nothing.
constexpr double weightless = 1e-20;

/// intensities[y][x] += weight · |ψ|², ψ = [y][real | imaginary][x].
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void
add_squares(const float* __restrict psi, int rows, int columns, float weight, float* __restrict intensities) {
  for (int y = 0; y < rows; ++y, psi += 2 * columns, intensities += columns)
    for (int x = 0; x < columns; ++x)
      intensities[x] += weight * (psi[x] * psi[x] + psi[columns + x] * psi[columns + x]);
}

}  // namespace

/// Every place that patterns are means over: those of position p are first[p] … first[p + 1] − 1.
struct SourceSum::Places {
  std::vector<double> y, x, share;
  std::vector<std::size_t> first = {0};

  explicit Places(std::span<const ProbePosition> positions) {
    static const Spread alone(1);
    for (const auto& position : positions) {
      for (const auto& place : position.spread ? *position.spread : alone) {
        y.push_back(position.y + place.y);
        x.push_back(position.x + place.x);
        share.push_back(place.share);
      }
      first.push_back(share.size());
    }
  }
  std::int64_t positions() const { return std::ssize(first) - 1; }
};

namespace {

/// The weights of all points of an axis for each coordinate; a scan has few distinct ones.
class WeightsAlong {
 public:
  WeightsAlong(const SourceGridAxis& axis, const std::vector<double>& coordinates)
      : points_(axis.points()), distinct_(coordinates) {
    std::ranges::sort(distinct_);
    distinct_.erase(std::unique(distinct_.begin(), distinct_.end()), distinct_.end());
    const auto weights = axis.weights(distinct_);
    weights_.resize(weights.size());
    for (std::size_t point = 0, i = 0; point < points_; ++point)
      for (std::size_t value = 0; value < distinct_.size(); ++value, ++i)
        weights_[value * points_ + point] = weights[i];
  }
  const double* at(double coordinate) const {
    return weights_.data() + (std::ranges::lower_bound(distinct_, coordinate) - distinct_.begin()) * points_;
  }

 private:
  std::size_t points_;
  std::vector<double> distinct_, weights_;  // [distinct coordinate][point]
};

}  // namespace

struct SourceSum::Scratch {
  std::vector<float> sums;         // [wave][row of beams][real | imaginary][point along x]
  std::vector<float> psi;          // [point along y][real | imaginary][point along x]
  std::vector<float> intensities;  // [wave][point along y][point along x]
};

SourceSum::SourceSum(const ProbeFormer& probe, const ChosenBeams& own, const ChosenBeams& mirrored, int repeats,
                     std::span<const ProbePosition> positions)
    : probe_(probe) {
  add_rows(own, false);
  add_rows(mirrored, true);
  const Places places(positions);
  along_x_ = axis_along_x(places);
  along_y_ = axis_along_y(places, repeats);
  for (auto& row : rows_) shift(row);
  set_phases();
  set_weights(places);
}

void SourceSum::add_rows(const ChosenBeams& beams, bool mirrored) {
  const auto& all = probe_.beams();
  for (std::size_t i = 0; i < beams.which.size(); ++i) {
    const int number_y = all[beams.which[i]].number_y;
    if (i == 0 || rows_.back().number_y != number_y)
      rows_.push_back({number_y, beams.places[i], 0, mirrored, {}, {}, {}});
    Row& row = rows_.back();
    row.which.push_back(beams.which[i]);
    row.places.push_back(beams.places[i]);
    row.count = beams.places[i] + 1 - row.first;
  }
}

SourceGridAxis SourceSum::axis_along_x(const Places& places) const {
  const auto& beams = probe_.beams();
  int least = beams[rows_[0].which[0]].number_x, most = least;
  for (const auto& row : rows_) {
    least = std::min(least, beams[row.which.front()].number_x);
    most = std::max(most, beams[row.which.back()].number_x);
  }
  return {{most - least, probe_.grid().extent_x}, places.x, probe_.source_sigma()};
}

SourceGridAxis SourceSum::axis_along_y(const Places& places, int repeats) const {
  const auto [least, most] = std::minmax_element(rows_.begin(), rows_.end(),
                                                 [](const Row& a, const Row& b) { return a.number_y < b.number_y; });
  const int reach = (most->number_y - least->number_y) / repeats;
  return {{reach, probe_.grid().extent_y / repeats}, places.y, probe_.source_sigma()};
}

void SourceSum::shift(Row& row) const {
  std::vector<Complex> amplitudes(row.which.size());
  const int points = along_x_->points();
  for (const auto& state : probe_.defocus_states()) {
    Array<float, 3> shifted({2, row.count, 2 * points});
    for (int x = 0; x < points; ++x) {
      probe_.form({0, along_x_->position(x)}, state, row.which, amplitudes);
      for (std::size_t i = 0; i < amplitudes.size(); ++i) {
        const int beam = row.places[i] - row.first;
        shifted(0, beam, x) = shifted(1, beam, points + x) = amplitudes[i].real();
        shifted(0, beam, points + x) = amplitudes[i].imag();
        shifted(1, beam, x) = -amplitudes[i].imag();
      }
    }
    row.shifted.push_back(std::move(shifted));
  }
}

void SourceSum::set_phases() {
  phases_ = Array<float, 2>({2 * along_y_->points(), 2 * std::ssize(rows_)});
  for (int y = 0; y < along_y_->points(); ++y)
    for (int row = 0; row < std::ssize(rows_); ++row) {
      const double angle = -2 * pi * rows_[row].number_y * along_y_->position(y) / probe_.grid().extent_y;
      phases_(2 * y, 2 * row) = phases_(2 * y + 1, 2 * row + 1) = static_cast<float>(std::cos(angle));
      phases_(2 * y + 1, 2 * row) = static_cast<float>(std::sin(angle));
      phases_(2 * y, 2 * row + 1) = static_cast<float>(-std::sin(angle));
    }
}

void SourceSum::set_weights(const Places& places) {
  const int points_y = along_y_->points(), points_x = along_x_->points();
  const WeightsAlong all_y(*along_y_, places.y), all_x(*along_x_, places.x);
  weights_ = Array<float, 3>({points_y, points_x, places.positions()});
  std::vector<double> sum(static_cast<std::size_t>(points_y) * points_x);
  for (std::int64_t p = 0; p < places.positions(); ++p) {
    std::ranges::fill(sum, 0);
    for (std::size_t i = places.first[p]; i < places.first[p + 1]; ++i) {
      const double *along_y = all_y.at(places.y[i]), *along_x = all_x.at(places.x[i]);
      for (int y = 0; y < points_y; ++y) {
        const double weight = places.share[i] * along_y[y];
        for (int x = 0; x < points_x; ++x) sum[y * points_x + x] += weight * along_x[x];
      }
    }
    for (std::size_t i = 0; i < sum.size(); ++i)
      weights_.data()[i * places.positions() + p] = std::abs(sum[i]) > weightless ? static_cast<float>(sum[i]) : 0;
  }
}

void SourceSum::sum_along_x(std::size_t state, MatrixLine line, MatrixLine opposite, int waves,
                            std::vector<float>& sums) const {
  const int width = 2 * along_x_->points(), stride = static_cast<int>(rows_.size()) * width;
  sums.resize(static_cast<std::size_t>(waves) * stride);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const auto& [first, from, imaginary] = row.mirrored ? opposite : line;
    const auto& shifted = row.shifted[state];
    const MatrixBlock<float> to{sums.data() + i * width, stride};
    add_product({first + row.first, from}, {shifted[0].data(), width}, waves, row.count, width, 0, to);
    add_product({first + imaginary + row.first, from}, {shifted[1].data(), width}, waves, row.count, width, 1, to);
  }
}

void SourceSum::add_block(MatrixLine line, MatrixLine opposite, int waves, Scratch& scratch, float* intensities) const {
  const int points_x = along_x_->points(), points_y = along_y_->points(), points = points_x * points_y;
  const int rows = static_cast<int>(rows_.size()), positions = static_cast<int>(weights_.extent(2));
  scratch.psi.resize(2 * points);
  scratch.intensities.assign(static_cast<std::size_t>(waves) * points, 0.0f);
  const auto& states = probe_.defocus_states();
  for (std::size_t state = 0; state < states.size(); ++state) {
    sum_along_x(state, line, opposite, waves, scratch.sums);
    for (std::int64_t wave = 0; wave < waves; ++wave) {
      multiply_matrices(phases_.data(), scratch.sums.data() + wave * 2 * rows * points_x, 2 * points_y, 2 * rows,
                        points_x, scratch.psi.data());
      add_squares(scratch.psi.data(), points_y, points_x, static_cast<float>(states[state].weight),
                  scratch.intensities.data() + wave * points);
    }
  }
  add_product({scratch.intensities.data(), points}, {weights_.data(), positions}, waves, points, positions, 1,
              {intensities, positions});
}

void SourceSum::add_line(MatrixLine line, MatrixLine opposite, int waves, float* intensities) const {
  Scratch scratch;
  for (int first = 0; first < waves; first += waves_per_source_block) {
    const std::int64_t to = std::int64_t{first} * line.stride;
    add_block({line.first + to, line.stride, line.imaginary},
              {opposite.first + to, opposite.stride, opposite.imaginary},
              std::min(waves_per_source_block, waves - first), scratch, intensities + first * weights_.extent(2));
  }
}

}  // namespace terrace
