#include "learning/compact_patterns.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace terrace {
namespace {

TEST(CompactPatterns, keep_square_roots_to_half_a_step_of_the_brightest) {
  Array<float, 4> patterns({2, 3, 4, 5});
  Random random(1);
  for (auto& value : patterns) value = static_cast<float>(std::exp(random.uniform(-20, -5)));
  const float brightest = std::sqrt(*std::max_element(patterns.begin(), patterns.end()));
  const auto again = CompactPatterns(patterns).patterns();
  EXPECT_EQ(again.extents(), patterns.extents());
  for (std::int64_t i = 0; i < patterns.size(); ++i)
    // Half a step, and float roundings of numbers up to 65,535 steps.
    EXPECT_NEAR(std::sqrt(again.data()[i]), std::sqrt(patterns.data()[i]), brightest * (0.5 / 65535 + 2e-7));
}

TEST(CompactPatterns, of_nothing_are_nothing) {
  const auto dark = CompactPatterns(Array<float, 4>({1, 1, 2, 2})).patterns();
  for (const float value : dark) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace terrace
