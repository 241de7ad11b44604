#include "core/lane_transform.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <set>
#include <vector>

#include "core/array.h"
#include "core/error.h"

namespace terrace {
namespace {

using Double = std::complex<double>;

/// Numbers in −1 … 1 without pattern, another in each lane.
Array<float, 1> irregular(int length, std::int64_t stride) {
  Array<float, 1> data({length * stride});
  std::uint32_t state = 12345;
  for (int i = 0; i < length; ++i)
    for (int part = 0; part < lane_point; ++part) {
      state = state * 1664525u + 1013904223u;
      data.data()[i * stride + part] = static_cast<float>(state >> 8) / (1 << 23) - 1;
    }
  return data;
}

Double value(const Array<float, 1>& data, std::int64_t stride, int point, int lane) {
  const float* at = data.data() + point * stride + lane;
  return {at[0], at[lane_count]};
}

/// Σ x(n) exp(−2πi kn/N), in double: the definition.
Double direct_sum(const Array<float, 1>& data, std::int64_t stride, int length, int frequency, int lane) {
  Double sum = 0;
  for (int n = 0; n < length; ++n)
    sum += value(data, stride, n, lane) *
           std::polar(1.0, -2 * std::numbers::pi * (std::int64_t{frequency} * n % length) / length);
  return sum;
}

// Every radix, their mixtures, awkward and degenerate lengths.
constexpr int lengths[] = {1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 24, 30, 32, 48, 49, 50, 62, 96, 121, 128, 243, 250, 256};

class LaneTransformOn : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    const auto sets = available_instruction_sets();
    if (std::find(sets.begin(), sets.end(), GetParam()) == sets.end())
      GTEST_SKIP() << "this processor has no " << name_of(GetParam());
  }
};

TEST_P(LaneTransformOn, forward_is_the_direct_sum_in_every_lane) {
  for (const int length : lengths) {
    const LaneTransform transform(length, GetParam());
    const auto before = irregular(length, lane_point);
    auto after = before;
    transform.forward(after.data());
    // Each of about log2(N) passes rounds to 6e-8 of values whose root mean square is √(2N/3).
    const double tolerance = 6e-8 * 4 * (1 + std::log2(length)) * std::sqrt(length) * 2;
    for (int position = 0; position < length; ++position)
      for (const int lane : {0, 7, 15})
        EXPECT_LT(std::abs(value(after, lane_point, position, lane) -
                           direct_sum(before, lane_point, length, transform.frequency_at(position), lane)),
                  tolerance)
            << length << " points, position " << position << ", lane " << lane;
  }
}

TEST_P(LaneTransformOn, inverse_undoes_forward_at_any_stride) {
  for (const int length : lengths)
    for (const std::int64_t stride : {std::int64_t{lane_point}, std::int64_t{3 * lane_point}}) {
      const LaneTransform transform(length, GetParam());
      const auto before = irregular(length, stride);
      auto after = before;
      transform.forward(after.data(), stride);
      transform.inverse(after.data(), stride);
      for (std::int64_t i = 0; i < after.size(); ++i)
        ASSERT_NEAR(after.data()[i] / (i % stride < lane_point ? length : 1), before.data()[i], 4e-6)
            << length << " points, stride " << stride << ", float " << i;
    }
}

TEST_P(LaneTransformOn, multiply_turns_every_lane_by_the_same_factor) {
  const auto before = irregular(5, lane_point);
  auto after = before;
  const Complex factors[] = {{1, 0}, {0, 1}, {0.5f, -2}, {0, 0}, {-1, 1}};
  lane_kernels(GetParam()).multiply(factors, 5, after.data(), lane_point);
  for (int point = 0; point < 5; ++point)
    for (int lane = 0; lane < lane_count; ++lane)
      EXPECT_LT(std::abs(value(after, lane_point, point, lane) -
                         value(before, lane_point, point, lane) * Double(factors[point])),
                1e-6);
}

TEST_P(LaneTransformOn, through_frequencies_is_forward_multiply_inverse) {
  for (const int length : lengths) {
    const LaneTransform transform(length, GetParam());
    std::vector<Complex> factors(length);
    for (int i = 0; i < length; ++i) factors[i] = std::polar(1.0f / length, 0.7f * i);
    auto fused = irregular(length, 2 * lane_point), apart = fused;
    transform.through_frequencies(factors.data(), fused.data(), 2 * lane_point);
    transform.forward(apart.data(), 2 * lane_point);
    lane_kernels(GetParam()).multiply(factors.data(), length, apart.data(), 2 * lane_point);
    transform.inverse(apart.data(), 2 * lane_point);
    for (std::int64_t i = 0; i < fused.size(); ++i)
      ASSERT_NEAR(fused.data()[i], apart.data()[i], 4e-6) << length << " points, float " << i;
  }
}

TEST_P(LaneTransformOn, through_points_is_inverse_multiply_forward_on_the_columns_that_are_kept) {
  for (const int length : lengths) {
    const LaneTransform transform(length, GetParam());
    std::vector<Complex> factors(length);
    for (int i = 0; i < length; ++i) factors[i] = std::polar(1.0f / length, 0.7f * i);
    std::vector<int> column_of(length, -1);
    int columns = 0;  // two of three positions, from the last on
    for (int position = length - 1; position >= 0; --position)
      if (position % 3 != 1) column_of[position] = columns++;
    auto row = irregular(columns, lane_point), scratch = irregular(length, lane_point);
    Array<float, 1> plain({std::int64_t{length} * lane_point});
    for (int position = 0; position < length; ++position)
      if (column_of[position] >= 0)
        std::copy_n(row.data() + column_of[position] * lane_point, lane_point, plain.data() + position * lane_point);
    transform.through_points(factors.data(), column_of.data(), row.data(), scratch.data());
    transform.inverse(plain.data());
    lane_kernels(GetParam()).multiply(factors.data(), length, plain.data(), lane_point);
    transform.forward(plain.data());
    for (int position = 0; position < length; ++position)
      for (int part = 0; part < lane_point && column_of[position] >= 0; ++part)
        ASSERT_NEAR(row.data()[column_of[position] * lane_point + part], plain.data()[position * lane_point + part],
                    4e-6)
            << length << " points, position " << position;
  }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, LaneTransformOn,
                         testing::Values(InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512),
                         [](const auto& info) {
                           return info.param == InstructionSet::portable ? "portable"
                                  : info.param == InstructionSet::avx2   ? "avx2"
                                                                         : "avx512";
                         });

TEST(LaneTransform, frequencies_are_a_permutation) {
  for (const int length : lengths) {
    const LaneTransform transform(length);
    std::set<int> seen;
    for (int position = 0; position < length; ++position) seen.insert(transform.frequency_at(position));
    EXPECT_EQ(static_cast<int>(seen.size()), length);
    EXPECT_EQ(*seen.begin(), 0);
    EXPECT_EQ(*seen.rbegin(), length - 1);
  }
}

TEST(LaneTransform, refuses_lengths_with_large_primes) {
  EXPECT_THROW(LaneTransform(37), InputError);
  EXPECT_THROW(LaneTransform(2 * 101), InputError);
  EXPECT_THROW(LaneTransform(0), InputError);
}

}  // namespace
}  // namespace terrace
