// The mean pattern is the mean, of all positions or of some spread evenly; it needs no calibration.
#include "registration/virtual_images.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numeric>

#include "core/constants.h"
#include "registration/test_scans.h"

namespace terrace {
namespace {

/// 20 × 30 patterns of 4 × 5 pixels; a pattern's pixels are all its row of the scan.
MemoryScan row_numbers() {
  ScanInfo info;
  info.scan_height = 20, info.scan_width = 30;
  info.detector_height = 4, info.detector_width = 5;
  MemoryScan scan(info);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x)
      for (float& value : scan.pattern(y, x)) value = static_cast<float>(y);
  return scan;
}

TEST(MeanPattern, holds_the_sum_of_all_patterns_over_their_number) {
  auto scan = row_numbers();
  scan.pattern(3, 7)[13] += 600;
  const auto mean = mean_pattern(scan, 600);
  // Whole numbers below 2^53 add without rounding; the mean of 0 … 19 is 9.5.
  for (std::int64_t i = 0; i < mean.size(); ++i) EXPECT_DOUBLE_EQ(mean.data()[i], i == 13 ? 10.5 : 9.5);
}

TEST(MeanPattern, values_that_are_no_numbers_now_and_then_are_taken_as_their_neighbours) {
  auto scan = row_numbers();
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; x += 3) scan.pattern(y, x)[7] = std::nanf("");
  const auto mean = mean_pattern(scan, 600);
  for (const double value : mean) EXPECT_DOUBLE_EQ(value, 9.5);
}

TEST(MeanPattern, of_some_positions_takes_them_from_all_rows_and_columns) {
  // Sixty of 600, one of every ten: three from each row.
  const auto mean = mean_pattern(row_numbers(), 60);
  for (const double value : mean) EXPECT_DOUBLE_EQ(value, 9.5);
  auto by_column = row_numbers();
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x)
      for (float& value : by_column.pattern(y, x)) value = static_cast<float>(x);
  // Twenty of 600: a row each, and not the same column each time. Columns drawn at random would have a mean of
  // 14.5 ± 8.7 / √20.
  for (const double value : mean_pattern(by_column, 20)) EXPECT_NEAR(value, 14.5, 2);
}

TEST(WholeCells, weights_sum_to_one_and_leave_nothing_of_the_lattice) {
  for (const double length : {1.0, 1.6, 2.05, 3.3, 7.9}) {
    constexpr double cell = 3.905, step = 0.2;
    const int count = static_cast<int>(std::ceil(length * cell / step));
    const auto weights = whole_cell_weights(count, step, cell);
    ASSERT_EQ(static_cast<int>(weights.size()), count);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-9);
    std::complex<double> left = 0;
    for (int i = 0; i < count; ++i) left += weights[i] * std::polar(1.0, 2 * pi * i * step / cell);
    // Exact but for positions that stand for the step around them: (π step / cell)² / 6 at worst.
    EXPECT_LT(std::abs(left), 0.005) << length;
  }
}

TEST(WholeCells, less_than_a_cell_counts_as_it_is) {
  for (const double weight : whole_cell_weights(5, 0.5, 3.905)) EXPECT_EQ(weight, 0.2);
}

}  // namespace
}  // namespace terrace
