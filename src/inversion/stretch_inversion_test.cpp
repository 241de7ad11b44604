#include "inversion/stretch_inversion.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "core/text_file.h"
#include "dataset/family_simulation.h"
#include "inversion/inversion_setting.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

class Stretches : public testing::Test {
 protected:
  Stretches() : folder_(fs::path(testing::TempDir()) / "stretches") {
    fs::remove_all(folder_);
    const auto plan = plan_family(recipe_, 0);
    samples_ = simulate_family(recipe_, {plan.structures, {plan.samples[0]}}, Passage::multislice);
    Random random(51, {0});
    detect({.electrons_per_pattern = 1e4}, recipe_.grid.mrad_per_pixel, samples_[0], random);
    samples_.push_back(samples_[0]);
    std::fill(samples_[1].patterns.begin(), samples_[1].patterns.end(), 0.0f);
  }
  ~Stretches() override { fs::remove_all(folder_); }

  std::vector<Prediction> answers() const {
    return invert_stretches(recipe_, samples_, folder_, Ranks(), 1, {.two_step_depths = 0}, 0, {});
  }

  /// In every answer that is kept.
  void say_kept() const {
    for (const auto& file : fs::directory_iterator(folder_)) {
      auto json = nlohmann::ordered_json::parse(read_text(file.path()));
      json["summary"] = "kept";
      write_text(file.path(), json.dump());
    }
  }

  Recipe recipe_ = small_inversion();
  std::vector<Sample> samples_;
  fs::path folder_;
};

TEST_F(Stretches, an_answer_that_is_known_is_not_sought_again_and_an_impossible_one_says_why) {
  const auto first = answers();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_FALSE(first[0].abstains);
  EXPECT_TRUE(first[1].abstains);
  EXPECT_NE(first[1].summary.find("no electron"), std::string::npos);
  say_kept();
  for (const auto& answer : answers()) EXPECT_EQ(answer.summary, "kept");
  samples_.pop_back();
  const auto recipe = recipe_;
  recipe_.detection.background_share = {0, 0.2};  // other priors
  EXPECT_NE(answers()[0].summary, "kept");
  recipe_ = recipe;
  say_kept();
  ASSERT_EQ(answers()[0].summary, "kept");
  samples_[0].conditions.thickness_nm += 0.1;  // another question
  EXPECT_NE(answers()[0].summary, "kept");
}

TEST_F(Stretches, patterns_seen_from_elsewhere_are_another_question) {
  samples_.erase(samples_.begin());  // the impossible one takes no time
  answers();
  say_kept();
  ASSERT_EQ(answers()[0].summary, "kept");
  samples_[0].seen_from.assign(recipe_.grid.positions(), {{0, 0.05, 1}});
  EXPECT_NE(answers()[0].summary, "kept");
}

TEST_F(Stretches, a_damaged_answer_is_sought_again) {
  samples_.erase(samples_.begin());  // the impossible one takes no time
  const auto first = answers();
  for (const auto& file : fs::directory_iterator(folder_)) write_text(file.path(), "{");
  EXPECT_EQ(answers()[0].summary, first[0].summary);
}

}  // namespace
}  // namespace terrace
