// The pictures of a registration show what it found where it found it.
#include "report/registration_section.h"

#include <gtest/gtest.h>

#include <cmath>

#include "registration/test_scans.h"

namespace terrace {
namespace {

/// Film at high x; 3.73 Å cells against 3.905 Å, the interface at 15.62 Å.
const MemoryScan& toy() {
  static const MemoryScan scan = toy_scan({}, {}, 24, 80, 0.4);
  return scan;
}
const Registration& found() {
  static const Registration registration = register_scan(toy(), {});
  return registration;
}

TEST(RegistrationSection, residuals_of_a_straight_lattice_are_the_planes_errors) {
  const auto residuals = lattice_residuals(found());
  ASSERT_EQ(residuals.size(), found().planes.size());
  // The toy's planes are exact; registration places each to a twentieth of a cell.
  for (const double residual : residuals) EXPECT_LT(std::abs(residual), 0.05 * 3.905);
}

TEST(RegistrationSection, a_shifted_plane_is_its_own_residual) {
  auto r = found();
  const auto before = lattice_residuals(r);
  r.planes[1].position += 0.3;
  const auto after = lattice_residuals(r);
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_NEAR(after[i] - before[i], i == 1 ? 0.3 : 0, 1e-12) << i;
}

TEST(RegistrationSection, film_planes_are_measured_against_film_cells_on_either_side) {
  const auto reversed = mirrored(toy());
  const auto r = register_scan(reversed, {});
  ASSERT_EQ(r.film_side, "low");
  for (const double residual : lattice_residuals(r)) EXPECT_LT(std::abs(residual), 0.05 * 3.905);
}

TEST(RegistrationSection, the_interface_line_runs_along_the_plane_from_end_to_end) {
  const auto line = interface_line(toy().info(), found());
  ASSERT_TRUE(line);
  EXPECT_NEAR(line->column_1, 15.62 / 0.4, 0.05 * 3.905 / 0.4);
  EXPECT_EQ(line->column_1, line->column_2);
  EXPECT_EQ(line->row_1, -0.5);
  EXPECT_EQ(line->row_2, 23.5);
  const auto turned = transposed(toy());
  const auto other = interface_line(turned.info(), register_scan(turned, {}));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->row_1, other->row_2);
  EXPECT_NEAR(other->row_1, line->column_1, 0.05);
  EXPECT_FALSE(interface_line(toy().info(), Registration{}));
}

TEST(RegistrationSection, disc_and_sides_are_drawn_where_they_are) {
  const auto section = registration_section(toy().info(), found());
  ASSERT_EQ(section.pictures.size(), 2u);
  const auto& disc = section.pictures[0].marks.ellipses.at(0);
  // 20 mrad in pixels of 2 mrad around (19.6, 20.3).
  EXPECT_NEAR(disc.row, 19.6, 0.1);
  EXPECT_NEAR(disc.column, 20.3, 0.1);
  EXPECT_NEAR(disc.radius_rows, 10, 0.2);
  const auto& marks = section.pictures[1].marks;
  EXPECT_EQ(marks.lines.size(), found().planes.size() + 1);
  ASSERT_EQ(marks.labels.size(), 2u);
  EXPECT_EQ(marks.labels[0].text, "substrate");
  EXPECT_LT(marks.labels[0].column, 15.62 / 0.4);
  EXPECT_EQ(marks.labels[1].text, "film");
  EXPECT_GT(marks.labels[1].column, 15.62 / 0.4);
  EXPECT_EQ(section.charts.size(), 2u);
}

TEST(RegistrationSection, what_was_not_found_is_said_and_not_drawn) {
  Registration nothing;
  nothing.centre_row = nothing.centre_column = {20, -1, "assumed"};
  nothing.reasons = {"no lattice"};
  const auto section = registration_section(toy().info(), nothing);
  EXPECT_NE(section.lead.find("no lattice"), std::string::npos);
  EXPECT_TRUE(section.pictures.empty());
  EXPECT_TRUE(section.charts.empty());
  EXPECT_EQ(section.tables[0].rows[5][1], "not found");
}

TEST(RegistrationSection, says_whether_the_detector_is_mirrored_and_how_that_is_known) {
  auto r = found();
  r.detector_handedness = Handedness::mirrored;
  r.detector_mirror_source = "measured";
  const auto rows = registration_section(toy().info(), r).tables[0].rows;
  const std::vector<std::string> wanted = {"Detector mirrored", "yes", "measured"};
  EXPECT_NE(std::find(rows.begin(), rows.end(), wanted), rows.end());
}

}  // namespace
}  // namespace terrace
