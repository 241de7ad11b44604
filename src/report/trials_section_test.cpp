// A page of trials: groups by source size, a curve a group beside its bound, rows as long as the columns.
#include "report/trials_section.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace terrace {
namespace {

constexpr double few = 1000, many = 10000;

/// Steps found from a thousand electrons on where the source is small, at ten thousand by all.
std::vector<TrialOutcome> outcomes(int structures) {
  std::vector<TrialOutcome> all;
  for (int i = 0; i < structures; ++i)
    for (const double dose : {few, many}) {
      TrialOutcome o{.trial = {.family = i, .structure = i, .electrons_per_pattern = dose}};
      o.truth = o.inversion.answered = InterfaceClass::rough;
      o.step_count = 1;
      o.source_fwhm_angstrom = 0.4 + 0.4 * i / structures;
      o.depth_cells = 10;
      o.inversion.found_depth_cells = dose == many || 2 * i < structures ? 10 : 12;
      o.bound_exact = 0.875;
      o.nearest_surface_cells = 10;
      all.push_back(o);
    }
  return all;
}

TEST(TrialsSection, a_curve_for_each_group_of_sources_beside_its_bound) {
  const auto sections = trials_sections(outcomes(20), {many, few}, 0.39);
  const auto& exact = sections[0].charts[0];
  ASSERT_EQ(exact.curves.size(), 4u);  // two groups of ten
  EXPECT_EQ(exact.curves[0].name, "source 0.40 to 0.58 Å");
  EXPECT_EQ(exact.curves[0].x, (std::vector<double>{few, many}));
  EXPECT_EQ(exact.curves[0].y, (std::vector<double>{1, 1}));
  EXPECT_EQ(exact.curves[2].y, (std::vector<double>{0, 1}));
  EXPECT_EQ(exact.curves[1].style, Curve::Style::dots);
  EXPECT_EQ(exact.curves[1].y, (std::vector<double>{0.875, 0.875}));
}

TEST(TrialsSection, equal_sources_are_one_group) {
  auto all = outcomes(40);
  for (auto& o : all) o.source_fwhm_angstrom = 0.5;
  EXPECT_EQ(trials_sections(all, {few, many}, 0.39)[0].charts[0].curves.size(), 2u);
}

TEST(TrialsSection, distances_are_in_nm) {
  const auto distance = trials_sections(outcomes(20), {few, many}, 0.39)[0].charts[2];
  EXPECT_NEAR(distance.curves[1].y[0], 2 * 0.39, 1e-12);
}

TEST(TrialsSection, the_network_stands_beside_where_it_was_asked) {
  auto asked = outcomes(20);
  for (auto& o : asked) {
    o.network = o.inversion;
    o.network->found_depth_cells = 7;
  }
  const auto charts = trials_sections(asked, {few, many}, 0.39)[0].charts;
  EXPECT_EQ(charts[0].curves.back().name, "the network alone, all sources");
  EXPECT_EQ(charts[0].curves.back().y, (std::vector<double>{0, 0}));
  const auto& distance = charts[2].curves;
  const auto network = std::ranges::find(distance, charts[0].curves.back().name, &Curve::name);
  ASSERT_NE(network, distance.end());
  EXPECT_NEAR(network->y[0], 3 * 0.39, 1e-12);
}

TEST(TrialsSection, few_structures_make_one_group) {
  const auto sections = trials_sections(outcomes(9), {few, many}, 0.39);
  EXPECT_EQ(sections[0].charts[0].curves.size(), 2u);
  ASSERT_EQ(sections[1].tables.size(), 1u);
  for (const auto& row : sections[1].tables[0].rows) EXPECT_EQ(row.size(), sections[1].tables[0].columns.size());
}

}  // namespace
}  // namespace terrace
