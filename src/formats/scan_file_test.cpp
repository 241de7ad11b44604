#include "formats/scan_file.h"

#include <sys/resource.h>

#include <csignal>

#include "formats/scan_overrides.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;

void write_all(const fs::path& path, const ScanInfo& info, const nlohmann::ordered_json& settings = nullptr) {
  ScanWriter writer(path, info, settings);
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x) writer.write(y, x, pattern_at(info, y, x));
  writer.close();
}

TEST(ScanFile, what_was_written_reads_back_with_its_calibration) {
  const auto path = fresh("scan.h5");
  const auto info = small_scan();
  const nlohmann::ordered_json settings = {{"microscope", {{"defocus_nm", -3.5}}}, {"note", "Å"}};
  write_all(path, info, settings);

  const auto scan = open_scan(path.string());
  const auto& read = scan->info();
  EXPECT_EQ(read.format, "terrace HDF5");
  EXPECT_EQ(read.dtype, "float32");
  EXPECT_THAT((std::vector<int>{read.scan_height, read.scan_width, read.detector_height, read.detector_width}),
              testing::ElementsAre(2, 3, 4, 6));
  expect_every_number_in_place(*scan);
  EXPECT_DOUBLE_EQ(read.step_y_angstrom, info.step_y_angstrom);
  // The second coordinate less the first: one rounding of a number near 10.
  EXPECT_NEAR(read.step_x_angstrom, info.step_x_angstrom, 2e-15);
  EXPECT_EQ(read.start_y_angstrom, info.start_y_angstrom);
  EXPECT_EQ(read.start_x_angstrom, info.start_x_angstrom);
  EXPECT_NEAR(read.mrad_per_pixel_y, info.mrad_per_pixel_y, 1e-14);
  EXPECT_NEAR(read.mrad_per_pixel_x, info.mrad_per_pixel_x, 1e-14);
  EXPECT_EQ(read.centre_row, info.centre_row);
  EXPECT_EQ(read.centre_column, info.centre_column);
  EXPECT_EQ(read.energy_kev, info.energy_kev);
  EXPECT_EQ(read.semiangle_mrad, info.semiangle_mrad);
  EXPECT_EQ(read.thickness_nm, info.thickness_nm);
  EXPECT_EQ(read.intensity_unit, info.intensity_unit);
  EXPECT_EQ(read.title, info.title);
  EXPECT_EQ(read.provenance, settings);
  EXPECT_TRUE(read.guesses.empty());
}

TEST(ScanFile, settings_nested_without_end_are_left_out) {
  const auto path = fresh("deep.h5");
  nlohmann::ordered_json deep;
  for (int level = 0; level < 1000; ++level) deep = {{"in", std::move(deep)}};
  write_all(path, small_scan(), deep);
  const auto scan = open_scan(path.string());
  EXPECT_TRUE(scan->info().provenance.is_null());
  expect_every_number_in_place(*scan);
}

TEST(ScanFile, a_title_that_is_no_utf8_is_kept) {
  const auto path = fresh("latin.h5");
  auto info = small_scan();
  info.title = "caf\xE9";
  write_all(path, info);
  EXPECT_EQ(open_scan(path.string())->info().title, "caf\xE9");
}

TEST(ScanFile, counts_are_stored_whole_and_small) {
  auto info = small_scan();
  info.intensity_unit = "electrons";
  info.electrons_per_pattern = 5000;
  const auto path = fresh("counts.h5");
  write_all(path, info);
  const auto scan = open_scan(path.string());
  EXPECT_EQ(scan->info().dtype, "uint16");
  EXPECT_EQ(scan->info().electrons_per_pattern, 5000);
  expect_every_number_in_place(*scan);

  info.dtype = "uint16";
  ScanWriter writer(fresh("overfull.h5"), info, nullptr);
  auto pattern = pattern_at(info, 0, 0);
  pattern[5] = 65536;
  expect_error<InputError>([&] { writer.write(0, 0, pattern); }, "65536");
  pattern[5] = 3.4f;
  writer.write(0, 0, pattern);
}

TEST(ScanFile, rows_are_patterns_side_by_side) {
  const auto info = small_scan();
  const auto path = fresh("rows.h5");
  ScanWriter writer(path, info, nullptr);
  for (const int y : {1, 0}) {
    std::vector<float> row;
    for (int x = 0; x < info.scan_width; ++x) {
      const auto pattern = pattern_at(info, y, x);
      row.insert(row.end(), pattern.begin(), pattern.end());
    }
    writer.write_row(y, row);
  }
  writer.close();
  expect_every_number_in_place(*open_scan(path.string()));
}

TEST(ScanFile, the_three_views_show_the_same_patterns) {
  const auto path = fresh("views.h5");
  write_all(path, small_scan());
  const auto file = Hdf5File::open(path);
  const auto emd = file.read<std::vector<float>>("/datacube_root/datacube/data");
  EXPECT_EQ(file.read<std::vector<float>>("/Experiments/datacube/data"), emd);
  EXPECT_EQ(file.read<std::vector<float>>("/entry/data/data"), emd);
  // Soft links: only one hard path leads to the patterns.
  EXPECT_THAT(file.datasets(), testing::AllOf(testing::Contains("/datacube_root/datacube/data"),
                                              testing::Not(testing::Contains("/Experiments/datacube/data"))));
}

TEST(ScanFile, nothing_is_left_of_an_unfinished_file) {
  const auto path = fresh("unfinished.h5");
  {
    ScanWriter writer(path, small_scan(), nullptr);
    EXPECT_TRUE(fs::exists(path.string() + ".partial"));
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path.string() + ".partial"));
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScanFile, the_old_file_stays_until_the_new_one_is_whole) {
  const auto path = fresh("kept.h5");
  write_all(path, small_scan());
  const auto old_bytes = read_bytes(path);
  { ScanWriter unfinished(path, small_scan(), {{"other", 1}}); }
  EXPECT_EQ(read_bytes(path), old_bytes);
}

TEST(ScanFile, equal_scans_give_equal_bytes) {
  write_all(fresh("one.h5"), small_scan());
  write_all(fresh("two.h5"), small_scan());
  EXPECT_EQ(read_bytes(fresh("x").parent_path() / "one.h5"), read_bytes(fresh("x").parent_path() / "two.h5"));
}

TEST(ScanFile, more_than_the_disk_holds_is_refused_at_once) {
  auto info = small_scan();
  info.scan_height = info.scan_width = 60000;
  info.detector_height = info.detector_width = 1024;
  const auto path = fresh("huge.h5");
  expect_error<ResourceError>([&] { ScanWriter(path, info, nullptr); }, "GB free");
  EXPECT_FALSE(fs::exists(path.string() + ".partial"));
}

/// In a process of its own, because the limit and the library's failed file stay with the process.
void write_beyond_the_limit(const fs::path& path) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{200000, 200000};
  setrlimit(RLIMIT_FSIZE, &limit);
  auto info = small_scan();
  info.detector_height = info.detector_width = 256;
  const std::vector<float> pattern(256 * 256, 1);
  std::string outcome = "no error";
  try {
    ScanWriter writer(path, info, nullptr);
    for (int y = 0; y < info.scan_height; ++y)
      for (int x = 0; x < info.scan_width; ++x) writer.write(y, x, pattern);
    writer.close();
  } catch (const ResourceError&) {
    outcome = "ResourceError";
  } catch (const std::exception& error) {
    outcome = error.what();
  }
  const bool left = fs::exists(path) || fs::exists(path.string() + ".partial");
  std::fprintf(stderr, "%s, %s left\n", outcome.c_str(), left ? "something" : "nothing");
  std::exit(0);
}

TEST(ScanFile, a_full_disk_is_said_and_leaves_nothing) {
  const auto path = fresh("full.h5");
  EXPECT_EXIT(write_beyond_the_limit(path), testing::ExitedWithCode(0), "^ResourceError, nothing left\n$");
}

TEST(ScanFile, places_that_cannot_be_written_are_named) {
  expect_error<FileError>([] { ScanWriter(fresh("no") / "such" / "folder.h5", small_scan(), nullptr); }, "folder.h5");
  expect_error<FileError>([] { ScanWriter(fresh("x").parent_path(), small_scan(), nullptr); }, "it is a folder");
  auto info = small_scan();
  info.detector_width = 0;
  expect_error<InputError>([&] { ScanWriter(fresh("none.h5"), info, nullptr); }, "4 x 0");
}

TEST(ScanFile, unknown_calibration_stays_unknown) {
  ScanInfo info;
  info.scan_height = info.scan_width = info.detector_height = info.detector_width = 2;
  const auto path = fresh("bare.h5");
  write_all(path, info);
  const auto read = open_scan(path.string())->info();
  EXPECT_EQ(read.step_x_angstrom, 0);
  EXPECT_EQ(read.mrad_per_pixel_x, 0);
  EXPECT_EQ(read.centre_row, -1);
  EXPECT_EQ(read.energy_kev, 0);
  EXPECT_EQ(read.intensity_unit, "unknown");
}

TEST(ScanFile, angles_without_energy_stay_angles) {
  auto info = small_scan();
  info.energy_kev = 0;
  const auto path = fresh("angles.h5");
  write_all(path, info);
  EXPECT_NEAR(open_scan(path.string())->info().mrad_per_pixel_x, 1.25, 1e-14);
}

TEST(ScanFile, a_written_copy_of_a_scan_is_alike) {
  const auto first = fresh("first.h5"), second = fresh("second.h5");
  write_all(first, small_scan(), {{"seed", 7}});
  write_scan(second, *open_scan(first.string()));
  const auto copy = open_scan(second.string());
  expect_every_number_in_place(*copy);
  EXPECT_EQ(copy->info().provenance, (nlohmann::ordered_json{{"seed", 7}}));
}

}  // namespace
}  // namespace terrace
