#include "learning/sanity.h"

#include <gtest/gtest.h>

#include "learning/baselines.h"
#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

TrainingSettings small_settings() {
  auto settings = sanity_settings();
  settings.epochs = 20;
  settings.threads = 1;
  settings.batch = 16;
  settings.components = 16;
  settings.width = 32;
  settings.blocks = 1;
  settings.embedding = 16;
  return settings;
}

// The made-up twins differ by a wave over the pattern, which leaves its sum alone. (Shuffled labels of so few kinds of
// samples are learnt as one coin for all of them: Training.shuffled_labels_score_at_chance asks that question better.)
TEST(Sanity, sums_teach_nothing_where_patterns_do) {
  const auto samples = source_of(synthetic::samples(600), synthetic::small_grid());
  EXPECT_GT(twin_classifier_accuracy(*samples, small_settings()).value, 0.9);
  const auto measures = sanity_measures(*samples, small_settings());
  ASSERT_EQ(measures.size(), 3u);
  for (int i = 0; i < 2; ++i) EXPECT_NEAR(measures[i].value, 0.5, 0.195) << measures[i].name;  // 60 twins: 3 × 0.065
  EXPECT_EQ(measures[0].name, "totals_matched_at_10000");
  EXPECT_EQ(measures[2].name, "shuffled_labels_matched");
}

TEST(Sanity, without_twins_there_is_nothing_to_ask) {
  auto list = synthetic::samples(80);
  for (auto& sample : list) sample.origin.pair = -1;
  EXPECT_TRUE(sanity_measures(*source_of(std::move(list), synthetic::small_grid()), small_settings()).empty());
}

}  // namespace
}  // namespace terrace
