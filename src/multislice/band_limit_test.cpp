#include "multislice/band_limit.h"

#include <gtest/gtest.h>

#include "multislice/propagator.h"

namespace terrace {
namespace {

const Grid grids[] = {{48, 64, 7.81, 9.3}, {16, 16, 3.0, 3.0}, {32, 96, 3.905, 31.24}, {9, 15, 2.0, 3.0}};

TEST(BandLimit, keeps_what_the_propagator_keeps) {
  for (const auto& grid : grids) {
    Array<Complex, 2> ones({grid.height, grid.width});
    for (auto& value : ones) value = 1;
    BandLimit(grid).apply(ones.span(), 0.5f);
    const PlaneWaves plane_waves(grid);
    const auto free_space = propagator(plane_waves, 200, 2);
    for (int y = 0; y < grid.height; ++y)
      for (int x = 0; x < grid.width; ++x) {
        const int row = plane_waves.row_of(Grid::signed_index(y, grid.height));
        const int column = plane_waves.column_of(Grid::signed_index(x, grid.width));
        const bool kept = column >= 0 && std::abs(free_space(column, row)) > 0;
        EXPECT_EQ(ones(y, x), kept ? Complex(0.5f) : Complex(0)) << y << ' ' << x;
      }
  }
}

TEST(BandLimit, rows_shorten_away_from_the_axis) {
  for (const auto& grid : grids) {
    const BandLimit band(grid);
    for (int row = 1; row < band.rows(); ++row) EXPECT_LE(band.columns(row), band.columns(row - 1));
    EXPECT_GE(band.columns(band.rows() - 1), 1);
  }
}

}  // namespace
}  // namespace terrace
