#include "learning/augmentation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

TEST(Augmentation, the_mirror_image_of_the_mirror_image_is_the_sample) {
  Sample sample = synthetic::samples(3)[1];
  sample.covered(1, 0) = 0;
  Random random(1);
  for (auto& value : sample.patterns) value = static_cast<float>(random.uniform());
  const Sample twice = mirrored(mirrored(sample));
  EXPECT_TRUE(std::ranges::equal(twice.patterns, sample.patterns));
  EXPECT_TRUE(std::ranges::equal(twice.covered, sample.covered));
}

TEST(Augmentation, the_mirror_turns_ky_round_the_beam_and_keeps_kx) {
  Sample sample = synthetic::samples(1)[0];
  sample.patterns(0, 2, 3, 6) = 0.7f;  // one pixel below the beam in row 4
  EXPECT_EQ(mirrored(sample).patterns(0, 2, 5, 6), 0.7f);
}

TEST(Augmentation, what_the_window_hides_is_neither_covered_nor_there) {
  const Sample whole = synthetic::samples(1)[0], part = seen_through({1, 1, 0, 1, 1, 1, 0, 1}, whole);
  for (int position = 0; position < 8; ++position) {
    const bool hidden = position == 2 || position == 6;
    EXPECT_EQ(part.covered.data()[position], hidden ? 0 : 1);
    EXPECT_EQ(part.patterns.data()[64 * position + 5], hidden ? 0 : whole.patterns.data()[64 * position + 5]);
  }
}

TEST(Augmentation, a_window_is_one_run_of_columns_and_never_smaller_than_allowed) {
  const StandardGrid grid;
  int smallest = grid.across;
  for (std::uint64_t draw = 0; draw < 300; ++draw) {
    Random random(draw);
    const auto covered = random_window(grid, 0.5, random);
    int columns = 0, edges = 0;
    for (int x = 0; x < grid.across; ++x) {
      columns += covered[x] == 1;
      edges += x > 0 && covered[x] != covered[x - 1];
      EXPECT_EQ(covered[x], covered[grid.across + x]);
    }
    EXPECT_GE(columns, 8);
    EXPECT_LE(edges, 2);
    smallest = std::min(smallest, columns);
  }
  EXPECT_EQ(smallest, 8);
}

}  // namespace
}  // namespace terrace
