#include "formats/merlin.h"

#include <fmt/format.h>

#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
using testing::ElementsAre;
using testing::HasSubstr;

/// What stands before a frame; `seconds` is its time after some midnight.
struct FrameText {
  int number = 1, chips = 1, width = 6, height = 4;
  std::string pixel_type = "U16", layout = "1x1";
  double seconds = 0;
  int depth = 12;
};

std::string header(const FrameText& frame) {
  const int length = frame.chips == 1 ? 384 : 768;
  const auto whole = static_cast<int>(frame.seconds);
  const auto time = fmt::format("{:02}:{:02}:{:02}.{:09}", whole / 3600, whole / 60 % 60, whole % 60,
                                std::llround(1e9 * (frame.seconds - whole)));
  auto text = fmt::format(
      "MQ1,{:06},{:05},{:02},{:04},{:04},{},   {},01,2024-07-02 {},0.001000,0,0,0,1.2E+1,MQ1A,"
      "2024-07-02T{}Z,1000000ns,{},",
      frame.number, length, frame.chips, frame.width, frame.height, frame.pixel_type, frame.layout, time.substr(0, 15),
      time, frame.depth);
  text.resize(length, '\0');
  return text;
}

/// `count` frames of small_scan(), from frame `first` (0 is the beginning) of its row of patterns on.
std::string frames(int first, int count, double line_pause = 0) {
  std::string bytes;
  for (int n = first; n < first + count; ++n) {
    bytes += header({.number = n + 1, .seconds = std::fmod(86399.7 + 0.1 * n + line_pause * (n / 3), 86400)});
    for (const float number : pattern_at(small_scan(), n / 3, n % 3)) append<std::uint16_t>(bytes, number, Order::big);
  }
  return bytes;
}

std::string hdr(const std::string& lines) { return "HDR,\t\r\nChip ID:\tW1\r\n" + lines + "End\t      "; }

TEST(Merlin, frames_stand_in_the_order_of_the_scan) {
  const auto path = fresh("scan.mib");
  write_bytes(path, frames(0, 6));
  write_bytes(fresh("scan.hdr"), hdr("ScanX:\t3\r\nScanY:\t2\r\n"));
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  EXPECT_EQ(scan->info().dtype, "uint16");
  EXPECT_EQ(scan->info().provenance["hdr"]["Chip ID"], "W1");
  EXPECT_EQ(scan->info().provenance["exposure_s"], 0.001);
  expect_every_number_in_place(*open_scan((path.parent_path() / "scan.hdr").string()));
}

TEST(Merlin, every_pixel_type_is_read) {
  for (const auto& [type, bytes_a_pixel] : {std::pair("U08", 1), {"U16", 2}, {"U32", 4}}) {
    const auto path = fresh(std::string(type) + ".mib");
    auto bytes = header({.chips = 4, .width = 2, .height = 1, .pixel_type = type, .layout = "2x2G"});
    for (int pixel = 1; pixel <= 2; ++pixel)
      bytes += std::string(bytes_a_pixel - 1, '\0') + static_cast<char>(pixel + 199);
    write_bytes(path, bytes);
    EXPECT_THAT(read_pattern(*open_scan(path.string()), 0, 0), ElementsAre(200, 201)) << type;
  }
}

TEST(Merlin, the_shape_comes_from_the_triggers_where_the_scan_is_not_named) {
  const auto path = fresh("scan.mib");
  write_bytes(path, frames(0, 6));
  write_bytes(fresh("scan.hdr"), hdr("Frames in Acquisition (Number):\t6\r\nFrames per Trigger (Number):\t3\r\n"));
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  EXPECT_THAT(scan->info().guesses, testing::Contains(HasSubstr("one trigger a line")));
}

TEST(Merlin, the_shape_comes_from_pauses_between_lines_even_across_midnight) {
  const auto path = fresh("scan.mib");
  write_bytes(path, frames(0, 6, 2e-5));
  write_bytes(fresh("scan.hdr"), hdr("Frames in Acquisition (Number):\t6\r\nFrames per Trigger (Number):\t1\r\n"));
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  EXPECT_THAT(scan->info().guesses, testing::Contains(HasSubstr("from the pauses")));
  std::filesystem::remove(path.parent_path() / "scan.hdr");
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(2, 3, 4, 6)) << "without .hdr as well";
}

TEST(Merlin, a_damaged_header_within_the_scan_does_not_stop_it) {
  const auto path = fresh("scan.mib");
  auto bytes = frames(0, 6);
  bytes.replace(bytes.size() / 6 * 4, 12, "MQ1,5,99999,");
  write_bytes(path, bytes);
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(1, 6, 4, 6));
}

TEST(Merlin, times_with_jitter_and_a_late_pause_still_tell_the_lines) {
  const auto path = fresh("scan.mib");
  std::string bytes;
  double time = 100;
  for (int n = 0; n < 40 * 25; ++n) {
    bytes += header({.number = n + 1, .width = 1, .height = 1, .seconds = time}) + std::string(2, '\0');
    time += 1e-3 + 2e-8 * (n % 7) + (n % 25 == 24 ? 3e-6 : 0) + (n == 312 ? 2.0 : 0);
  }
  write_bytes(path, bytes);
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(40, 25, 1, 1));
}

TEST(Merlin, a_shape_that_nothing_tells_is_asked_for) {
  const auto path = fresh("scan.mib");
  write_bytes(path, frames(0, 4));
  const auto row = open_scan(path.string());
  EXPECT_THAT(shape_of(*row), ElementsAre(1, 4, 4, 6));
  EXPECT_THAT(row->info().guesses, testing::Contains(HasSubstr("Give --scan-shape (a square is 2,2)")));
  ScanOverrides overrides;
  overrides.scan_shape = {2, 2};
  const auto square = open_scan(path.string(), overrides);
  EXPECT_THAT(shape_of(*square), ElementsAre(2, 2, 4, 6));
  EXPECT_THAT(square->info().guesses, testing::Not(testing::Contains(HasSubstr("--scan-shape"))));
}

TEST(Merlin, an_interrupted_scan_keeps_its_whole_lines) {
  const auto path = fresh("scan.mib");
  write_bytes(path, frames(0, 6) + frames(6, 1).substr(0, 400));
  write_bytes(fresh("scan.hdr"), hdr("ScanX:\t3\r\nScanY:\t20\r\n"));
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  EXPECT_THAT(scan->info().guesses, testing::Contains(HasSubstr("interrupted: 2 of its 20 lines")));
  write_bytes(path, frames(0, 5));
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(1, 3, 4, 6));
  write_bytes(path, frames(0, 2));
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(1, 2, 4, 6));
}

TEST(Merlin, files_that_continue_one_another_are_one_scan) {
  const auto folder = fresh("scan.hdr").parent_path();
  write_bytes(fresh("scan.hdr"), hdr("ScanX:\t3\r\nScanY:\t2\r\n"));
  write_bytes(fresh("scan00001.mib"), frames(0, 1));
  write_bytes(fresh("scan00002.mib"), frames(1, 3));
  write_bytes(fresh("scan00003.mib"), frames(4, 2));
  for (const auto* name : {"scan00001.mib", "scan00003.mib", "scan.hdr"})
    expect_every_number_in_place(*open_scan((folder / name).string()));
  write_bytes(folder / "scan00003.mib", frames(0, 2));
  EXPECT_THAT(shape_of(*open_scan((folder / "scan00003.mib").string())), ElementsAre(1, 2, 4, 6))
      << "a scan of its own";
}

/// A word of a packed row: pixel 0 in the lowest bits, big-endian.
void append_packed(std::string& bytes, const std::vector<int>& pixels, int bits) {
  for (std::size_t at = 0; at < pixels.size(); at += 64 / bits) {
    std::uint64_t word = 0;
    for (int i = 0; i < 64 / bits; ++i) word |= static_cast<std::uint64_t>(pixels[at + i]) << (bits * i);
    for (int byte = 7; byte >= 0; --byte) bytes += static_cast<char>(word >> (8 * byte) & 255);
  }
}

TEST(Merlin, packed_raw_frames_of_one_chip_are_unpacked) {
  for (const auto& [depth, bits] : {std::pair(1, 1), {6, 8}, {12, 16}}) {
    const auto path = fresh(fmt::format("raw{}.mib", depth));
    std::vector<float> truth;
    auto bytes = header({.width = 256, .height = 2, .pixel_type = "R64", .depth = depth});
    for (int row = 0; row < 2; ++row) {
      std::vector<int> pixels;
      for (int column = 0; column < 256; ++column) pixels.push_back((column * 7 + row + column / 64) % (1 << depth));
      append_packed(bytes, pixels, bits);
      truth.insert(truth.end(), pixels.begin(), pixels.end());
    }
    write_bytes(path, bytes);
    EXPECT_EQ(read_pattern(*open_scan(path.string()), 0, 0), truth) << depth;
  }
}

TEST(Merlin, a_raw_counter_of_24_bits_is_two_of_12) {
  const auto path = fresh("raw24.mib");
  auto bytes = header({.width = 512, .height = 1, .pixel_type = "R64", .depth = 24});
  append_packed(bytes, std::vector<int>(256, 3), 16);
  append_packed(bytes, std::vector<int>(256, 5), 16);
  write_bytes(path, bytes);
  const auto scan = open_scan(path.string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(1, 1, 1, 256));
  EXPECT_EQ(read_pattern(*scan, 0, 0)[255], 3 * 4096 + 5);
}

/// The lower chips are mounted the other way round, and the last chip is read first.
TEST(Merlin, packed_raw_frames_of_four_chips_are_put_together) {
  constexpr int side = 64;  // of a chip
  const auto truth = [](int row, int column) { return (row * 31 + column * 7) % 64; };
  auto bytes =
      header({.chips = 4, .width = 4 * side, .height = side, .pixel_type = "R64", .layout = "2x2", .depth = 6});
  for (int line = 0; line < side; ++line) {
    std::vector<int> pixels;
    for (int column = 0; column < side; ++column) pixels.push_back(truth(2 * side - 1 - line, 2 * side - 1 - column));
    for (int column = 0; column < side; ++column) pixels.push_back(truth(2 * side - 1 - line, side - 1 - column));
    for (int column = 0; column < side; ++column) pixels.push_back(truth(line, side + column));
    for (int column = 0; column < side; ++column) pixels.push_back(truth(line, column));
    append_packed(bytes, pixels, 8);
  }
  const auto path = fresh("quad.mib");
  write_bytes(path, bytes);
  const auto scan = open_scan(path.string());
  ASSERT_THAT(shape_of(*scan), ElementsAre(1, 1, 2 * side, 2 * side));
  const auto pattern = read_pattern(*scan, 0, 0);
  for (int row = 0; row < 2 * side; ++row)
    for (int column = 0; column < 2 * side; ++column)
      ASSERT_EQ(pattern[row * 2 * side + column], truth(row, column)) << row << ", " << column;
}

TEST(Merlin, what_cannot_be_a_merlin_file_is_refused_in_one_line) {
  const auto refused = [](const std::string& bytes, const std::string& says) {
    const auto path = fresh("bad.mib");
    write_bytes(path, bytes);
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  };
  const auto pixels = std::string(1000, '\0');
  refused("MQ1,", "ends before");
  refused(header({}).substr(0, 200), "claims a length");
  refused(header({}), "not one whole pattern");
  refused(header({}) + pixels.substr(0, 47), "not one whole pattern");
  refused(header({.width = 9999, .height = 9999}) + pixels, "9999 x 9999");
  refused(header({.width = 0}) + pixels, "4 x 0");
  refused(header({.pixel_type = "U17"}) + pixels, "'U17'");
  refused(header({.chips = 3, .width = 64, .pixel_type = "R64", .layout = "Nx1"}) + pixels, "cannot unpack");
  refused(header({.width = 64, .pixel_type = "R64", .depth = 7}) + pixels, "cannot unpack");
  refused(header({.width = 6, .pixel_type = "R64"}) + pixels, "no row of chips");
  refused("MQ1,1,99999999999999999999,1,1,1,U08,1x1,", "claims a length");
  write_bytes(fresh("lonely.hdr"), hdr(""));
  expect_error<FileError>([] { open_scan((fresh("x").parent_path() / "lonely.hdr").string()); }, "not beside it");
  const auto good = fresh("good.mib");
  write_bytes(good, frames(0, 2));
  expect_damage_does_no_harm(good, 23);
}

/// Index of the first pattern's brightest pixel.
std::ptrdiff_t brightest(const Scan& scan) {
  const auto pattern = read_pattern(scan, 0, 0);
  return std::max_element(pattern.begin(), pattern.end()) - pattern.begin();
}

TEST(Merlin, instruments_write_this) {
  const auto folder = samples / "merlin";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
  const auto pauses = open_scan((folder / "001_4x2_6bit.mib").string());
  EXPECT_THAT(shape_of(*pauses), ElementsAre(2, 4, 256, 256));
  EXPECT_NEAR(total(*pauses), 3.62366e6, 5);  // as published with the file, to its last digit
  EXPECT_EQ(greatest(*pauses), 63);

  const auto hot_pixel = folder / "002_merlin_test_roi_sig256x128_nav4x2_hot_pixel_52x_39y.mib";
  const auto as_stored = open_scan(hot_pixel.string());
  EXPECT_THAT(shape_of(*as_stored), ElementsAre(2, 4, 128, 256));
  EXPECT_EQ(total(*as_stored), 79);
  EXPECT_EQ(greatest(*as_stored), 10);
  EXPECT_EQ(brightest(*as_stored), 39 * 256 + 52) << "where the file's name says";
  ScanOverrides overrides;
  overrides.flip_detector_y = "yes";
  EXPECT_EQ(brightest(*open_scan(hot_pixel.string(), overrides)), 88 * 256 + 52) << "where RosettaSciIO shows it";

  EXPECT_THAT(shape_of(*open_scan((folder / "Single_1_Frame_CounterDepth_12_Rows_256.hdr").string())),
              ElementsAre(1, 1, 256, 256));
  EXPECT_THAT(shape_of(*open_scan((folder / "Quad_1_Frame_CounterDepth_1_Rows_256RAW.mib").string())),
              ElementsAre(1, 1, 512, 512));
  EXPECT_THAT(shape_of(*open_scan((folder / "Single_9_Frame_CounterDepth_1_Rows_256RAW.mib").string())),
              ElementsAre(1, 9, 256, 256));
}

}  // namespace
}  // namespace terrace
