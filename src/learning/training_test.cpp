#include "learning/training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "dataset/detection.h"
#include "learning/augmentation.h"
#include "learning/baselines.h"
#include "learning/evaluation.h"
#include "learning/synthetic_samples.h"
#include "learning/trainer.h"

namespace terrace {
namespace {

TrainingSettings small_settings(int epochs) {
  TrainingSettings settings;
  settings.epochs = epochs;
  settings.batch = 16;
  settings.threads = 1;
  settings.components = 16;
  settings.width = 32;
  settings.blocks = 1;
  settings.embedding = 16;
  return settings;
}

std::unique_ptr<SampleSource> source(int count) {
  return source_of(synthetic::samples(count), synthetic::small_grid());
}

std::filesystem::path place(const std::string& name) { return std::filesystem::path(testing::TempDir()) / name; }

std::vector<EpochReport> curve_of(const SampleSource& samples, const TrainingSettings& settings) {
  std::vector<EpochReport> curve;
  train(samples, settings, {{}, [&](const EpochReport& report) { curve.push_back(report); }, {}});
  return curve;
}

// Every number of it, to the last bit.
bool same(const Prediction& a, const Prediction& b) {
  return a.class_probability == b.class_probability && a.depth_probability == b.depth_probability &&
         a.depth_low_nm == b.depth_low_nm && a.sigma_a_cells == b.sigma_a_cells && a.sigma_b_error == b.sigma_b_error &&
         a.film_cell_angstrom == b.film_cell_angstrom && a.step_count_probability == b.step_count_probability &&
         a.out_of_domain == b.out_of_domain && a.summary == b.summary;
}

TEST(Training, loss_falls_on_32_samples) {
  auto list = synthetic::samples(32);
  for (auto& sample : list) sample.origin.split = "train";
  auto judges = synthetic::samples(8, 2);
  for (auto& sample : judges) sample.origin.split = "calibration", list.push_back(sample);
  auto settings = small_settings(60);
  settings.masked_probability = 0;
  settings.depth_smoothing_cells = 0;
  const auto curve = curve_of(*source_of(std::move(list), synthetic::small_grid()), settings);
  EXPECT_LT(curve.back().training_loss, 0.2 * curve.front().training_loss);
}

TEST(Training, learns_what_can_be_seen_and_generalises_to_unseen_families) {
  const auto samples = source(800);
  const auto model = train(*samples, small_settings(30));
  const auto evaluation = evaluate(model, *samples);
  EXPECT_GT(evaluation.find("rough_vs_diffuse")->value, 0.9);
  EXPECT_GT(evaluation.find("step_within_one_cell")->value, 0.7);
  EXPECT_GT(evaluation.find("step_direction")->value, 0.9);
  EXPECT_LT(evaluation.find("abstention_share")->value, 0.1);
  EXPECT_TRUE(evaluation.find("baseline_linear_matched"));
}

TEST(Training, a_scan_and_its_mirror_image_get_one_answer) {
  const auto samples = source(200);
  const auto model = train(*samples, small_settings(2));
  for (int i = 0; i < 10; ++i) {
    // As a specimen tilted along the interface would do, since the samples are their own mirror images.
    Sample tilted = samples->read(i);
    for (std::int64_t k = 0; k < tilted.patterns.size(); ++k)
      tilted.patterns.data()[k] *= k / tilted.patterns.extent(3) % tilted.patterns.extent(2) < 3 ? 2.0f : 0.5f;
    const auto one = model.predict(tilted), other = model.predict(mirrored(tilted));
    for (int k = 0; k < 4; ++k) EXPECT_NEAR(one.class_probability[k], other.class_probability[k], 1e-5);
    EXPECT_NEAR(one.depth_nm, other.depth_nm, 1e-4);
    EXPECT_NEAR(one.sigma_a_error, other.sigma_a_error, 1e-5);
  }
}

TEST(Training, shuffled_labels_score_at_chance) {
  const auto samples = source(400);
  auto settings = small_settings(15);
  settings.shuffle_labels = "yes";
  const auto model = train(*samples, settings);
  double given_to_truth = 0;
  const auto test = positions_in_split(*samples, "test");
  for (const auto i : test) {
    const Sample sample = samples->read(i);
    given_to_truth += model.predict(sample).class_probability[static_cast<int>(sample.labels.interface_class)];
  }
  // What each class is taken for was learnt from 60 shuffled labels: 0.25 ± 0.056; the mean of four, three deviations.
  EXPECT_NEAR(given_to_truth / std::ssize(test), 0.25, 0.085);
}

TEST(Training, twins_with_equal_patterns_cannot_be_told_apart) {
  auto list = synthetic::samples(400);
  for (std::size_t i = 0; i + 2 < list.size(); i += 4) list[i + 2].patterns = list[i + 1].patterns;
  const auto samples = source_of(std::move(list), synthetic::small_grid());
  const auto measure = twin_classifier_accuracy(*samples, small_settings(10));
  EXPECT_DOUBLE_EQ(measure.value, 0.5);  // equal patterns get equal answers: one of each pair is right
  EXPECT_EQ(measure.families, 20);
}

TEST(Training, the_same_seed_gives_the_same_model_and_another_seed_another) {
  const auto samples = source(60);
  auto settings = small_settings(2);
  const auto first = curve_of(*samples, settings), second = curve_of(*samples, settings);
  settings.seed = 2;
  const auto other = curve_of(*samples, settings);
  EXPECT_EQ(first.back().training_loss, second.back().training_loss);
  EXPECT_NE(first.back().training_loss, other.back().training_loss);
}

TEST(Training, more_threads_give_the_same_losses_up_to_rounding) {
  const auto samples = source(60);
  auto settings = small_settings(3);
  const auto one = curve_of(*samples, settings);
  settings.threads = 3;
  const auto three = curve_of(*samples, settings), again = curve_of(*samples, settings);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_NEAR(three[i].training_loss, one[i].training_loss, 1e-3 * one[i].training_loss);
    EXPECT_EQ(three[i].training_loss, again[i].training_loss);
  }
}

TEST(Training, a_killed_run_goes_on_exactly_where_it_was) {
  const auto samples = source(60);
  auto settings = small_settings(4);
  settings.members = 2;
  const auto whole = curve_of(*samples, settings);
  for (const std::size_t kill_after : {1u, 3u, 5u}) {
    const auto checkpoint = place("killed.checkpoint");
    std::filesystem::remove(checkpoint);
    std::vector<EpochReport> curve;
    const auto note = [&](const EpochReport& report) { curve.push_back(report); };
    const auto note_and_die = [&](const EpochReport& report) {
      if (curve.size() == kill_after) throw std::runtime_error("killed");  // the epoch is lost with the run
      curve.push_back(report);
    };
    EXPECT_THROW(train(*samples, settings, {{}, note_and_die, checkpoint}), std::runtime_error);
    train(*samples, settings, {{}, note, checkpoint});
    ASSERT_EQ(curve.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(curve[i].training_loss, whole[i].training_loss) << i;
  }
}

TEST(Training, a_checkpoint_of_another_run_is_refused) {
  const auto samples = source(40);
  const auto checkpoint = place("other.checkpoint");
  std::filesystem::remove(checkpoint);
  auto settings = small_settings(1);
  train(*samples, settings, {{}, {}, checkpoint});
  settings.seed = 9;
  EXPECT_THROW(train(*samples, settings, {{}, {}, checkpoint}), InputError);
}

TEST(Training, a_time_limit_ends_the_run_and_its_schedule) {
  auto settings = small_settings(100000);
  settings.time_limit_minutes = 1.0 / 60;
  const auto curve = curve_of(*source(60), settings);
  EXPECT_GT(curve.size(), 1u);
  EXPECT_LT(curve.back().learning_rate, 0.1 * settings.learning_rate);
}

TEST(Training, learns_through_a_camera_drawn_anew_each_epoch) {
  DetectionRanges camera{{2000, 20000}, {0, 0.2}, {0, 0.3}, {1, 1.5}, 0.02};
  const auto samples = source_of(synthetic::samples(200), synthetic::small_grid(), camera);
  const auto model = train(*samples, small_settings(12));
  const auto& curve = model.record.at("learning_curve");
  EXPECT_LT(curve.back().at("validation_loss").get<double>(), 0.9 * curve.front().at("validation_loss").get<double>());
  EXPECT_EQ(model.domain.electrons_per_pattern, (Range{2000, 20000}));
  camera.electrons_per_pattern = {20000};
  EXPECT_THROW(train(*source_of(synthetic::samples(40), synthetic::small_grid(), camera), small_settings(1)),
               InputError);
}

class Exchanges : public testing::TestWithParam<const char*> {};

TEST_P(Exchanges, learn_what_can_be_seen) {
  auto settings = small_settings(25);
  settings.exchange = GetParam();
  const auto samples = source(600);
  const auto evaluation = evaluate(train(*samples, settings), *samples);
  EXPECT_GT(evaluation.find("rough_vs_diffuse")->value, 0.85);
  EXPECT_GT(evaluation.find("class_accuracy")->value, 0.75);
}

TEST(Training, what_all_positions_saw_may_steer_each_and_depth_be_a_mixture) {
  auto settings = small_settings(25);
  settings.steering = "scan";
  settings.depth_head = "mixture";
  const auto samples = source(600);
  const auto model = train(*samples, settings);
  EXPECT_GT(evaluate(model, *samples).find("class_accuracy")->value, 0.75);
  TensorFile weights;
  model.members[0].add_weights("", weights);
  // Steers start at zero: learnt ones are not.
  const auto& steer = weights.tensors.at("rounds.0.steer2.weight").values;
  EXPECT_TRUE(std::ranges::any_of(steer, [](float value) { return value != 0; }));
}

TEST(Training, a_loss_without_weight_on_the_direction_does_not_learn_it) {
  auto settings = small_settings(15);
  settings.direction_weight = 0;
  const auto samples = source(300);
  const double without = evaluate(train(*samples, settings), *samples).find("step_direction")->value;
  settings.direction_weight = 3;
  const double with = evaluate(train(*samples, settings), *samples).find("step_direction")->value;
  EXPECT_GT(with, without + 0.1);
}

INSTANTIATE_TEST_SUITE_P(Training, Exchanges, testing::Values("mixer", "attention", "convolution", "none"),
                         [](const auto& exchange) { return exchange.param; });

TEST(Training, sums_of_patterns_that_all_hold_the_same_teach_nothing) {
  auto list = synthetic::samples(400);
  for (auto& sample : list)
    for (int position = 0; position < 8; ++position) {
      const std::span pattern(sample.patterns.data() + 64 * position, 64);
      const float sum = std::accumulate(pattern.begin(), pattern.end(), 0.0f);
      for (auto& pixel : pattern) pixel /= sum;
    }
  auto settings = small_settings(10);
  settings.input = "totals";
  const auto samples = source_of(std::move(list), synthetic::small_grid());
  // Rounding of the sums must not be blown up into an answer.
  EXPECT_NEAR(evaluate(train(*samples, settings), *samples).find("rough_vs_diffuse")->value, 0.5, 0.1);
}

TEST(Training, an_empty_split_is_refused) {
  auto list = synthetic::samples(40);
  for (auto& sample : list) sample.origin.split = "train";
  EXPECT_THROW(train(*source_of(std::move(list), synthetic::small_grid()), small_settings(1)), InputError);
}

TEST(Training, the_learning_rate_rises_then_falls) {
  EXPECT_NEAR(learning_rate_share(0), 0.01, 1e-12);
  EXPECT_NEAR(learning_rate_share(0.1), 1, 1e-12);
  EXPECT_NEAR(learning_rate_share(1), 0.01, 1e-12);
}

TEST(Model, reloaded_predicts_identically) {
  const auto samples = source(60);
  auto settings = small_settings(2);
  settings.members = 2;
  const auto model = train(*samples, settings);
  model.save(place("model.terrace"));
  const auto again = Model::load(place("model.terrace"));
  for (std::int64_t i = 0; i < samples->size(); ++i)
    EXPECT_TRUE(same(model.predict(samples->read(i)), again.predict(samples->read(i)))) << i;
  EXPECT_EQ(again.record.at("learning_curve").size(), 4u);
  EXPECT_EQ(again.record.at("seed"), 1);
}

TEST(Model, a_damaged_file_is_refused_by_name) {
  const auto path = place("damaged_model.terrace");
  train(*source(40), small_settings(1)).save(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1000);
  try {
    Model::load(path);
    FAIL();
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos);
  }
}

TEST(Model, a_whole_file_that_lacks_something_is_refused) {
  const auto path = place("hollow_model.terrace");
  train(*source(40), small_settings(1)).save(path);
  const auto whole = read_tensor_file(path, "model");
  for (const auto& [key, value] : whole.record.items()) {
    auto hollow = whole;
    hollow.record.erase(key);
    write_tensor_file(hollow, "model", path);
    EXPECT_THROW(Model::load(path), FileError) << key;
  }
  for (const auto& [name, tensor] : whole.tensors) {
    auto hollow = whole;
    hollow.tensors.erase(name);
    write_tensor_file(hollow, "model", path);
    EXPECT_THROW(Model::load(path), FileError) << name;
  }
}

TEST(Model, a_whole_file_with_impossible_numbers_is_refused) {
  const auto path = place("impossible_model.terrace");
  train(*source(40), small_settings(1)).save(path);
  const auto whole = read_tensor_file(path, "model");
  const auto refused = [&](const auto& change) {
    auto changed = whole;
    change(changed);
    write_tensor_file(changed, "model", path);
    EXPECT_THROW(Model::load(path), FileError);
  };
  refused([](TensorFile& file) { file.tensors.at("member0.heads.bias").values[0] = NAN; });
  refused([](TensorFile& file) { file.tensors.at("preprocessing.variance").values[0] = -1; });
  refused([](TensorFile& file) { file.record["preprocessing"]["condition_scale"][1] = 0; });
  refused([](TensorFile& file) { file.record["preprocessing"]["least_noise"] = -1; });
  refused([](TensorFile& file) { file.record["calibration"][0]["class_temperature"] = 0; });
  refused([](TensorFile& file) { file.record["calibration"][0]["interval_share"] = 50; });
  refused([](TensorFile& file) { file.record["residual_limit"] = 0; });
  refused([](TensorFile& file) { file.record["network"]["along"] = 1; });
  refused([](TensorFile& file) { file.record["network"]["width"] = 4096; });
  refused([](TensorFile& file) {
    file.record["about"] = nlohmann::ordered_json::array();
    for (int depth = 0; depth < 1000; ++depth)
      file.record["about"] = nlohmann::ordered_json::array({std::move(file.record["about"])});
  });
}

TEST(Model, says_where_the_thickness_is_known_worse_than_in_training) {
  const auto samples = source(40);
  const auto model = train(*samples, small_settings(1));
  Sample sample = samples->read(3);
  const auto notes = [&] {
    const auto reasons = model.predict(sample).reasons;
    return std::ranges::count_if(reasons, [](const std::string& r) { return r.starts_with("The thickness is known"); });
  };
  EXPECT_EQ(notes(), 0);
  sample.conditions.thickness_error_nm = 1;
  EXPECT_EQ(notes(), 1);
}

TEST(Model, abstains_outside_its_domain_and_says_why) {
  const auto samples = source(200);
  const auto model = train(*samples, small_settings(5));
  Sample sample = samples->read(3);
  EXPECT_FALSE(model.predict(sample).abstains);
  sample.conditions.thickness_nm = 50;
  const auto thick = model.predict(sample);
  EXPECT_TRUE(thick.abstains);
  ASSERT_FALSE(thick.reasons.empty());
  EXPECT_NE(thick.reasons[0].find("thickness"), std::string::npos);
  Sample strange = samples->read(3);
  for (int position = 0; position < 8; ++position) strange.patterns.data()[position * 64 + 37] *= 100;
  EXPECT_TRUE(model.predict(strange).abstains);
}

TEST(Model, depth_stays_inside_the_lamella) {
  const auto samples = source(60);
  const auto model = train(*samples, small_settings(1));
  Sample sample = samples->read(1);
  sample.conditions.thickness_nm = 4 * 0.3905;
  const auto prediction = model.predict(sample);
  for (std::size_t bin = 5; bin < prediction.depth_probability.size(); ++bin)
    EXPECT_LT(prediction.depth_probability[bin], 1e-12);
}

TEST(Model, one_sample_and_many_get_the_same_answer) {
  const auto samples = source(60);
  const auto model = train(*samples, small_settings(2));
  const std::vector many = {samples->read(1), samples->read(2), samples->read(3)};
  const auto together = model.predict(many);
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 4; ++k)  // batches of other sizes sum in another order
      EXPECT_NEAR(together[i].class_probability[k], model.predict(many[i]).class_probability[k], 1e-5);
}

}  // namespace
}  // namespace terrace
