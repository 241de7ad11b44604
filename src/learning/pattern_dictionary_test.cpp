#include "learning/pattern_dictionary.h"

#include <gtest/gtest.h>

#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

PatternDictionary dictionary_of(const std::vector<Sample>& samples) {
  return PatternDictionary::of_training_split(*source_of(samples, synthetic::small_grid()), {}, 1);
}

TEST(PatternDictionary, knows_its_own_entries) {
  const auto samples = synthetic::samples(200);
  const auto dictionary = dictionary_of(samples);
  const auto answers = dictionary.look_up(samples, 2);
  int asked = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].origin.split != "train" || samples[i].labels.interface_class != InterfaceClass::rough) continue;
    ++asked;
    EXPECT_TRUE(answers[i].is_rough);
    EXPECT_EQ(answers[i].step_depth_cells, samples[i].labels.step_depth_cells);
  }
  EXPECT_EQ(asked, 30);
}

TEST(PatternDictionary, names_entries_of_the_same_thickness_while_there_are_any) {
  auto samples = synthetic::samples(40);
  Sample thin = samples[1];  // rough, in training
  ASSERT_EQ(thin.origin.split, "train");
  thin.conditions.thickness_nm = 2;
  thin.labels.step_depth_cells = 77;
  for (auto& value : thin.patterns) value = 1.0f - value;  // unlike anything
  samples.push_back(thin);
  Sample question = samples[1];
  const auto dictionary = dictionary_of(samples);
  EXPECT_NE(dictionary.look_up(std::span(&question, 1), 1)[0].step_depth_cells, 77);
  question.conditions.thickness_nm = 2.5;
  EXPECT_EQ(dictionary.look_up(std::span(&question, 1), 1)[0].step_depth_cells, 77);
  question.conditions.thickness_nm = 50;  // none is near: all are asked
  EXPECT_NE(dictionary.look_up(std::span(&question, 1), 1)[0].step_depth_cells, 77);
}

}  // namespace
}  // namespace terrace
