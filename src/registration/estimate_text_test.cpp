#include "registration/estimate_text.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

TEST(EstimateText, what_rounds_to_zero_has_no_sign) {
  EXPECT_EQ(number_text(-1e-9, 3), "0.000");
  EXPECT_EQ(number_text(-0.0, 1), "0.0");
  EXPECT_EQ(number_text(-0.0004, 3), "0.000");
  EXPECT_EQ(number_text(-0.0006, 3), "-0.001");
  EXPECT_EQ(number_text(2.345, 1), "2.3");
}

TEST(EstimateText, an_error_is_written_where_it_is_estimated) {
  EXPECT_EQ(estimate_text({12.876, 0.099, "measured"}, 2), "12.88 ± 0.10");
  EXPECT_EQ(estimate_text({20, -1, "file"}, 3), "20.000");
}

}  // namespace
}  // namespace terrace
