#include "specimen/symmetry.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

using Position = std::array<double, 3>;

const CellVectors cubic = cell_vectors({4, 4, 4}, {90, 90, 90});

Position applied(const char* text, Position position) { return parse_operation(text).value().apply(position); }

void expect_near(const Position& found, const Position& expected) {
  for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(found[axis], expected[axis], 1e-15);
}

TEST(SymmetryOperation, is_read_in_every_spelling) {
  const Position at{0.1, 0.2, 0.3};
  expect_near(applied("x,y,z", at), at);
  expect_near(applied(" -Y , X-y, z+1/3", at), {-0.2, -0.1, 0.3 + 1.0 / 3});
  expect_near(applied("1/2+x,0.5-y,-z", at), {0.6, 0.3, -0.3});
  expect_near(applied("2*x,-1/2*y,z", at), {0.2, -0.1, 0.3});
}

TEST(SymmetryOperation, what_is_none_is_not_read) {
  for (const char* text : {"", "x,y", "x,y,z,x", "x,y,", "x,y,w", "x,,z", "x+,y,z", "x,y,1/0", "xy,x,z", "9e99x,y,z",
                           "x;y;z", "99999999999999999999999999999999999999999999999999999999999x,y,z"})
    EXPECT_FALSE(parse_operation(text)) << text;
}

TEST(EquivalentPositions, a_special_position_counts_once) {
  const std::vector<SymmetryOperation> inversion = {*parse_operation("x,y,z"), *parse_operation("-x,-y,-z")};
  EXPECT_EQ(equivalent_positions(inversion, {0.5, 0, 0.5}, cubic).size(), 1u);
  EXPECT_EQ(equivalent_positions(inversion, {0.001, 0.999, 0.501}, cubic).size(), 1u);
  EXPECT_EQ(equivalent_positions(inversion, {0.1, 0, 0.5}, cubic).size(), 2u);
}

TEST(EquivalentPositions, are_told_apart_by_distance_in_an_oblique_cell) {
  const auto oblique = cell_vectors({4, 4, 4}, {90, 90, 120});
  const std::vector<SymmetryOperation> both = {*parse_operation("x,y,z"), *parse_operation("x+1/50,y+1/50,z")};
  // (0.08, 0.08) Å: 0.08 Å apart where the axes are 120° apart, 0.11 Å where they are at right angles.
  EXPECT_EQ(equivalent_positions(both, {0.2, 0.2, 0}, oblique).size(), 1u);
  EXPECT_EQ(equivalent_positions(both, {0.2, 0.2, 0}, cubic).size(), 2u);
}

TEST(EquivalentPositions, lie_in_the_cell) {
  for (const auto& at : equivalent_positions({*parse_operation("-x,y+3/2,z-2")}, {0.25, 0.75, -1e-18}, cubic))
    for (const double fraction : at) EXPECT_TRUE(fraction >= 0 && fraction < 1) << fraction;
}

}  // namespace
}  // namespace terrace
