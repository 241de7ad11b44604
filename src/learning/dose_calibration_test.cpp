#include "learning/dose_calibration.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

DoseCalibration two_doses() {
  Calibration few, many;
  few.class_temperature = 3, few.interval_share = 0.98, few.error_scale[1] = 2;
  many.class_temperature = 1, many.interval_share = 0.9, many.error_scale[1] = 1;
  return {{{1000, few}, {100000, many}}};
}

TEST(DoseCalibration, lies_between_its_doses_by_their_logarithm) {
  const auto middle = two_doses().at(10000);
  EXPECT_NEAR(middle.class_temperature, 2, 1e-12);
  EXPECT_NEAR(middle.interval_share, 0.94, 1e-12);
  EXPECT_NEAR(middle.error_scale[1], 1.5, 1e-12);
}

TEST(DoseCalibration, holds_beyond_its_ends_and_takes_no_noise_for_many_electrons) {
  EXPECT_EQ(two_doses().at(1000).class_temperature, 3);
  EXPECT_EQ(two_doses().at(10).class_temperature, 3);
  EXPECT_EQ(two_doses().at(1e7).class_temperature, 1);
  EXPECT_EQ(two_doses().at(0).class_temperature, 1);
}

TEST(DoseCalibration, without_noise_is_one_and_the_same_for_any_dose) {
  Calibration only;
  only.depth_temperature = 1.7;
  const DoseCalibration calibration{{{0, only}}};
  for (const double dose : {0.0, 1e3, 1e9}) EXPECT_EQ(calibration.at(dose).depth_temperature, 1.7);
}

TEST(DoseCalibration, survives_its_file) {
  const auto again = dose_calibration_from_json(to_json(two_doses()));
  EXPECT_EQ(again.entries.size(), 2u);
  EXPECT_EQ(to_json(again), to_json(two_doses()));
}

TEST(DoseCalibration, doses_span_the_range_evenly_in_the_logarithm) {
  const auto doses = doses_to_calibrate_at(500, 200000);
  EXPECT_EQ(doses.front(), 500);
  EXPECT_EQ(doses.back(), 200000);
  for (std::size_t i = 2; i < doses.size(); ++i) EXPECT_NEAR(doses[i] / doses[i - 1], doses[1] / doses[0], 1e-9);
  EXPECT_LE(doses[1] / doses[0], std::sqrt(10) + 1e-9);
  EXPECT_EQ(doses_to_calibrate_at(0, 0), std::vector<double>{0});
  EXPECT_EQ(doses_to_calibrate_at(1000, 1000), std::vector<double>{1000});
}

}  // namespace
}  // namespace terrace
