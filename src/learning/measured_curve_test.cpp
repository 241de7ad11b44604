#include "learning/measured_curve.h"

#include <gtest/gtest.h>

#include "learning/evaluation.h"
#include "learning/measures.h"

namespace terrace {
namespace {

/// A single step in a lamella of 20 nm, answered `error_nm` too deep.
JudgedSample step(double depth_nm, double error_nm, double thickness_nm = 20) {
  JudgedSample s;
  s.labels.interface_class = InterfaceClass::rough;
  s.labels.step_count = 1;
  s.labels.step_depth_nm = depth_nm;
  s.labels.step_depth_cells = std::round(depth_nm / 0.3905);
  s.labels.step_height_cells = 1;
  s.labels.thickness_nm = thickness_nm;
  s.prediction.class_probability = {0, 1, 0, 0};
  s.prediction.depth_nm = depth_nm + error_nm;
  s.prediction.step_height_probability_up = 1;
  return s;
}

const MeasuredCurve& curve(const std::vector<MeasuredCurve>& curves, std::string_view name) {
  return *std::ranges::find(curves, name, &MeasuredCurve::name);
}

TEST(MeasuredCurve, slices_end_where_the_trained_range_ends_and_reach_every_sample) {
  const auto edges = edges_around(10, 16, 3, std::vector{7.0, 12.0, 16.0, 20.5});
  EXPECT_EQ(edges, (std::vector{6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0}));
  EXPECT_EQ(edges_around(10, 10, 3, {}), (std::vector{10.0, 11.0}));
}

TEST(MeasuredCurve, every_sample_is_in_one_slice_and_slices_hold_their_own_errors) {
  std::vector<JudgedSample> samples;
  for (int i = 0; i <= 16; ++i) samples.push_back(step(i, i < 8 ? 0.5 : 1.5));
  const auto curves = curves_over_depth(samples);
  const auto& points = curve(curves, "depth_error_over_depth").points;
  long total = 0;
  for (const auto& point : points) {
    total += point.measure.n;
    EXPECT_DOUBLE_EQ(point.measure.value, point.to <= 8 ? 0.5 : 1.5);
    EXPECT_GE(point.middle, point.from);
    EXPECT_LE(point.middle, point.to);
  }
  EXPECT_EQ(total, 17);
}

TEST(MeasuredCurve, thicknesses_outside_training_get_slices_of_their_own) {
  const std::vector samples = {step(5, 0.1, 8), step(5, 0.2, 11), step(5, 0.2, 19.9), step(5, 3, 25)};
  const auto curves = curves_over_thickness(samples, 10, 20);
  for (const auto& point : curve(curves, "depth_error_over_thickness").points)
    EXPECT_TRUE(point.to <= 10 + 1e-9 || point.from >= 10 - 1e-9) << point.from;
  EXPECT_NEAR(curve(curves, "depth_error_over_thickness").points.front().measure.value, 0.1, 1e-12);
  EXPECT_DOUBLE_EQ(curve(curves, "depth_error_over_thickness").points.back().measure.value, 3);
  EXPECT_EQ(std::ranges::count(curves, "matched_over_thickness", &MeasuredCurve::name), 0);  // no twins, no curve
}

TEST(MeasuredCurve, the_thirds_of_the_lamella_have_their_own_errors) {
  const auto measures = measures_of(std::vector{step(2, 0.1), step(10, 0.2), step(19, 0.4)});
  EXPECT_NEAR(find_measure(measures, "step_depth_mae_near_entrance_nm")->value, 0.1, 1e-12);
  EXPECT_NEAR(find_measure(measures, "step_depth_mae_middle_nm")->value, 0.2, 1e-12);
  EXPECT_NEAR(find_measure(measures, "step_depth_mae_near_exit_nm")->value, 0.4, 1e-12);
}

TEST(MeasuredCurve, two_steps_are_no_single_step) {
  auto twice = step(5, 9);
  twice.labels.step_count = 2;
  EXPECT_TRUE(curves_over_depth(std::vector{twice}).empty());
  EXPECT_EQ(find_measure(measures_of(std::vector{twice}), "step_depth_mae_nm"), nullptr);
}

}  // namespace
}  // namespace terrace
