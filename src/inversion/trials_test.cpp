#include "inversion/trials.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/text_file.h"
#include "inversion/inversion_setting.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// A reader that notes what it was shown, and says that the step lies two cells deep.
class NotingNetwork {
 public:
  TrialNetwork named(const std::string& name) {
    return {name, [this](const Sample& counts) {
              shown.push_back(counts);
              Prediction said;
              said.class_probability = {0, 1, 0, 0};
              said.depth_probability = {0, 0, 1, 0};
              return said;
            }};
  }
  std::vector<Sample> shown;
};

TEST(Trials, a_network_reads_each_scan_once_and_nothing_is_inverted_again) {
  const auto recipe = small_inversion();
  const auto folder = fs::path(testing::TempDir()) / "trials_network";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const auto path = folder / "trials.json";
  TrialsRequest request{.families = 1, .samples = 1, .electrons_per_pattern = {3e4}, .effort = {.two_step_depths = 0}};
  const auto run = [&] { return write_trials({recipe, recipe}, request, path, Ranks(), 1, {}).at(0); };
  const double seconds = run().seconds;
  EXPECT_FALSE(run().untempered);  // the model is the truth
  NotingNetwork network;
  request.network = network.named("one");
  const auto outcome = run();
  ASSERT_EQ(network.shown.size(), 1U);
  EXPECT_EQ(network.shown[0].conditions.electrons_per_pattern, 3e4);
  EXPECT_EQ(outcome.network->found_depth_cells, 2);
  EXPECT_EQ(outcome.seconds, seconds);
  run();
  EXPECT_EQ(network.shown.size(), 1U);
  request.network = network.named("another");
  EXPECT_EQ(run().network_name, "another");
  EXPECT_EQ(network.shown.size(), 2U);
}

TEST(Trials, where_the_model_is_not_the_truth_the_untempered_answer_stands_beside) {
  const auto model = small_inversion();
  auto truth = model;
  truth.film.a_site = "Ba";
  const auto folder = fs::path(testing::TempDir()) / "trials_untempered";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const TrialsRequest request{
      .families = 1, .samples = 1, .electrons_per_pattern = {1e5}, .effort = {.two_step_depths = 0}};
  const auto outcome = write_trials({truth, model}, request, folder / "trials.json", Ranks(), 1, {}).at(0);
  ASSERT_TRUE(outcome.untempered);
  EXPECT_GT(outcome.tempering, 1.01);
  EXPECT_GT(outcome.untempered->answered_probability, outcome.inversion.answered_probability);
}

TEST(Trials, what_is_kept_counts_as_done_from_the_start) {
  const auto recipe = small_inversion();
  const auto folder = fs::path(testing::TempDir()) / "trials_kept";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const TrialsRequest request{
      .families = 2, .samples = 1, .electrons_per_pattern = {3e4}, .effort = {.two_step_depths = 0}};
  std::vector<std::int64_t> done;
  const auto run = [&] {
    done.clear();
    write_trials({recipe, recipe}, request, folder / "trials.json", Ranks(), 1,
                 [&](auto, std::int64_t now, std::int64_t) { done.push_back(now); });
  };
  run();
  EXPECT_EQ(done, (std::vector<std::int64_t>{0, 1, 2}));
  run();
  EXPECT_EQ(done, (std::vector<std::int64_t>{2}));
  fs::remove_all(folder / "trials.json.parts");
  const auto first = read_text(folder / "trials.json");
  run();
  EXPECT_EQ(done, (std::vector<std::int64_t>{2}));
  EXPECT_EQ(read_text(folder / "trials.json"), first);
}

}  // namespace
}  // namespace terrace
