#include "multislice/source_sum.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/matrix_product.h"

namespace terrace {
namespace {

constexpr int point_multiple = 8;  ///< whole registers along x

/// intensities[y][i] += weight · |ψ|², ψ = [2 y | 2 y + 1][i].
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void
add_squares(const float* __restrict psi, int points, std::int64_t size, float weight, float* __restrict intensities) {
  for (int y = 0; y < points; ++y, psi += 2 * size, intensities += size)
    for (std::int64_t i = 0; i < size; ++i)
      intensities[i] += weight * (psi[i] * psi[i] + psi[size + i] * psi[size + i]);
}

}  // namespace

struct SourceSum::Scratch {
  std::vector<float> sums, psi, intensities;
};

SourceSum::SourceSum(const ProbeFormer& probe, const ChosenBeams& own, const ChosenBeams& mirrored, int repeats,
                     std::span<const ProbePosition> positions)
    : probe_(probe) {
  add_rows(own, false);
  add_rows(mirrored, true);
  set_grid(repeats);
  for (auto& row : rows_) shift(row);
  set_phases();
  set_weights(positions);
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

void SourceSum::set_grid(int repeats) {
  int least_y = rows_[0].number_y, most_y = least_y, least_x = probe_.beams()[rows_[0].which[0]].number_x,
      most_x = least_x;
  for (const auto& row : rows_) {
    least_y = std::min(least_y, row.number_y), most_y = std::max(most_y, row.number_y);
    least_x = std::min(least_x, probe_.beams()[row.which.front()].number_x);
    most_x = std::max(most_x, probe_.beams()[row.which.back()].number_x);
  }
  along_x_ = SourceGridAxis::holding(most_x - least_x, probe_.grid().extent_x, point_multiple);
  along_y_ = SourceGridAxis::holding((most_y - least_y) / repeats, probe_.grid().extent_y / repeats);
}

void SourceSum::shift(Row& row) const {
  std::vector<Complex> amplitudes(row.which.size());
  const std::int64_t points = along_x_.points;
  for (const auto& state : probe_.defocus_states()) {
    Array<float, 3> shifted({3, row.count, points});
    for (std::int64_t x = 0; x < points; ++x) {
      probe_.form({0, along_x_.length * x / points}, state, row.which, amplitudes);
      for (std::size_t i = 0; i < amplitudes.size(); ++i) {
        const int beam = row.places[i] - row.first;
        shifted(0, beam, x) = amplitudes[i].real();
        shifted(1, beam, x) = amplitudes[i].imag();
        shifted(2, beam, x) = -amplitudes[i].imag();
      }
    }
    row.shifted.push_back(std::move(shifted));
  }
}

void SourceSum::set_phases() {
  phases_ = Array<float, 2>({2 * along_y_.points, 2 * std::ssize(rows_)});
  for (int y = 0; y < along_y_.points; ++y)
    for (int row = 0; row < std::ssize(rows_); ++row) {
      const double position = along_y_.length * y / along_y_.points;
      const double angle = -2 * pi * rows_[row].number_y * position / probe_.grid().extent_y;
      phases_(2 * y, 2 * row) = phases_(2 * y + 1, 2 * row + 1) = static_cast<float>(std::cos(angle));
      phases_(2 * y + 1, 2 * row) = static_cast<float>(std::sin(angle));
      phases_(2 * y, 2 * row + 1) = static_cast<float>(-std::sin(angle));
    }
}

void SourceSum::set_weights(std::span<const ProbePosition> positions) {
  std::vector<double> ys, xs;
  for (const auto& position : positions) ys.push_back(position.y), xs.push_back(position.x);
  const auto along_y = source_weights(along_y_, ys, probe_.source_sigma());
  const auto along_x = source_weights(along_x_, xs, probe_.source_sigma());
  const std::int64_t count = std::ssize(positions);
  weights_ = Array<float, 3>({along_y_.points, along_x_.points, count});
  for (std::int64_t y = 0; y < along_y_.points; ++y)
    for (std::int64_t x = 0; x < along_x_.points; ++x)
      for (std::int64_t p = 0; p < count; ++p)
        weights_(y, x, p) = static_cast<float>(along_y[y * count + p] * along_x[x * count + p]);
}

void SourceSum::sum_along_x(const Row& row, std::size_t state, MatrixLine line, int waves, float* sums) const {
  const auto& shifted = row.shifted[state];
  const int points = along_x_.points;
  const MatrixBlock real{line.first + row.first, line.stride};
  const MatrixBlock imaginary{line.first + line.imaginary + row.first, line.stride};
  float* imaginary_sums = sums + std::int64_t{waves} * points;
  add_product(real, shifted[0].data(), waves, row.count, points, 0, sums);
  add_product(imaginary, shifted[2].data(), waves, row.count, points, 1, sums);
  add_product(real, shifted[1].data(), waves, row.count, points, 0, imaginary_sums);
  add_product(imaginary, shifted[0].data(), waves, row.count, points, 1, imaginary_sums);
}

void SourceSum::add_block(MatrixLine line, MatrixLine opposite, int waves, Scratch& scratch, float* intensities) const {
  const std::int64_t size = std::int64_t{waves} * along_x_.points;
  scratch.sums.resize(2 * rows_.size() * size);
  scratch.psi.resize(2 * along_y_.points * size);
  scratch.intensities.assign(along_y_.points * size, 0.0f);
  const auto& states = probe_.defocus_states();
  for (std::size_t state = 0; state < states.size(); ++state) {
    for (std::size_t row = 0; row < rows_.size(); ++row)
      sum_along_x(rows_[row], state, rows_[row].mirrored ? opposite : line, waves,
                  scratch.sums.data() + 2 * row * size);
    multiply_matrices(phases_.data(), scratch.sums.data(), 2 * along_y_.points, 2 * static_cast<int>(rows_.size()),
                      static_cast<int>(size), scratch.psi.data());
    add_squares(scratch.psi.data(), along_y_.points, size, static_cast<float>(states[state].weight),
                scratch.intensities.data());
  }
  for (int y = 0; y < along_y_.points; ++y)
    add_product({scratch.intensities.data() + y * size, along_x_.points}, weights_[y].data(), waves, along_x_.points,
                static_cast<int>(weights_.extent(2)), 1, intensities);
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
