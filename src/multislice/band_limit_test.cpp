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
    const auto free_space = propagator(grid, 200, 2);
    for (std::int64_t i = 0; i < ones.size(); ++i)
      EXPECT_EQ(ones.data()[i], std::abs(free_space.data()[i]) > 0 ? Complex(0.5f) : Complex(0)) << i;
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
