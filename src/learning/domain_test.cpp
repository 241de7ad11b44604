#include "learning/domain.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace terrace {
namespace {

Domain example() {
  Domain domain;
  Conditions conditions;
  for (const double thickness : {8.0, 16.0}) {
    conditions.thickness_nm = thickness;
    domain.include(conditions, thickness < 10 ? 9 : 15);
  }
  domain.least_covered_share = 0.5;
  return domain;
}

TEST(Domain, has_no_objection_inside_and_names_what_lies_outside) {
  const auto domain = example();
  Conditions conditions;
  conditions.thickness_nm = 12;
  EXPECT_TRUE(domain.objections(conditions, 1).empty());
  conditions.thickness_nm = 20;
  conditions.energy_kev = 300;
  const auto sentences = domain.objections(conditions, 0.3);
  ASSERT_EQ(sentences.size(), 3u);
  EXPECT_NE(sentences[0].find("300 keV"), std::string::npos);
  EXPECT_NE(sentences[1].find("between 8 and 16"), std::string::npos);
  EXPECT_NE(sentences[2].find("30 %"), std::string::npos);
}

TEST(Domain, a_model_trained_without_noise_objects_to_noise) {
  Conditions conditions;
  conditions.thickness_nm = 12;
  conditions.electrons_per_pattern = 1000;
  EXPECT_EQ(example().objections(conditions, 1).size(), 1u);
}

TEST(Domain, a_thickness_that_patterns_show_is_strange_by_its_errors_beyond_the_true_ones) {
  const auto domain = example();  // true ones from 9 to 15 nm
  for (const double found : {9.0, 12.0, 15.0, 8.9, 15.2}) EXPECT_EQ(domain.strangeness_of_thickness(found, 0.1), 0);
  EXPECT_NEAR(domain.strangeness_of_thickness(8, 0.2), (1 - 0.16) / 0.6, 1e-3);
  EXPECT_NEAR(domain.strangeness_of_thickness(20, 0.5), (5 - 0.4) / 1.5, 1e-3);
  EXPECT_EQ(Domain().strangeness_of_thickness(20, 0.5), 0);  // of a model that does not say
}

TEST(Domain, survives_its_record) {
  const auto domain = example();
  auto json = to_json(domain);
  const auto again = domain_from_json(json);
  EXPECT_EQ(again.thickness_nm, domain.thickness_nm);
  EXPECT_EQ(again.true_thickness_nm, (Range{9, 15}));
  json.erase("true_thickness_nm");
  EXPECT_EQ(domain_from_json(json).true_thickness_nm, Range{});
  EXPECT_EQ(again.least_covered_share, domain.least_covered_share);
}

std::vector<std::vector<double>> cloud_points(int count, std::uint64_t seed) {
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < count; ++i) {
    Random random(seed, {static_cast<std::uint64_t>(i)});
    rows.push_back({3 * random.normal(), 1 + 0.5 * random.normal(), random.normal()});
  }
  return rows;
}

TEST(Cloud, one_in_a_hundred_of_its_kind_lies_beyond_one) {
  const auto cloud = fit_cloud(cloud_points(4000, 1), cloud_points(4000, 2));
  int beyond = 0;
  for (const auto& point : cloud_points(10000, 3)) beyond += cloud.distance(point) > 1;
  EXPECT_NEAR(beyond, 100, 60);  // 4000 calibration points know the percentile to 0.16 %
}

TEST(Cloud, measures_each_direction_by_its_own_width) {
  const auto cloud = fit_cloud(cloud_points(4000, 1), cloud_points(4000, 2));
  EXPECT_NEAR(cloud.distance(std::vector{30.0, 1.0, 0.0}), cloud.distance(std::vector{0.0, 6.0, 0.0}), 0.3);
}

}  // namespace
}  // namespace terrace
