#include "report/pacbed_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

TEST(PacbedSection, shows_the_difference_and_no_hole_where_nothing_was_compared) {
  PacbedFit fit;
  fit.thickness_nm = {21.4, 0.3, "measured"};
  fit.measured = Image({2, 2});
  fit.fitted = Image({2, 2});
  fit.measured(0, 0) = 5, fit.fitted(0, 0) = 3;
  fit.measured(1, 1) = fit.fitted(1, 1) = NAN;
  fit.matches = {{20, 0.9}, {22, 0.95}};
  fit.reasons = {"a warning"};
  const auto section = pacbed_section(fit);
  EXPECT_THAT(section.lead, testing::AllOf(testing::HasSubstr("21.40 ± 0.30 nm"), testing::HasSubstr("a warning")));
  ASSERT_EQ(section.pictures.size(), 3u);
  EXPECT_EQ(section.pictures[2].image(0, 0), 2);
  for (const auto& picture : section.pictures)
    for (const float value : picture.image) EXPECT_TRUE(std::isfinite(value));
  ASSERT_EQ(section.charts.size(), 1u);
  EXPECT_THAT(section.charts[0].curves[0].y, testing::ElementsAre(0.9, 0.95));
}

}  // namespace
}  // namespace terrace
