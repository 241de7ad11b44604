#include "report/interface_drawing.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

Prediction certain(InterfaceClass kind) {
  Prediction prediction;
  prediction.class_probability[static_cast<int>(kind)] = 1;
  prediction.depth_nm = 10 * prediction.depth_bin_nm;
  prediction.thickness_nm = 30 * prediction.depth_bin_nm;
  prediction.step_height_probability_up = 0.9;
  prediction.sigma_a_cells = 1.5;
  prediction.sigma_b_cells = 0.5;
  return prediction;
}

double film_in(const Array<double, 2>& shares, int depth) {
  double sum = 0;
  for (const double share : shares[depth]) sum += share;
  return sum;
}

TEST(MostProbableInterface, abrupt_is_the_same_at_every_depth) {
  const auto drawing = most_probable_interface(certain(InterfaceClass::abrupt));
  EXPECT_EQ(drawing.film_a.extent(0), 30);
  for (int depth = 0; depth < 30; ++depth) EXPECT_EQ(film_in(drawing.film_a, depth), -drawing.first_column);
}

TEST(MostProbableInterface, below_an_upward_step_the_film_has_one_column_less) {
  const auto drawing = most_probable_interface(certain(InterfaceClass::rough));
  EXPECT_EQ(film_in(drawing.film_a, 9) - film_in(drawing.film_a, 10), 1);
  EXPECT_EQ(film_in(drawing.film_a, 0), film_in(drawing.film_a, 9));
  EXPECT_EQ(film_in(drawing.film_a, 10), film_in(drawing.film_a, 29));
}

TEST(MostProbableInterface, mixing_moves_no_film_and_is_as_wide_as_said) {
  const auto drawing = most_probable_interface(certain(InterfaceClass::diffuse));
  // The error function is odd about the plane: what leaves one side arrives on the other (sum of 16 doubles).
  EXPECT_NEAR(film_in(drawing.film_a, 5), -drawing.first_column, 1e-12);
  const int beside = static_cast<int>(-drawing.first_column);
  EXPECT_NEAR(drawing.film_a(5, beside), 0.6306, 1e-3);  // Φ(0.5/1.5)
  EXPECT_NEAR(drawing.film_b(5, beside), 0.8413, 1e-3);  // Φ(0.5/0.5)
}

TEST(MostProbableInterface, is_no_deeper_than_a_specimen_of_known_thickness) {
  auto prediction = certain(InterfaceClass::rough);  // 30 cells
  prediction.depth_probability.assign(41, 1.0 / 41);
  EXPECT_EQ(most_probable_interface(prediction).film_a.extent(0), 30);
}

TEST(MostProbableInterface, is_as_thick_as_was_found) {
  auto prediction = certain(InterfaceClass::rough);  // 30 cells are given
  prediction.estimated_thickness_nm = 33 * prediction.depth_bin_nm;
  EXPECT_EQ(most_probable_interface(prediction).film_a.extent(0), 33);
}

TEST(MostProbableInterface, is_as_deep_as_the_distribution_where_no_thickness_is_given) {
  auto prediction = certain(InterfaceClass::rough);
  prediction.thickness_nm = 0;
  prediction.depth_probability.assign(12, 1.0 / 12);
  EXPECT_EQ(most_probable_interface(prediction).film_a.extent(0), 12);
}

}  // namespace
}  // namespace terrace
