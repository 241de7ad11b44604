#include "formats/scan_statistics.h"

#include <cmath>
#include <limits>

#include "formats/npy.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;

const fs::path sample_folder = TERRACE_SOURCE_DIR "/../shared/samples";

ScanStatistics statistics_of(const std::vector<float>& numbers) {
  const auto path = fresh("numbers.npy");
  NpyWriter writer(path, {2, 1, 2, static_cast<std::int64_t>(numbers.size()) / 4});
  writer.append(numbers);
  writer.close();
  return scan_statistics(*open_scan(path.string()));
}

TEST(ScanStatistics, every_number_counts_once) {
  const auto all = statistics_of({1, -2, 3, 4, 5, 6, 7, 0.5});
  EXPECT_EQ(all.least, -2);
  EXPECT_EQ(all.most, 7);
  EXPECT_EQ(all.sum, 24.5);
  EXPECT_EQ(all.count, 8);
  EXPECT_EQ(all.not_finite, 0);
}

TEST(ScanStatistics, what_is_not_finite_is_counted_and_left_out) {
  const float nan = std::nanf(""), infinite = std::numeric_limits<float>::infinity();
  const auto all = statistics_of({nan, 2, 3, -infinite, nan, 6, 7, 8});
  EXPECT_EQ(all.least, 2);
  EXPECT_EQ(all.most, 8);
  EXPECT_EQ(all.sum, 26);
  EXPECT_EQ(all.count, 8);
  EXPECT_EQ(all.not_finite, 3);
  const auto none = statistics_of({nan, nan, nan, nan});
  EXPECT_GT(none.least, none.most);
  EXPECT_EQ(none.not_finite, 4);
}

/// In single precision the sum would stop growing at 2^24.
TEST(ScanStatistics, small_numbers_add_to_a_large_sum) {
  const std::vector<float> ones(4 << 22, 1.0f);
  std::vector<float> numbers = ones;
  numbers[0] = 1 << 24;
  EXPECT_EQ(statistics_of(numbers).sum, (4 << 22) - 1 + (1 << 24));
}

TEST(ScanStatistics, real_files_have_the_published_figures) {
  const struct {
    const char* name;
    double least, most, sum, sum_digit;
  } known[] = {{"py4DSTEM_size2x3x4x5.h5", -13.12, 2767, 28255.9, 0.05},
               {"hspy_example2_v3.1.hspy", 718, 1218, 250910, 0},
               {"arina/test_00_master.h5", 0, 0, 0, 0}};
  for (const auto& file : known) {
    if (!fs::exists(sample_folder / file.name)) GTEST_SKIP() << sample_folder / file.name << " is not here";
    const auto all = scan_statistics(*open_scan((sample_folder / file.name).string()));
    EXPECT_NEAR(all.least, file.least, 0.005) << file.name;
    EXPECT_NEAR(all.most, file.most, 0.5) << file.name;
    EXPECT_NEAR(all.sum, file.sum, file.sum_digit) << file.name;
  }
}

}  // namespace
}  // namespace terrace
