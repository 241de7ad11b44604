#include "multislice/thermal_motion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

Slab many_atoms(int count, double b_factor) {
  Slab slab{"many", 2, {}};
  for (int i = 0; i < count; ++i) slab.atoms.push_back({38, 0.5 * i, 0.25 * i, 1, 1, b_factor});
  return slab;
}

TEST(ThermalMotion, variance_along_each_axis_is_b_over_8_pi_squared) {
  const auto still = many_atoms(20000, 0.62);
  const auto moved = displaced_atoms(still, 1, 0, 0);
  double x2 = 0, y2 = 0, xy = 0, x1 = 0;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const double x = moved[i].x - still.atoms[i].x, y = moved[i].y - still.atoms[i].y;
    x1 += x, x2 += x * x, y2 += y * y, xy += x * y;
    EXPECT_EQ(moved[i].z, still.atoms[i].z);
  }
  const double variance = 0.62 / (8 * pi * pi), count = static_cast<double>(moved.size());
  // The variance of n normal numbers is known to √(2/n) = 1 %, their mean to 1/√n = 0.7 %: five of each.
  EXPECT_NEAR(x2 / count / variance, 1, 0.05);
  EXPECT_NEAR(y2 / count / variance, 1, 0.05);
  EXPECT_NEAR(xy / count / variance, 0, 0.035);
  EXPECT_NEAR(x1 / count / std::sqrt(variance), 0, 0.035);
}

TEST(ThermalMotion, repeats_for_one_name_and_differs_for_another) {
  const auto slab = many_atoms(3, 0.5);
  const auto first = displaced_atoms(slab, 1, 2, 3);
  EXPECT_EQ(first, displaced_atoms(slab, 1, 2, 3));
  EXPECT_NE(first, displaced_atoms(slab, 2, 2, 3));
  EXPECT_NE(first, displaced_atoms(slab, 1, 3, 3));
  EXPECT_NE(first, displaced_atoms(slab, 1, 2, 4));
}

TEST(ThermalMotion, atoms_of_a_mixed_site_move_together) {
  const Slab slab{"mixed", 2, {{38, 1, 1, 1, 0.5, 0.5}, {57, 1, 1, 1, 0.5, 0.5}, {8, 2, 1, 1, 1, 0.5}}};
  const Slab whole{"whole", 2, {{38, 1, 1, 1, 1, 0.5}, {8, 2, 1, 1, 1, 0.5}}};
  const auto moved = displaced_atoms(slab, 1, 0, 0), same = displaced_atoms(whole, 1, 0, 0);
  EXPECT_EQ(moved[0].x, moved[1].x);
  EXPECT_EQ(moved[0].y, moved[1].y);
  EXPECT_NE(moved[0].x - 1, moved[2].x - 2);
  EXPECT_EQ(moved[2], same[1]);  // sites are counted, not atoms
}

TEST(ThermalMotion, without_b_nothing_moves) {
  const auto slab = many_atoms(3, 0);
  EXPECT_EQ(displaced_atoms(slab, 1, 0, 0), slab.atoms);
}

}  // namespace
}  // namespace terrace
