// What the page shows of a fit: residuals where the counts depart from it, and the patterns side by side.
#include "report/inversion_section.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

constexpr double electrons = 1000;
constexpr std::int64_t bright = 5, unread = 9;

StandardGrid small_grid() {
  StandardGrid grid;
  grid.along = 2, grid.across = 3, grid.pixels = 4;
  return grid;
}

/// Sixteen pixels, each expected to read 0.01 of the beam and reading it, but for one that reads 16 electrons for 10 at
/// every position and one that is not compared.
Inversion made() {
  Inversion inversion;
  auto& [observed, findings, posterior, answer, forecast] = inversion;
  observed.electrons_per_pattern = electrons;
  observed.electrons = Patterns({6, 16});
  observed.compared = Array<std::uint8_t, 2>({6, 16});
  findings.best.expected = Patterns({6, 16});
  std::ranges::fill(observed.electrons, 10.0f);
  std::ranges::fill(observed.compared, std::uint8_t{1});
  std::ranges::fill(findings.best.expected, 0.01f);
  for (std::int64_t p = 0; p < 6; ++p) {
    observed.electrons(p, bright) = 16;
    observed.electrons(p, unread) = 500;
    observed.compared(p, unread) = 0;
  }
  Candidate step;
  step.hypothesis = {
      .interface_class = InterfaceClass::rough, .thickness_cells = 20, .step_depth_cells = 7, .step_height_cells = 1};
  findings.candidates = {step};
  findings.best.explanation.hypothesis = step.hypothesis;
  posterior = {{step, 1.0}};
  answer.depth_bin_nm = 0.4;
  answer.depth_probability = {0, 0.25, 0.75};
  return inversion;
}

TEST(InversionSection, residual_maps_show_where_counts_depart_from_the_fit) {
  const auto section = inversion_section(made(), small_grid());
  ASSERT_EQ(section.pictures.size(), 2u);
  const auto& pixels = section.pictures[0].image;
  ASSERT_EQ(pixels.extent(0), 4);
  for (std::int64_t i = 0; i < pixels.size(); ++i)  // 36 electrons too many where 60 were expected
    EXPECT_NEAR(pixels.data()[i], i == bright ? 36 / std::sqrt(60.0) : 0, 1e-4) << i;
  const auto& positions = section.pictures[1].image;
  ASSERT_EQ(positions.extent(0), 2);
  ASSERT_EQ(positions.extent(1), 3);
  for (const float one : positions) EXPECT_NEAR(one, 6 / std::sqrt(150.0), 1e-4);  // fifteen pixels of 10
}

TEST(InversionSection, says_the_structures_and_draws_the_depth) {
  const auto section = inversion_section(made(), small_grid());
  EXPECT_EQ(section.tables[0].rows.at(0)[0], "rough: 7 cells deep, substrate advances");
  ASSERT_EQ(section.charts.size(), 1u);
  EXPECT_EQ(section.charts[0].curves[0].y, (std::vector<double>{0, 0.25, 0.75}));
  EXPECT_EQ(section.charts[0].curves[0].x[2], 0.8);
}

TEST(FittedPatterns, stand_beside_what_was_measured_and_show_the_fit_where_nothing_was) {
  const auto patterns = fitted_patterns(made(), small_grid());
  EXPECT_FLOAT_EQ(patterns.measured(1, 2, 1, 1), 0.016f);  // pixel 5
  EXPECT_FLOAT_EQ(patterns.fitted(1, 2, 1, 1), 0.01f);
  EXPECT_FLOAT_EQ(patterns.measured(0, 0, 2, 1), 0.01f);  // pixel 9
}

}  // namespace
}  // namespace terrace
