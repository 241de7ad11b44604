#include "specimen/crystal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

const double root2 = std::sqrt(2.0), root3 = std::sqrt(3.0);

Crystal perovskite(double a) {
  return {cell_vectors({a, a, a}, {90, 90, 90}),
          {{38, 0, 0, 0}, {22, 0.5, 0.5, 0.5}, {8, 0.5, 0.5, 0}, {8, 0.5, 0, 0.5}, {8, 0, 0.5, 0.5}}};
}

Crystal diamond(double a) {
  Crystal crystal{cell_vectors({a, a, a}, {90, 90, 90}), {}};
  for (const auto& [x, y, z] : {Vector3{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}})
    for (const double shift : {0.0, 0.25}) crystal.sites.push_back({14, x + shift, y + shift, z + shift});
  return crystal;
}

void expect_box(const Structure& box, double x, double y, double z) {
  EXPECT_NEAR(std::min(box.width_x, box.width_y), std::min(x, y), 1e-9);
  EXPECT_NEAR(std::max(box.width_x, box.width_y), std::max(x, y), 1e-9);
  EXPECT_NEAR(box.height_z, z, 1e-9);
}

double nearest_distance(const Structure& box) {
  double nearest = 1e9;
  const auto apart = [](double a, double b, double period) { return a - b - period * std::round((a - b) / period); };
  for (const auto& a : box.atoms)
    for (const auto& b : box.atoms)
      if (&a != &b)
        nearest = std::min(nearest, std::hypot(apart(a.x, b.x, box.width_x), apart(a.y, b.y, box.width_y),
                                               apart(a.z, b.z, box.height_z)));
  return nearest;
}

TEST(ZoneAxisBox, of_a_cubic_crystal_is_what_geometry_says) {
  const double a = 3.905;
  expect_box(zone_axis_box(perovskite(a), {0, 0, 1}), a, a, a);
  expect_box(zone_axis_box(perovskite(a), {1, 0, 0}), a, a, a);
  expect_box(zone_axis_box(perovskite(a), {1, 1, 0}), a, a * root2, a * root2);
  expect_box(zone_axis_box(perovskite(a), {2, 2, 2}), a * root2, a * root2 * root3, a * root3);
}

TEST(ZoneAxisBox, centrings_make_it_smaller) {
  const double a = 5.43;
  expect_box(zone_axis_box(diamond(a), {1, 1, 0}), a, a / root2, a / root2);
  expect_box(zone_axis_box(diamond(a), {0, 0, 1}), a / root2, a / root2, a);
}

TEST(ZoneAxisBox, a_large_supercell_is_refused_at_once) {
  Crystal crystal{cell_vectors({60, 60, 60}, {90, 90, 90}), {}};
  for (int i = 0; i < 15 * 15 * 15; ++i)
    crystal.sites.push_back({38, i % 15 / 15.0, i / 15 % 15 / 15.0, i / 225 / 15.0});
  EXPECT_THROW(zone_axis_box(crystal, {0, 0, 1}), InputError);
}

TEST(ZoneAxisBox, keeps_density_and_distances) {
  const double a = 3.905;
  for (const ZoneAxis axis : {ZoneAxis{0, 0, 1}, {1, 1, 0}, {1, 1, 1}, {2, 1, 0}, {3, 1, 0}, {1, 1, 2}}) {
    const auto box = zone_axis_box(perovskite(a), axis);
    EXPECT_NEAR(box.atoms.size() / (box.width_x * box.width_y * box.height_z), 5 / (a * a * a), 1e-9);
    EXPECT_NEAR(nearest_distance(box), a / 2, 1e-9);  // Ti–O
    for (const auto& atom : box.atoms) EXPECT_TRUE(atom.x >= 0 && atom.x < box.width_x && atom.z < box.height_z);
  }
}

TEST(ZoneAxisBox, a_hexagonal_crystal_has_one_too) {
  const double a = 3.19, c = 5.19;  // GaN
  const Crystal gallium_nitride{cell_vectors({a, a, c}, {90, 90, 120}),
                                {{31, 1.0 / 3, 2.0 / 3, 0},
                                 {31, 2.0 / 3, 1.0 / 3, 0.5},
                                 {7, 1.0 / 3, 2.0 / 3, 0.377},
                                 {7, 2.0 / 3, 1.0 / 3, 0.877}}};
  const auto box = zone_axis_box(gallium_nitride, {0, 0, 1});
  expect_box(box, a, a * root3, c);
  EXPECT_EQ(box.atoms.size(), 8u);
  expect_box(zone_axis_box(gallium_nitride, {1, 1, 0}), c, a * root3, a);
}

TEST(ZoneAxisBox, small_shear_is_neglected_and_said) {
  const Crystal scandate{cell_vectors({5.44, 5.52, 7.9}, {90, 90, 90}), {{66, 0, 0, 0.25}, {21, 0.5, 0, 0}}};
  std::string note;
  const auto box = zone_axis_box(scandate, {1, 1, 0}, &note);
  expect_box(box, 7.9, std::hypot(5.44, 5.52), std::hypot(5.44, 5.52));
  EXPECT_THAT(note, testing::HasSubstr("0.8"));  // 2 atan(5.52 / 5.44) − 90° = 0.84°
}

TEST(ZoneAxisBox, where_there_is_none_it_is_said) {
  const Crystal skew{cell_vectors({4, 5, 6}, {83, 97, 106}), {{14, 0, 0, 0}}};
  EXPECT_THROW(zone_axis_box(skew, {0, 0, 0}), InputError);
  EXPECT_THROW(zone_axis_box({skew.cell, {}}, {0, 0, 1}), InputError);
}

TEST(CellVectors, have_the_angles_that_were_asked_for) {
  const auto cell = cell_vectors({4, 5, 6}, {83, 97, 106});
  const auto product = [&](int i, int j) {
    return cell[i][0] * cell[j][0] + cell[i][1] * cell[j][1] + cell[i][2] * cell[j][2];
  };
  EXPECT_NEAR(product(1, 2), 30 * std::cos(83 * M_PI / 180), 1e-9);
  EXPECT_NEAR(product(0, 2), 24 * std::cos(97 * M_PI / 180), 1e-9);
  EXPECT_NEAR(product(0, 1), 20 * std::cos(106 * M_PI / 180), 1e-9);
  EXPECT_THROW(cell_vectors({4, 5, 6}, {20, 30, 120}), InputError);
}

}  // namespace
}  // namespace terrace
