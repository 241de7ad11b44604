#include "specimen/lateral_symmetry.h"

#include <gtest/gtest.h>

#include "specimen/interface.h"

namespace terrace {
namespace {

Specimen of(const std::vector<Atom>& atoms, double width_y = 12) {
  Specimen specimen{10, width_y, {}, {}};
  specimen.add_slab(2, atoms);
  return specimen;
}

TEST(LateralSymmetry, an_interface_repeats_once_a_cell_and_mirrors) {
  Interface interface;
  interface.cells_along = 6;
  interface.thickness_cells = 4;
  interface.sigma_a_cells = 0.5;
  const auto specimen = build(interface);
  EXPECT_EQ(repeats_along_y(specimen), 6);
  EXPECT_TRUE(is_mirrored_along_y(specimen));
  interface.mixing = "random_cations";
  EXPECT_EQ(repeats_along_y(build(interface)), 1);
}

TEST(LateralSymmetry, every_slab_counts) {
  Specimen specimen = of({{38, 1, 0, 0}, {38, 1, 6, 0}});
  EXPECT_EQ(repeats_along_y(specimen), 2);
  specimen.add_slab(2, {{8, 1, 0, 0}, {8, 1, 4, 0}, {8, 1, 8, 0}});
  EXPECT_EQ(repeats_along_y(specimen), 1);
}

TEST(LateralSymmetry, species_occupancy_and_place_must_agree) {
  EXPECT_EQ(repeats_along_y(of({{38, 1, 0, 0}, {57, 1, 6, 0}})), 1);
  EXPECT_EQ(repeats_along_y(of({{38, 1, 0, 0, 0.5}, {38, 1, 6, 0, 0.6}})), 1);
  EXPECT_EQ(repeats_along_y(of({{38, 1, 0, 0}, {38, 1, 6.01, 0}})), 1);
  EXPECT_EQ(repeats_along_y(of({{38, 1, 11.9999999, 0}, {38, 1, 6, 0}})), 2);  // across the window's edge
  EXPECT_EQ(repeats_along_y(of({{38, 1, 0, 0.1}, {38, 1, 6, 1.3}})), 2);       // heights within a slab do not project
}

TEST(LateralSymmetry, the_mirror_is_at_the_origin) {
  EXPECT_TRUE(is_mirrored_along_y(of({{38, 1, 0, 0}, {22, 3, 6, 0}, {8, 2, 5, 0}, {8, 2, 7, 0}})));
  EXPECT_FALSE(is_mirrored_along_y(of({{38, 1, 1, 0}})));
  EXPECT_FALSE(is_mirrored_along_y(of({{8, 2, 5, 0}, {8, 2.5, 7, 0}})));
}

TEST(LateralSymmetry, one_repeat_keeps_an_atom_of_each_whatever_side_of_the_cut_rounding_put_them) {
  const double p = 4, off = 1.2e-5, little = 0.5e-5;
  for (const auto& ys : {std::array{0.0, p - off, 2 * p + little}, std::array{p - little, 2 * p - off, 3 * p - off}}) {
    const auto specimen = of({{38, 1, ys[0], 0}, {38, 1, ys[1], 0}, {38, 1, ys[2], 0}}, 3 * p);
    ASSERT_EQ(repeats_along_y(specimen), 3);
    EXPECT_EQ(one_repeat(specimen, 3).slabs[0].atoms.size(), 1u);
  }
}

TEST(LateralSymmetry, one_repeat_holds_its_share_of_the_atoms) {
  Interface interface;
  interface.cells_along = 4;
  interface.thickness_cells = 3;
  const auto whole = build(interface), part = one_repeat(whole, 4);
  EXPECT_DOUBLE_EQ(part.width_y, whole.width_y / 4);
  EXPECT_EQ(part.width_x, whole.width_x);
  ASSERT_EQ(part.slabs.size(), whole.slabs.size());
  for (std::size_t i = 0; i < part.slabs.size(); ++i) {
    EXPECT_EQ(4 * part.slabs[i].atoms.size(), whole.slabs[i].atoms.size());
    EXPECT_EQ(part.slabs[i].name, whole.slabs[i].name);
  }
}

}  // namespace
}  // namespace terrace
