#include "learning/sample_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

/// Samples whose thickness is known to `error_nm`, seen by a real camera.
struct Setting {
  std::unique_ptr<SampleSource> source;
  Preprocessing preprocessing;

  explicit Setting(double error_nm) {
    auto samples = synthetic::samples(12);
    for (auto& sample : samples) sample.conditions.thickness_error_nm = error_nm;
    preprocessing = fit_preprocessing(samples, synthetic::small_grid(), {.components = 4});
    DetectionRanges camera;
    camera.electrons_per_pattern = {1e5, 1e6};
    source = source_of(samples, synthetic::small_grid(), camera);
  }

  SampleTable table(const TrainingSettings& settings) const {
    std::vector<std::int64_t> positions(source->size());
    std::iota(positions.begin(), positions.end(), 0);
    return {*source, positions, preprocessing, settings, 20, {}};
  }
};

/// Labels that are another sample's would tell by its thickness which one's.
TEST(SampleTable, shuffled_labels_leave_the_thickness_as_it_was_given) {
  const Setting setting(1.5);
  const auto table = setting.table({.shuffle_labels = "yes"});
  for (std::uint64_t epoch = 0; epoch < 5; ++epoch)
    EXPECT_NEAR(table.varied(3, 0, epoch).thickness_cells * depth_cell_nm, table.conditions(3).thickness_nm, 1e-12);
}

/// The thickness that a look at a sample gives, and what the network is to find beside it, make up the truth; every
/// look gives another.
TEST(SampleTable, each_look_draws_the_error_of_the_thickness_anew) {
  constexpr double error_nm = 1.5;
  const Setting setting(error_nm);
  const auto table = setting.table({});
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
