#include "multislice/structure_factor.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "core/constants.h"

namespace terrace {
namespace {

constexpr int pair_height = 2;              // rows of frequencies that one tile covers
constexpr int tile_rows = 2 * pair_height;  // their cosines, then their sines
constexpr int tile_columns = 2 * strip_width;

int row_count(const Grid& grid) { return frequencies_below_nyquist(grid.height); }
int strip_count(const Grid& grid) { return (frequencies_below_nyquist(grid.width) + strip_width - 1) / strip_width; }

/// Cosines and sines of 2πk p for frequency numbers k = 0 … count − 1 (in blocks of `lanes`), summed over points that
/// share a column: [block][column][cosines of the block, sines of the block].
class Phases {
 public:
  Phases(int count, int lanes, int columns)
      : count_(count), lanes_(lanes), values_({(count + lanes - 1) / lanes, columns, 2 * lanes}) {}

  /// Adds `weight` × the phases of a point at `fraction` of the period.
  void add(double fraction, double weight, int column) {
    const double turn_cos = std::cos(2 * pi * fraction), turn_sin = std::sin(2 * pi * fraction);
    double cosine = weight, sine = 0;
    for (int k = 0; k < count_; ++k) {
      double* block = &values_(k / lanes_, column, 0);
      block[k % lanes_] += cosine;
      block[lanes_ + k % lanes_] += sine;
      const double next = cosine * turn_cos - sine * turn_sin;
      sine = cosine * turn_sin + sine * turn_cos;
      cosine = next;
    }
  }

  const double* block(int index) const { return &values_(index, 0, 0); }
  int blocks() const { return static_cast<int>(values_.extent(0)); }
  int columns() const { return static_cast<int>(values_.extent(1)); }

 private:
  int count_, lanes_;
  Array<double, 3> values_;
};

/// Which scatterers share a coordinate: the column of each, and how many columns there are.
struct Columns {
  std::vector<int> of;
  int count = 0;
};

Columns columns_of(std::span<const Scatterer> scatterers, double Scatterer::*coordinate) {
  Columns columns;
  std::map<double, int> known;
  for (const auto& scatterer : scatterers)
    columns.of.push_back(known.try_emplace(scatterer.*coordinate, static_cast<int>(known.size())).first->second);
  columns.count = static_cast<int>(known.size());
  return columns;
}

/// Eight doubles: one vector register, or a few narrower ones.
using Lanes = double __attribute__((vector_size(strip_width * sizeof(double)), may_alias));

/// product[4][16] = Σ_column left[column][4] right[column][16]. The eight sums stay in registers: written with vector
/// types, because GCC 12 keeps them in memory when they are arrays.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void multiply_tile(const double* __restrict left, const double* __restrict right, int columns,
                   double* __restrict product) {
  Lanes c0 = {}, c1 = {}, c2 = {}, c3 = {}, s0 = {}, s1 = {}, s2 = {}, s3 = {};
  for (int column = 0; column < columns; ++column, left += tile_rows, right += tile_columns) {
    const auto* lanes = reinterpret_cast<const Lanes*>(right);
    const Lanes cosines = lanes[0], sines = lanes[1];
    c0 += left[0] * cosines, s0 += left[0] * sines;
    c1 += left[1] * cosines, s1 += left[1] * sines;
    c2 += left[2] * cosines, s2 += left[2] * sines;
    c3 += left[3] * cosines, s3 += left[3] * sines;
  }
  auto* rows = reinterpret_cast<Lanes*>(product);
  rows[0] = c0, rows[1] = s0, rows[2] = c1, rows[3] = s1, rows[4] = c2, rows[5] = s2, rows[6] = c3, rows[7] = s3;
}

/// One row of a tile, that is eight frequencies: the four products times the weights.
void add_weighted(const double* cosine_row, const double* sine_row, const double* weight, double* spectrum) {
  for (int j = 0; j < strip_width; ++j) {
    spectrum[j] += weight[j] * cosine_row[j];
    spectrum[strip_width + j] += weight[j] * cosine_row[strip_width + j];
    spectrum[2 * strip_width + j] += weight[j] * sine_row[j];
    spectrum[3 * strip_width + j] += weight[j] * sine_row[strip_width + j];
  }
}

void add_tile(const double* product, int first_row, int strip, std::span<const WeightedSum> sums) {
  for (const auto& [weight, spectrum] : sums)
    for (int i = 0; i < pair_height && first_row + i < weight->extent(0); ++i)
      add_weighted(product + i * tile_columns, product + (pair_height + i) * tile_columns,
                   &(*weight)(first_row + i, strip, 0), &(*spectrum)(first_row + i, strip, 0, 0));
}

void multiply_phases(const Phases& left, const Phases& right, std::span<const WeightedSum> sums) {
  alignas(64) double product[tile_rows * tile_columns];
  for (int pair = 0; pair < left.blocks(); ++pair)
    for (int strip = 0; strip < right.blocks(); ++strip) {
      multiply_tile(left.block(pair), right.block(strip), left.columns(), product);
      add_tile(product, pair * pair_height, strip, sums);
    }
}

}  // namespace

Quadrant make_quadrant(const Grid& grid) { return Quadrant({row_count(grid), strip_count(grid), strip_width}); }

QuadrantSpectrum make_quadrant_spectrum(const Grid& grid) {
  return QuadrantSpectrum({row_count(grid), strip_count(grid), 4, strip_width});
}

void add_structure_factor(std::span<const Scatterer> scatterers, const Grid& grid, std::span<const WeightedSum> sums) {
  const auto by_x = columns_of(scatterers, &Scatterer::x), by_y = columns_of(scatterers, &Scatterer::y);
  const bool share_x = by_x.count <= by_y.count;
  const auto& columns = share_x ? by_x : by_y;
  Phases along_y(row_count(grid), pair_height, columns.count);
  Phases along_x(frequencies_below_nyquist(grid.width), strip_width, columns.count);
  std::vector<bool> seen(columns.count);
  for (std::size_t i = 0; i < scatterers.size(); ++i) {
    const auto& [x, y, weight] = scatterers[i];
    const int column = columns.of[i];
    // The shared coordinate's phases stand in their column once; the other's are summed there with the weights.
    if (share_x || !seen[column]) along_y.add(y / grid.extent_y, share_x ? weight : 1, column);
    if (!share_x || !seen[column]) along_x.add(x / grid.extent_x, share_x ? 1 : weight, column);
    seen[column] = true;
  }
  multiply_phases(along_y, along_x, sums);
}

namespace {

struct Pair {
  std::complex<double> plus, minus;  // at (ky, kx) and at (ky, −kx)
};

/// exp(−i(α + β)) = (cos α cos β − sin α sin β) − i (sin α cos β + cos α sin β), with α along y and β along x.
Pair frequencies(const QuadrantSpectrum& spectrum, int row, int column) {
  const double* products = &spectrum(row, column / strip_width, 0, column % strip_width);
  const double cc = products[0], cs = products[strip_width], sc = products[2 * strip_width],
               ss = products[3 * strip_width];
  return {{cc - ss, -(sc + cs)}, {cc + ss, cs - sc}};
}

}  // namespace

void unfold(const QuadrantSpectrum& real, const QuadrantSpectrum* imaginary, const Grid& grid,
            std::span<Complex> plane) {
  const std::complex<double> i(0, 1);
  for (int row = 0; row < row_count(grid); ++row) {
    const auto line = plane.subspan(std::int64_t{row} * grid.width, grid.width);
    const auto mirror = plane.subspan(std::int64_t{Grid::fft_index(-row, grid.height)} * grid.width, grid.width);
    for (int column = 0; column < frequencies_below_nyquist(grid.width); ++column) {
      const auto elastic = frequencies(real, row, column);
      const auto absorptive = imaginary ? frequencies(*imaginary, row, column) : Pair{};
      const int opposite = Grid::fft_index(-column, grid.width);
      // Each field is real: its value at −k is the conjugate of that at k.
      line[column] = Complex(elastic.plus + i * absorptive.plus);
      line[opposite] = Complex(elastic.minus + i * absorptive.minus);
      mirror[opposite] = Complex(std::conj(elastic.plus) + i * std::conj(absorptive.plus));
      mirror[column] = Complex(std::conj(elastic.minus) + i * std::conj(absorptive.minus));
    }
  }
}

}  // namespace terrace
