#include "learning/dose.h"

#include <gtest/gtest.h>

#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

DetectionRanges between(double low, double high) {
  DetectionRanges ranges;
  ranges.electrons_per_pattern = {low, high};
  return ranges;
}

TEST(Dose, a_study_without_noise_is_judged_without_noise_alone) {
  EXPECT_EQ(doses_of({}), std::vector{0.0});
  EXPECT_EQ(headline_dose({}), 0);
}

TEST(Dose, a_study_with_noise_is_judged_at_the_doses_that_it_trained_at) {
  EXPECT_EQ(doses_of(between(500, 2e5)), (std::vector{0.0, 500.0, 1e3, 1e4, 1e5, 2e5}));
  EXPECT_EQ(doses_of(between(900, 5e4)), (std::vector{0.0, 1e3, 1e4}));
  EXPECT_EQ(headline_dose(between(500, 2e5)), 1e4);
  EXPECT_EQ(headline_dose(between(400, 2000)), 1e3);
}

TEST(Dose, a_sample_gets_the_same_electrons_at_every_asking_and_others_at_another_dose) {
  const auto source = source_of(synthetic::samples(4), synthetic::small_grid());
  const std::vector<std::int64_t> some = {1, 2}, all = {0, 1, 2, 3};
  const DetectionAtDose detection{.ranges = between(500, 2e5), .electrons_per_pattern = 1e3};
  const auto few = read_detected(*source, some, detection, 1), many = read_detected(*source, all, detection, 2);
  EXPECT_TRUE(std::ranges::equal(few[0].patterns, many[1].patterns));
  EXPECT_FALSE(std::ranges::equal(many[0].patterns, source->read(0).patterns));
  EXPECT_EQ(few[0].conditions.electrons_per_pattern, 1e3);
  const auto other = read_detected(*source, some, {between(500, 2e5), 1e4}, 1);
  EXPECT_FALSE(std::ranges::equal(other[0].patterns, few[0].patterns));
}

TEST(Dose, without_noise_nothing_changes) {
  const auto source = source_of(synthetic::samples(1), synthetic::small_grid());
  const auto detected = read_detected(*source, std::vector<std::int64_t>{0}, {}, 1);
  EXPECT_TRUE(std::ranges::equal(detected[0].patterns, source->read(0).patterns));
}

}  // namespace
}  // namespace terrace
