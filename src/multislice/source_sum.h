// Patterns of a finite source out of a scattering matrix: one coherent sum for each point of a grid, whatever the
// positions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/array.h"
#include "microscope/probe.h"
#include "multislice/source_grid.h"

namespace terrace {

/// Beams of a probe (their numbers in it) and where each stands in a scattering matrix.
struct ChosenBeams {
  std::vector<int> which, places;
};

/// One line of plane waves in a scattering matrix: the real parts of wave i stand from `first` + i · stride, its
/// imaginary ones `imaginary` numbers later.
struct MatrixLine {
  const float* first = nullptr;
  int stride = 0;
  int imaginary = 0;
};

/// Plane waves that are summed together: enough for the products' speed, few enough for the cache.
inline constexpr int waves_per_source_block = 64;

/// I(k; r) = ∫ |Σ_g S(k, g) A(g) exp(−2πi g·(r + s))|² exp(−s²/2σ²) ds / 2πσ², exactly (to float rounding), for the
/// beams g of one Bloch sector. |…|² holds the differences of beams alone: along x up to the aperture's diameter, with
/// the window's period; along y in steps of `repeats`, with the period of one repeat. So it is squared on the few
/// points that hold all of that, and one real matrix for each axis both interpolates and blurs (source_grid.h). The
/// defocus spread is a sum over its states before. Work for each plane wave: beams · points along x, rows of beams ·
/// points, points · positions, instead of beams · positions · (7 to 61 shifts of the probe). A position's spread is a
/// sum of such weights, and costs nothing for each plane wave; each of its places costs points · points once.
class SourceSum {
 public:
  /// `mirrored` are beams that enter as their mirror images and fall on the same plane waves (none: empty).
  SourceSum(const ProbeFormer& probe, const ChosenBeams& own, const ChosenBeams& mirrored, int repeats,
            std::span<const ProbePosition> positions);

  /// intensities[wave][position] of `waves` plane waves of one line. `opposite` is the line at −number_y, which the
  /// mirrored beams have come to. Safe from several threads.
  void add_line(MatrixLine line, MatrixLine opposite, int waves, float* intensities) const;

 private:
  /// Beams with one number along y, neighbours along x: places first … first + count − 1 of the matrix.
  struct Row {
    int number_y = 0, first = 0, count = 0;
    bool mirrored = false;
    std::vector<int> which, places;
    std::vector<Array<float, 3>> shifted;  // of each defocus: [a, ia][beam][point along x: real parts, imaginary ones]
  };
  struct Scratch;
  struct Places;

  void add_rows(const ChosenBeams& beams, bool mirrored);
  SourceGridAxis axis_along_x(const Places& places) const;
  SourceGridAxis axis_along_y(const Places& places, int repeats) const;
  void shift(Row& row) const;
  void set_phases();
  void set_weights(const Places& places);
  void sum_along_x(std::size_t state, MatrixLine line, MatrixLine opposite, int waves, std::vector<float>& sums) const;
  void add_block(MatrixLine line, MatrixLine opposite, int waves, Scratch& scratch, float* intensities) const;

  const ProbeFormer& probe_;
  std::vector<Row> rows_;
  std::optional<SourceGridAxis> along_x_, along_y_;
  Array<float, 2> phases_;   // [2 points along y][2 rows]
  Array<float, 3> weights_;  // [point along y][point along x][position]
};

}  // namespace terrace
