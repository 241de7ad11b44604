#include "learning/baselines.h"

#include <gtest/gtest.h>

#include "learning/profile_baseline.h"
#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

TEST(Baselines, the_dark_field_profile_sees_only_what_lies_outside_the_aperture) {
  Sample sample = synthetic::samples(1)[0];
  const auto before = dark_field_profile(sample, synthetic::small_grid());
  sample.patterns(0, 1, 4, 4) *= 50;  // the beam's own pixel
  EXPECT_EQ(dark_field_profile(sample, synthetic::small_grid()), before);
  sample.patterns(0, 1, 0, 0) *= 50;  // a corner
  EXPECT_GT(dark_field_profile(sample, synthetic::small_grid())[1], before[1]);
}

TEST(Baselines, the_profile_reads_what_an_image_shows_and_is_blind_to_the_rest) {
  // Rough and diffuse differ by brightness outside the aperture at one column; then only by the order of two pixels.
  for (const bool visible : {true, false}) {
    std::vector<Sample> list = synthetic::samples(400);
    for (auto& sample : list) {
      Random random(7, {static_cast<std::uint64_t>(sample.origin.index)});
      for (auto& value : sample.patterns) value = static_cast<float>(random.uniform(0.009, 0.011));
      const bool rough = sample.labels.interface_class == InterfaceClass::rough;
      for (int row = 0; row < 2; ++row)
        for (int y = 0; y < 8; ++y) {
          sample.patterns(row, 2, y, rough ? 0 : 7) += 0.01f;
          if (visible && rough) sample.patterns(row, 2, y, 3) += 0.01f;
        }
    }
    const auto measures = baseline_measures(*source_of(std::move(list), synthetic::small_grid()), {});
    ASSERT_EQ(measures.size(), 8u);
    EXPECT_EQ(measures[0].name, "baseline_dark_field_rough_vs_diffuse");
    // 40 samples: chance is 0.5 ± 0.08.
    EXPECT_EQ(measures[0].value > 0.75, visible) << measures[0].value;
    EXPECT_GT(measures[2].value, 0.9);  // the linear discriminant sees both
  }
}

}  // namespace
}  // namespace terrace
