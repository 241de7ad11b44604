#include "inversion/suggestion.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

Prediction rough_at(int depth_cells) {
  Prediction prediction;
  prediction.class_probability = {0.1, 0.7, 0.1, 0.1};
  prediction.depth_probability.assign(10, 0.02);
  prediction.depth_probability[depth_cells] = 0.82;
  prediction.step_height_probability_up = 0.2;
  return prediction;
}

TEST(StepOf, names_the_commonest_cell_and_the_direction) {
  const auto step = step_of(rough_at(7));
  ASSERT_TRUE(step);
  EXPECT_EQ(step->step_depth_cells, 7);
  EXPECT_EQ(step->step_height_cells, -1);
}

TEST(StepOf, is_silent_where_the_prediction_is_or_sees_none) {
  auto prediction = rough_at(7);
  prediction.abstains = true;
  EXPECT_FALSE(step_of(prediction));
  prediction = rough_at(7);
  prediction.class_probability = {0.7, 0.1, 0.1, 0.1};
  EXPECT_FALSE(step_of(prediction));
}

Prediction sure(InterfaceClass seen, double depth_nm, double up) {
  Prediction prediction;
  prediction.class_probability[static_cast<int>(seen)] = 1;
  prediction.depth_bin_nm = 0.4;
  prediction.depth_nm = depth_nm;
  prediction.depth_low_nm = depth_nm - 1;
  prediction.depth_high_nm = depth_nm + 1;
  prediction.step_height_probability_up = up;
  return prediction;
}

TEST(BorneOut, says_where_class_depth_or_direction_differ) {
  using enum InterfaceClass;
  const auto network = sure(rough, 3, 0.9);
  const auto said = [&](const Prediction& fit) { return borne_out(network, fit); };
  EXPECT_EQ(said(sure(rough, 3.5, 0.9)), "the network said rough (100 %): the fit bears it out (100 %)");
  EXPECT_NE(said(sure(rough, 7, 0.9)).find("7.0 nm, outside the network's 2.0 to 4.0"), std::string::npos);
  EXPECT_EQ(said(sure(rough, 7, 0.9)).find("other way"), std::string::npos);
  EXPECT_NE(said(sure(rough, 3, 0.1)).find("the other way"), std::string::npos);
  EXPECT_NE(said(sure(diffuse, 7, 0.1)).find("the fit excludes it"), std::string::npos);
  EXPECT_EQ(said(sure(diffuse, 7, 0.1)).find("nm"), std::string::npos);
  auto open = sure(abrupt, 0, 0.5);
  open.class_probability = {0.8, 0.2, 0, 0};
  EXPECT_NE(said(open).find("neither excludes nor confirms"), std::string::npos);
  auto withheld = sure(diffuse, 7, 0.1);
  withheld.abstains = true;
  EXPECT_EQ(said(withheld).find("excludes"), std::string::npos);
  EXPECT_NE(said(withheld).find("is withheld"), std::string::npos);
}

}  // namespace
}  // namespace terrace
