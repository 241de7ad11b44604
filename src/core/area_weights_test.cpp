// Overlap weights share out, they neither make nor lose intensity.
#include "core/area_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "core/error.h"

namespace terrace {
namespace {

/// Everything that input pixel `index` gives away.
double given(const AreaWeights& weights, int index) {
  double sum = 0;
  for (int output = 0; output < weights.output_count(); ++output) {
    const int j = index - weights.first(output);
    if (j >= 0 && j < static_cast<int>(weights.weights(output).size())) sum += weights.weights(output)[j];
  }
  return sum;
}

TEST(AreaWeights, every_inner_pixel_gives_all_it_has) {
  for (const double pitch : {0.3, 1.0, 2.7, -1.3}) {
    const AreaWeights weights({40, 0.8, 19.3}, {101, pitch, 50.2});
    for (int index = 0; index < 40; ++index)
      if (std::abs((index - 19.3) * 0.8) + 0.4 < 49 * std::abs(pitch)) {
        // A few float roundings of weights below 1.
        EXPECT_NEAR(given(weights, index), 1, 1e-6) << pitch << ' ' << index;
      }
  }
}

TEST(AreaWeights, equal_axes_change_nothing) {
  const AreaWeights weights({7, 0.25, 3}, {7, 0.25, 3});
  for (int index = 0; index < 7; ++index) {
    ASSERT_EQ(weights.weights(index).size(), 1u);
    EXPECT_EQ(weights.first(index), index);
    EXPECT_EQ(weights.weights(index)[0], 1);
    EXPECT_EQ(weights.covered(index), 1);
  }
}

TEST(AreaWeights, a_backward_axis_mirrors) {
  const AreaWeights weights({5, -1.0, 2}, {5, 1.0, 2});
  for (int index = 0; index < 5; ++index) EXPECT_EQ(weights.first(index), 4 - index);
}

TEST(AreaWeights, the_mean_position_is_kept) {
  // Output pixels so fine that the mean moves by at most one of them.
  const PixelAxis input{30, 0.8212, 14.6}, output{4001, 0.02, 2000};
  const AreaWeights weights(input, output);
  double mean = 0, sum = 0;
  for (int o = 0; o < output.count; ++o)
    for (std::size_t j = 0; j < weights.weights(o).size(); ++j)
      if (weights.first(o) + static_cast<int>(j) == 11) {
        mean += weights.weights(o)[j] * output.middle(o);
        sum += weights.weights(o)[j];
      }
  EXPECT_NEAR(mean / sum, input.middle(11), 0.02);
}

TEST(AreaWeights, pixels_out_of_reach_are_uncovered) {
  const AreaWeights weights({4, 1.0, 1.5}, {8, 1.0, 3.5});
  EXPECT_EQ(weights.covered(0), 0);
  EXPECT_TRUE(weights.weights(0).empty());
  EXPECT_EQ(weights.covered(3), 1);
}

TEST(AreaWeights, refuse_a_width_of_zero) { EXPECT_THROW(AreaWeights({4, 0.0, 1}, {4, 1.0, 1}), InputError); }

TEST(AreaWeights, rebinning_conserves_the_sum_in_two_dimensions) {
  const AreaWeights rows({9, 0.7, 4.2}, {12, 1.1, 6}), columns({11, 0.9, 5.1}, {13, 1.1, 6});
  std::vector<float> input(9 * 11), output(12 * 13), scratch;
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>((i * 37) % 11);
  rebin(rows, columns, input, output, scratch);
  const double before = std::accumulate(input.begin(), input.end(), 0.0);
  EXPECT_NEAR(std::accumulate(output.begin(), output.end(), 0.0), before, 1e-5 * before);
}

}  // namespace
}  // namespace terrace
