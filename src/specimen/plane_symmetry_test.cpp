#include "specimen/plane_symmetry.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

using enum PlaneOperation;

Specimen one_slab(double width_x, double width_y, std::vector<Atom> atoms) {
  Specimen specimen{width_x, width_y, {}, {}};
  specimen.add_slab(2, std::move(atoms));
  return specimen;
}

TEST(PlaneSymmetry, a_square_perovskite_has_all_three) {
  auto specimen = one_slab(3.9, 3.9, {{38, 0, 0, 0}, {8, 1.95, 1.95, 0}});
  specimen.add_slab(2, {{22, 1.95, 1.95, 0}, {8, 0, 1.95, 0}, {8, 1.95, 0, 0}});
  for (const auto operation : {mirror_x, mirror_y, exchange}) EXPECT_TRUE(has_symmetry(specimen, operation));
}

TEST(PlaneSymmetry, the_mirror_may_lie_anywhere) {
  EXPECT_TRUE(has_symmetry(one_slab(4, 5, {{14, 0.3, 0, 0}, {14, 1.1, 0, 0}}), mirror_x));
}

TEST(PlaneSymmetry, an_atom_out_of_place_breaks_it) {
  const auto specimen = one_slab(4, 5, {{14, 0, 0, 0}, {8, 1, 2.5, 0}});
  EXPECT_FALSE(has_symmetry(specimen, mirror_x));
  EXPECT_TRUE(has_symmetry(specimen, mirror_y));
}

TEST(PlaneSymmetry, slabs_must_share_the_shift) {
  auto specimen = one_slab(4, 4, {{14, 0, 0, 0}});
  specimen.add_slab(2, {{14, 1, 0, 0}});  // alone each is symmetric; together x and −x differ
  EXPECT_FALSE(has_symmetry(specimen, mirror_x));
  EXPECT_TRUE(has_symmetry(specimen, mirror_y));
}

TEST(PlaneSymmetry, axes_of_different_lengths_cannot_be_exchanged) {
  EXPECT_FALSE(has_symmetry(one_slab(4, 5, {{14, 0, 0, 0}}), exchange));
}

}  // namespace
}  // namespace terrace
