#include "dataset/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/error.h"
#include "dataset/data_set.h"
#include "dataset/data_set_cost.h"
#include "dataset/folder_claim.h"
#include "dataset/sample_json.h"
#include "dataset/shard.h"
#include "dataset/shard_tally.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// Seconds of work: thin specimens, few positions, a coarse grid.
Recipe tiny_recipe() {
  Recipe recipe;
  recipe.study = {
      .name = "tiny", .seed = 3, .families = 5, .families_per_shard = 2, .calibration_share = 0.2, .test_share = 0.3};
  recipe.content = {.stepped_structures = 2,
                    .exits_per_step = 1,
                    .diffuse_profiles = 1,
                    .stepped_and_diffuse = 1,
                    .exits_per_profile = 1,
                    .abrupt_exits = 1,
                    .random_cation_share = 0.5};
  recipe.ranges.thickness_cells = {4, 5};
  recipe.window = {.columns = 8, .cells_along = 2};
  recipe.grid = {.across = 4, .along = 1, .half_span_cells = 2, .pixels = 8, .mrad_per_pixel = 8};
  recipe.sampling.pixels_x = 96;
  recipe.sampling.pixels_y = 32;
  return recipe;
}

class Generate : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("generate_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string bytes(const fs::path& path) {
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  fs::path folder_;
};

TEST_F(Generate, one_thread_and_two_write_the_same_bytes) {
  generate(tiny_recipe(), folder_ / "one", {.threads = 1});
  generate(tiny_recipe(), folder_ / "two", {.threads = 2});
  for (const char* name : {"shard-00000.h5", "shard-00001.h5", "shard-00002.h5", "manifest.json"})
    EXPECT_EQ(bytes(folder_ / "one" / name), bytes(folder_ / "two" / name)) << name;
}

TEST_F(Generate, a_run_cut_short_goes_on_and_ends_with_the_same_bytes) {
  generate(tiny_recipe(), folder_, {.threads = 2});
  const auto whole = bytes(folder_ / "shard-00001.h5");
  const auto kept_since = fs::last_write_time(folder_ / "shard-00000.h5");
  fs::remove(folder_ / "shard-00001.h5");
  fs::remove(folder_ / "manifest.json");
  std::ofstream(folder_ / "shard-00001.h5.partial") << "half a shard";
  generate(tiny_recipe(), folder_, {.threads = 1});
  EXPECT_EQ(bytes(folder_ / "shard-00001.h5"), whole);
  EXPECT_EQ(fs::last_write_time(folder_ / "shard-00000.h5"), kept_since);
  EXPECT_FALSE(fs::exists(folder_ / "shard-00001.h5.partial"));
}

TEST_F(Generate, samples_do_not_depend_on_the_families_simulated_before) {
  const auto recipe = tiny_recipe();
  generate(recipe, folder_, {.threads = 2});
  const DataSet data(folder_);
  ASSERT_EQ(data.size(), recipe.samples());
  const auto alone = simulate_family(recipe, plan_family(recipe, 3), Passage::multislice);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    const auto sample = data.read(3 * recipe.samples_per_family() + static_cast<std::int64_t>(i));
    EXPECT_EQ(sample.origin.index, alone[i].origin.index);
    EXPECT_TRUE(std::equal(sample.patterns.begin(), sample.patterns.end(), alone[i].patterns.begin()));
  }
}

TEST_F(Generate, patterns_hold_most_of_the_beam) {
  const auto recipe = tiny_recipe();
  for (const auto& sample : simulate_family(recipe, plan_family(recipe, 0), Passage::multislice))
    for (int position = 0; position < 4; ++position) {
      double sum = 0;
      for (int i = 0; i < 64; ++i) sum += sample.patterns[0][position * 64 + i];
      EXPECT_GT(sum,
                0.6);  // ±32 mrad hold the 20 mrad disc; 2 nm scatter up to a third beyond, or absorb it, on a column
      EXPECT_LE(sum, 1.0001);
    }
}

TEST_F(Generate, a_milled_structure_is_the_same_whatever_thicker_one_is_made_with_it) {
  // A step one cell above the exit: at 70 cells its column projects as film to 1.4 % and is milled, at 90 cells it is
  // not.
  auto recipe = tiny_recipe();
  recipe.ranges.thickness_cells = {70, 90};
  auto plan = plan_family(recipe, 0);
  plan.samples.resize(2);
  auto& structure = plan.structures[plan.samples[0].structure];
  structure.interface.thickness_cells = 90;
  structure.interface.step_depths_cells = {69};
  structure.interface.step_heights_cells = {1};
  structure.interface.film_loss_entrance_cells = 3;
  structure.sites = sites(structure.interface, composition(structure.interface));
  plan.samples[1] = plan.samples[0];
  plan.samples[0].thickness_cells = 70;
  plan.samples[1].thickness_cells = 90;
  const auto together = simulate_family(recipe, plan, Passage::multislice);
  plan.samples.resize(1);
  structure.sites = cut_off(structure.sites, 70);
  const auto alone = simulate_family(recipe, plan, Passage::multislice);
  EXPECT_TRUE(std::equal(alone[0].patterns.begin(), alone[0].patterns.end(), together[0].patterns.begin()));
}

TEST_F(Generate, in_a_single_slice_twins_are_the_same_pattern) {
  const auto recipe = tiny_recipe();
  const auto plan = plan_family(recipe, 1);
  const auto flat = simulate_family(recipe, plan, Passage::single_slice);
  const auto real = simulate_family(recipe, plan, Passage::multislice);
  const auto difference = [](const Sample& a, const Sample& b) {
    double sum = 0;
    for (std::int64_t i = 0; i < a.patterns.size(); ++i) sum += std::abs(a.patterns.data()[i] - b.patterns.data()[i]);
    return sum / static_cast<double>(a.patterns.extent(1));
  };
  int pairs = 0;
  for (std::size_t i = 0; i + 1 < plan.samples.size(); ++i) {
    if (plan.samples[i].origin.pair < 0 || plan.samples[i + 1].origin.pair != plan.samples[i].origin.pair) continue;
    ++pairs;
    // Phases up to some ten rad in float: 6e-8 × 10 per pixel, summed coherently at worst.
    EXPECT_LT(difference(flat[i], flat[i + 1]), 1e-4);
    EXPECT_GT(difference(real[i], real[i + 1]), 1e-3);
    for (int column = 0; column < recipe.grid.across; ++column)
      EXPECT_NEAR(real[i].projected_profile[column], real[i + 1].projected_profile[column], 1e-6);
  }
  EXPECT_GT(pairs, 0);
}

TEST_F(Generate, damaged_and_foreign_shards_are_named) {
  using testing::HasSubstr;
  generate(tiny_recipe(), folder_, {.threads = 2});
  const auto complaint = [&](const Recipe& recipe) -> std::string {
    try {
      generate(recipe, folder_, {.threads = 1});
    } catch (const FileError& error) {
      return error.what();
    }
    return "accepted";
  };
  auto other = tiny_recipe();
  other.study.seed = 4;
  EXPECT_THAT(complaint(other), HasSubstr("another recipe"));
  fs::resize_file(folder_ / "shard-00001.h5", 3000);
  EXPECT_THAT(complaint(tiny_recipe()), HasSubstr("shard-00001.h5"));
  EXPECT_THROW(DataSet{folder_}, FileError);
  fs::remove(folder_ / "manifest.json");
  EXPECT_THROW(DataSet{folder_}, FileError);
}

TEST_F(Generate, parts_made_in_any_order_are_the_whole) {
  generate(tiny_recipe(), folder_ / "whole", {});
  EXPECT_EQ(generate(tiny_recipe(), folder_ / "parts", {.part = {.index = 1, .count = 2}}), 2);
  EXPECT_FALSE(fs::exists(folder_ / "parts" / "manifest.json"));
  EXPECT_EQ(generate(tiny_recipe(), folder_ / "parts", {.part = {.index = 0, .count = 2}}), 0);
  EXPECT_EQ(names_in(folder_ / "parts"), names_in(folder_ / "whole"));
  for (const auto& name : names_in(folder_ / "whole"))
    EXPECT_EQ(bytes(folder_ / "parts" / name), bytes(folder_ / "whole" / name)) << name;
}

TEST_F(Generate, no_two_runs_make_the_same_shard) {
  fs::create_directories(folder_);
  {
    const FolderClaim other(tiny_recipe(), folder_, {.index = 1, .count = 2});
    EXPECT_THROW(generate(tiny_recipe(), folder_, {}), InputError);
    EXPECT_THROW(generate(tiny_recipe(), folder_, {.part = {.index = 1, .count = 2}}), InputError);
    EXPECT_EQ(generate(tiny_recipe(), folder_, {.part = {.index = 0, .count = 2}}), 1);
  }
  EXPECT_EQ(generate(tiny_recipe(), folder_, {}), 0);
}

TEST_F(Generate, sweeps_up_after_dead_runs_and_leaves_other_files_alone) {
  fs::create_directories(folder_);
  for (const char* name : {"shard-00001.h5.partial", "shard-00002.h5.node-7.partial", "manifest.json.node-7.partial",
                           "shard-00003.h5.partial", "shard-00001.h5.copy", "notes.partial"})
    std::ofstream(folder_ / name) << "half a file";
  generate(tiny_recipe(), folder_, {});
  const std::set<std::string> expected = {"shard-00000.h5",        "shard-00001.h5",      "shard-00002.h5",
                                          "manifest.json",         "shard-00001.h5.copy", "notes.partial",
                                          "shard-00003.h5.partial"};  // the recipe has three shards
  EXPECT_EQ(names_in(folder_), expected);
}

TEST_F(Generate, damaged_shards_are_remade_alone_where_asked) {
  generate(tiny_recipe(), folder_, {});
  const auto whole = bytes(folder_ / "shard-00001.h5");
  const auto kept_since = fs::last_write_time(folder_ / "shard-00000.h5");
  fs::resize_file(folder_ / "shard-00001.h5", 3000);
  generate(tiny_recipe(), folder_, {.damaged = DamagedShards::remake});
  EXPECT_EQ(bytes(folder_ / "shard-00001.h5"), whole);
  EXPECT_EQ(fs::last_write_time(folder_ / "shard-00000.h5"), kept_since);
}

/// Its checksums fit, and some families would be learnt twice, others never.
TEST_F(Generate, a_shard_under_the_name_of_another_is_damaged) {
  generate(tiny_recipe(), folder_, {});
  const auto own = bytes(folder_ / "shard-00000.h5");
  fs::copy_file(folder_ / "shard-00001.h5", folder_ / "shard-00000.h5", fs::copy_options::overwrite_existing);
  EXPECT_THROW(DataSet{folder_}, FileError);
  EXPECT_THROW(generate(tiny_recipe(), folder_, {}), FileError);
  generate(tiny_recipe(), folder_, {.damaged = DamagedShards::remake});
  EXPECT_EQ(bytes(folder_ / "shard-00000.h5"), own);
}

TEST_F(Generate, another_detection_keeps_every_shard_and_is_what_the_manifest_says) {
  generate(tiny_recipe(), folder_, {});
  const auto kept_since = fs::last_write_time(folder_ / "shard-00000.h5");
  auto recipe = tiny_recipe();
  recipe.detection.electrons_per_pattern = {500, 1000};
  generate(recipe, folder_, {});
  EXPECT_EQ(fs::last_write_time(folder_ / "shard-00000.h5"), kept_since);
  const DataSet data(folder_);
  EXPECT_EQ(data.manifest().at("recipe").at("detection"), to_json(recipe.detection));
  EXPECT_EQ(data.size(), recipe.samples());
}

// A shard is two parts: what HDF5 needs to find its way, of which some bytes mean nothing, and what is checked.
TEST_F(Generate, no_changed_byte_changes_what_is_read) {
  generate(tiny_recipe(), folder_, {});
  const auto path = folder_ / "shard-00000.h5";
  const auto hash = recipe_hash(tiny_recipe());
  const auto whole = bytes(path);
  const auto everything = [&] {
    std::string text;
    const ShardReader shard(path, hash);
    for (int i = 0; i < shard.size(); ++i) {
      const auto sample = shard.read(i);
      text.append(reinterpret_cast<const char*>(sample.patterns.data()), 4 * sample.patterns.size());
      text.append(reinterpret_cast<const char*>(sample.covered.data()), sample.covered.size());
      text += nlohmann::json(sample.labels).dump() + nlohmann::json(sample.conditions).dump() +
              nlohmann::json(sample.origin).dump();
    }
    return text;
  };
  const auto truth = everything();
  int refused = 0, tried = 0;
  for (std::size_t place = 0; place < whole.size(); place += 97, ++tried) {
    auto content = whole;
    content[place] ^= 0x11;
    std::ofstream(path, std::ios::binary) << content;
    try {
      ASSERT_EQ(everything() == truth, true) << place;
    } catch (const FileError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0.8 * tried);
}

TEST_F(Generate, a_changed_byte_breaks_the_checksum) {
  generate(tiny_recipe(), folder_, {.threads = 2});
  const auto path = folder_ / "shard-00000.h5";
  const auto hash = recipe_hash(tiny_recipe());
  ShardReader(path, hash).verify();
  auto sample = ShardReader(path, hash).read(0);
  const float value = sample.patterns.data()[70];
  auto content = bytes(path);
  const auto place = content.find(std::string(reinterpret_cast<const char*>(&value), sizeof(value)));
  ASSERT_NE(place, std::string::npos);
  content[place] ^= 1;
  std::ofstream(path, std::ios::binary) << content;
  EXPECT_THROW(ShardReader(path, hash).verify(), FileError);
}

TEST(DataSetCost, parts_and_ranks_share_it) {
  const auto recipe = tiny_recipe();
  const auto whole = cost_of(recipe, {});
  const auto first = cost_of(recipe, {.part = {.index = 0, .count = 2}});
  const auto second = cost_of(recipe, {.part = {.index = 1, .count = 2}});
  EXPECT_EQ(first.samples + second.samples, whole.samples);
  EXPECT_DOUBLE_EQ(first.disk_bytes + second.disk_bytes, whole.disk_bytes);
  EXPECT_EQ(cost_of(recipe, {.threads = 2, .ranks = 3}).memory_bytes, whole.memory_bytes);  // one shard for each rank
}

/// Held-out families come last: what cannot be drawn of them would be known after hours.
TEST(DataSetCost, a_held_out_set_that_cannot_be_drawn_is_refused_at_once) {
  auto recipe = tiny_recipe();
  recipe.held_out = {{.name = "far", .families = 1, .ranges = recipe.ranges}};
  EXPECT_NO_THROW(cost_of(recipe, {}));
  recipe.held_out[0].ranges.defocus_nm = {900, 1000};
  EXPECT_THROW(cost_of(recipe, {}), InputError);
}

TEST(DataSetCost, counts_what_the_plans_hold) {
  const auto recipe = tiny_recipe();
  const auto cost = cost_of(recipe, {.threads = 2});
  EXPECT_EQ(cost.samples, 5 * (2 * 2 + 2 + 1));
  EXPECT_GE(cost.sharing, 1);
  EXPECT_NEAR(cost.disk_bytes, 4.0 * 4 * 8 * 8 * 35, 1);
}

}  // namespace
}  // namespace terrace
