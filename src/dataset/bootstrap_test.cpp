#include "dataset/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace terrace {
namespace {

std::vector<Contribution> coins(int families, int copies) {
  std::vector<Contribution> list;
  for (int family = 0; family < families; ++family)
    for (int copy = 0; copy < copies; ++copy) list.push_back({{family, 7 * family + copy / 2}, family % 2 ? 1.0 : 0.0});
  return list;
}

TEST(Bootstrap, interval_of_independent_coins_is_the_binomial_one) {
  const auto measure = mean_over_families("coins", "", coins(400, 1));
  EXPECT_DOUBLE_EQ(measure.value, 0.5);
  EXPECT_EQ(measure.n, 400);
  EXPECT_EQ(measure.families, 400);
  // 1.96 √(0.25 / 400) = 0.049; the interval of 2000 draws is known to a few per cent.
  EXPECT_NEAR(measure.low, 0.451, 0.006);
  EXPECT_NEAR(measure.high, 0.549, 0.006);
}

TEST(Bootstrap, copies_within_families_are_no_new_evidence) {
  const auto few = mean_over_families("", "", coins(40, 1)), many = mean_over_families("", "", coins(40, 50));
  EXPECT_DOUBLE_EQ(few.low, many.low);
  EXPECT_DOUBLE_EQ(few.high, many.high);
}

TEST(Bootstrap, states_of_one_structure_are_counted_as_one_structure) {
  const auto measure = mean_over_families("", "", coins(10, 6));  // two states each
  EXPECT_EQ(measure.n, 60);
  EXPECT_EQ(measure.structures, 30);
  EXPECT_EQ(measure.families, 10);
}

std::vector<Contribution> normals(double mean, int families, std::uint64_t seed) {
  std::vector<Contribution> list;
  Random random(seed);
  for (int family = 0; family < families; ++family) list.push_back({{family, family}, mean + random.normal()});
  return list;
}

TEST(Bootstrap, the_area_under_the_curve_of_two_normals_is_that_of_their_difference) {
  const auto measure = area_under_curve("", "", normals(0, 2000, 1), normals(1, 2000, 2));
  // Φ(1/√2) = 0.7602; 2,000 of either know it to 0.0075 (Hanley & McNeil); three of these.
  EXPECT_NEAR(measure.value, 0.7602, 0.0225);
  EXPECT_NEAR(measure.high - measure.low, 2 * 1.96 * 0.0075, 0.006);
  EXPECT_EQ(measure.n, 2000);
}

TEST(Bootstrap, the_area_under_the_curve_is_one_apart_half_together_and_nothing_alone) {
  const auto low = normals(0, 20, 1), high = normals(100, 10, 2);
  EXPECT_DOUBLE_EQ(area_under_curve("", "", low, high).value, 1);
  EXPECT_DOUBLE_EQ(area_under_curve("", "", high, low).value, 0);
  EXPECT_DOUBLE_EQ(area_under_curve("", "", low, low).value, 0.5);
  EXPECT_TRUE(std::isnan(area_under_curve("", "", low, {}).value));
}

TEST(Bootstrap, one_family_shows_no_spread_and_says_so) {
  const auto measure = mean_over_families("", "", std::vector<Contribution>{{{7, 1}, 1}, {{7, 2}, 0}});
  EXPECT_EQ(measure.families, 1);
  EXPECT_DOUBLE_EQ(measure.low, measure.high);
}

TEST(Bootstrap, nothing_has_no_mean) { EXPECT_TRUE(std::isnan(mean_over_families("", "", {}).value)); }

TEST(Bootstrap, a_mean_as_a_general_statistic_gets_the_same_interval) {
  const auto list = coins(100, 2);
  std::vector<Evidence> evidence;
  for (const auto& one : list) evidence.push_back(one.evidence);
  const auto general = statistic_over_families(
      "", "", evidence,
      [&](std::span<const std::int64_t> drawn) {
        double sum = 0;
        for (const auto i : drawn) sum += list[i].value;
        return sum / drawn.size();
      },
      2000);
  const auto direct = mean_over_families("", "", list);
  EXPECT_DOUBLE_EQ(general.low, direct.low);
  EXPECT_DOUBLE_EQ(general.high, direct.high);
}

}  // namespace
}  // namespace terrace
