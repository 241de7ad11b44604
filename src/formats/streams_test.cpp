// Block files, TVIPS streams, MRC stacks: frames one after another with a header before them.
#include "formats/blockfile.h"
#include "formats/mrc.h"
#include "formats/test_file.h"
#include "formats/tvips.h"

namespace terrace {
namespace {

using namespace testing_files;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// 2 × 3 patterns of 4 × 4 bytes, number n of the file at its nth pixel.
std::string blockfile() {
  std::string bytes(0x1000, '\0');
  bytes.replace(0, 8, std::string("IMGBLO\x02\x01", 8));
  put<std::uint32_t>(bytes, 8, 0x1000);
  put<std::uint32_t>(bytes, 12, 0x1010);
  put<std::uint16_t>(bytes, 20, 4);
  put<std::uint16_t>(bytes, 24, 3);
  put<std::uint16_t>(bytes, 26, 2);
  put<double>(bytes, 30, 1.5);
  put<double>(bytes, 38, 2.5);
  put<std::uint32_t>(bytes, 46, 200000);
  put<std::uint16_t>(bytes, 50, 5000);
  put<std::uint32_t>(bytes, 52, 2000);
  bytes.append(16, '\7');
  for (int n = 0; n < 6; ++n) {
    bytes += "\xAA\x55";
    append<std::uint32_t>(bytes, n);
    for (int pixel = 0; pixel < 16; ++pixel) bytes += static_cast<char>(16 * n + pixel);
  }
  return bytes;
}

TEST(Blockfile, patterns_and_calibration_are_read) {
  const auto path = fresh("scan.blo");
  write_bytes(path, blockfile());
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(2, 3, 4, 4));
  EXPECT_EQ(read_pattern(*scan, 0, 0)[0], 0);
  EXPECT_EQ(read_pattern(*scan, 1, 2)[15], 95);
  EXPECT_EQ(scan->info().step_x_angstrom, 15);
  EXPECT_EQ(scan->info().step_y_angstrom, 25);
  EXPECT_EQ(scan->info().energy_kev, 200);
  EXPECT_DOUBLE_EQ(scan->info().mrad_per_pixel_x, 1) << "0.2 mm at 200 mm";
}

TEST(Blockfile, a_short_file_keeps_its_whole_lines) {
  const auto path = fresh("short.blo"), good = fresh("good.blo");
  const auto bytes = blockfile();
  write_bytes(path, bytes.substr(0, bytes.size() - 23));
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(1, 3, 4, 4));
  EXPECT_THAT(scan->info().guesses, Contains(HasSubstr("interrupted: 1 of its 2 lines")));
  write_bytes(path, bytes.substr(0, 30));
  expect_error<FileError>([&] { open_scan(path.string()); }, "ends after 30 bytes");
  write_bytes(path, bytes.substr(0, 0x1020));
  expect_error<FileError>([&] { open_scan(path.string()); }, "not one whole pattern");
  write_bytes(good, bytes);
  expect_damage_does_no_harm(good, 97);
}

TEST(Blockfile, astar_writes_this) {
  const auto path = samples / "blockfile_test2.blo";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(2, 3, 5, 5));
  EXPECT_EQ(total(*scan), 2952);
  EXPECT_EQ(greatest(*scan), 30);
}

std::string tvips_header(int version, int frame_header, int bits = 16) {
  std::string bytes;
  for (const int number : {256, version, 6, 4, bits, 0, 0, 1, 1, 1, 200000, 80, frame_header})
    append<std::uint32_t>(bytes, number);
  return bytes + std::string(256 - bytes.size(), 'T');
}

std::string tvips_frames(int first, int count, int frame_header) {
  std::string bytes;
  for (int n = first; n < first + count; ++n) {
    bytes.append(frame_header, '\7');
    for (const float number : pattern_at(small_scan(), n / 3, n % 3)) append<std::uint16_t>(bytes, number);
  }
  return bytes;
}

TEST(Tvips, both_versions_are_read_and_the_shape_is_asked_for) {
  ScanOverrides overrides;
  overrides.scan_shape = {2, 3};
  for (const int version : {1, 2}) {
    const auto path = fresh("scan_000.tvips");
    write_bytes(path, tvips_header(version, 64) + tvips_frames(0, 6, version == 1 ? 12 : 64));
    EXPECT_THAT(open_scan(path.string())->info().guesses, Contains(HasSubstr("Give --scan-shape")));
    expect_every_number_in_place(*open_scan(path.string(), overrides));
    EXPECT_EQ(open_scan(path.string())->info().energy_kev, 200);
  }
}

TEST(Tvips, parts_are_one_stream_whichever_is_opened) {
  const auto first = fresh("scan_000.tvips"), second = fresh("scan_001.tvips"), third = fresh("scan_002.tvips");
  write_bytes(first, tvips_header(2, 64) + tvips_frames(0, 2, 64));
  write_bytes(second, tvips_frames(2, 3, 64));
  write_bytes(third, tvips_frames(5, 1, 64));
  ScanOverrides overrides;
  overrides.scan_shape = {2, 3};
  for (const auto& path : {first, second, third}) expect_every_number_in_place(*open_scan(path.string(), overrides));
  fs::remove(first);
  expect_error<FileError>([&] { open_scan(second.string()); }, "'scan_000.tvips', is not beside it");
}

TEST(Tvips, damaged_streams_are_refused) {
  const auto path = fresh("scan.tvips");
  const auto refused = [&](const std::string& bytes, const std::string& says) {
    write_bytes(path, bytes);
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  };
  refused("short", "ends after 5 bytes");
  refused(std::string(600, '\0'), "unknown TVIPS header");
  refused(tvips_header(3, 64), "version 3");
  refused(tvips_header(2, 64, 12), "12 bits");
  refused(tvips_header(2, 64), "not one whole pattern");
  write_bytes(path, tvips_header(2, 64) + tvips_frames(0, 2, 64));
  expect_damage_does_no_harm(path, 13);
}

TEST(Tvips, a_recorder_writes_this) {
  const auto path = samples / "tvips_2345_000.tvips";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(1, 6, 4, 5));
  EXPECT_EQ(total(*scan), 7140);
}

std::string mrc(int mode, int count, int extended = 0) {
  std::string bytes(1024, '\0');
  put<std::int32_t>(bytes, 0, 6);
  put<std::int32_t>(bytes, 4, 4);
  put<std::int32_t>(bytes, 8, count);
  put<std::int32_t>(bytes, 12, mode);
  put<std::int32_t>(bytes, 92, extended);
  bytes.replace(208, 4, "MAP ");
  return bytes + std::string(extended, '\7');
}

template <class T>
std::string mrc_numbers() {
  std::string bytes;
  for (int n = 0; n < 6; ++n)
    for (const float number : pattern_at(small_scan(), n / 3, n % 3)) append<T>(bytes, number);
  return bytes;
}

TEST(Mrc, every_mode_is_read_behind_the_extended_header) {
  ScanOverrides overrides;
  overrides.scan_shape = {2, 3};
  const auto path = fresh("stack.mrc");
  for (const auto& [dtype, bytes] : {std::pair("int16", mrc(1, 6, 128) + mrc_numbers<std::int16_t>()),
                                     {"float32", mrc(2, 6) + mrc_numbers<float>()},
                                     {"uint16", mrc(6, 6, 1000) + mrc_numbers<std::uint16_t>()}}) {
    write_bytes(path, bytes);
    const auto scan = open_scan(path.string(), overrides);
    expect_every_number_in_place(*scan);
    EXPECT_EQ(scan->info().dtype, dtype);
  }
  EXPECT_THAT(open_scan(path.string())->info().guesses, Contains(HasSubstr("Give --scan-shape")));
  const auto unnamed = fresh("stack.map");
  write_bytes(unnamed, read_bytes(path));
  expect_every_number_in_place(*open_scan(unnamed.string(), overrides));
}

TEST(Mrc, a_direct_electron_movie_takes_its_scan_from_the_info_beside) {
  const auto path = fresh("20241021_00405_movie.mrc");
  write_bytes(path, mrc(0, 6) + std::string(144, '\xC8'));
  write_bytes(fresh("20241021_00405_info.txt"),
              "Scan - Enable    = Enable\r\nScan - Type = Raster\nScan - Size X = 3\nScan - Size Y    = 2\nScan - ROI "
              "Enable = Disable\nSpecimen Pixel Size X (nanometers) = 0.5\nSpecimen Pixel Size Y (nanometers) = 0.25\n"
              "Diffraction Pixel Size X = 0.1\nDiffraction Pixel Size Y = 0.1\nno value\n");
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(2, 3, 4, 6));
  EXPECT_EQ(read_pattern(*scan, 1, 1)[0], 200) << "its bytes have no sign";
  EXPECT_DOUBLE_EQ(scan->info().step_x_angstrom, 5);
  EXPECT_DOUBLE_EQ(scan->info().step_y_angstrom, 2.5);
  EXPECT_DOUBLE_EQ(scan->info().k_per_pixel_x, 0.01);
  fs::remove(path.parent_path() / "20241021_00405_info.txt");
  EXPECT_EQ(read_pattern(*open_scan(path.string()), 0, 0)[0], -56) << "elsewhere they have";
}

TEST(Mrc, damaged_stacks_are_refused) {
  const auto path = fresh("stack.mrc");
  const auto refused = [&](const std::string& bytes, const std::string& says) {
    write_bytes(path, bytes);
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  };
  refused(mrc(2, 6).substr(0, 1000), "ends after 1000 bytes");
  refused(mrc(2, 6), "not one whole pattern");
  refused(mrc(4, 6) + mrc_numbers<float>(), "mode 4");
  refused(mrc(2, -6) + mrc_numbers<float>(), "no MRC header");
  write_bytes(path, mrc(2, 60) + mrc_numbers<float>());
  EXPECT_THAT(open_scan(path.string())->info().guesses, Contains(HasSubstr("promises 60 patterns, the file holds 6")));
  expect_damage_does_no_harm(path, 53);
}

TEST(Mrc, a_microscope_writes_this) {
  const auto path = samples / "ncempy_temp.mrc";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(1, 3, 128, 128));
  EXPECT_NEAR(total(*scan), 24435.3, 0.05);
}

TEST(K2Dump, is_refused_with_advice) {
  write_bytes(fresh("dump.gtg"), std::string(64, '\0'));
  expect_error<FileError>([] { open_scan((fresh("x").parent_path() / "dump.gtg").string()); }, "save as .dm4");
  write_bytes(fresh("dump1.bin"), std::string("\xFF\xFF\x00\x55", 4) + std::string(64, '\0'));
  expect_error<FileError>([] { open_scan((fresh("x").parent_path() / "dump1.bin").string()); }, "save as .dm4");
}

}  // namespace
}  // namespace terrace
