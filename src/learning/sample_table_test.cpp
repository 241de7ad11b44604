#include "learning/sample_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

/// The thickness that a look at a sample gives, and what the network is to find beside it, make up the truth; every
/// look gives another.
TEST(SampleTable, each_look_draws_the_error_of_the_thickness_anew) {
  constexpr double error_nm = 1.5;
  auto samples = synthetic::samples(12);
  for (auto& sample : samples) sample.conditions.thickness_error_nm = error_nm;
  const auto preprocessing = fit_preprocessing(samples, synthetic::small_grid(), {.components = 4});
  DetectionRanges camera;
  camera.electrons_per_pattern = {1e5, 1e6};
  const auto source = source_of(samples, synthetic::small_grid(), camera);
  std::vector<std::int64_t> positions(samples.size());
  std::iota(positions.begin(), positions.end(), 0);
  const SampleTable table(*source, positions, preprocessing, {}, 20, {});
  double least = error_nm, most = -error_nm;
  for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
    const double given = table.varied(3, 0, epoch).thickness_cells * depth_cell_nm;
    const double excess = table.target_of_varied(3, 0, epoch).values[thickness_excess];
    EXPECT_NEAR(given + regressions[thickness_excess].scale * excess, table.labels(3).thickness_nm, 1e-5);
    least = std::min(least, excess), most = std::max(most, excess);
  }
  EXPECT_GE(least, -error_nm - 1e-5);
  EXPECT_LE(most, error_nm + 1e-5);
  EXPECT_LT(least, -0.9 * error_nm);
  EXPECT_GT(most, 0.9 * error_nm);
}

}  // namespace
}  // namespace terrace
