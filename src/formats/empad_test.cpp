#include "formats/empad.h"

#include <fmt/format.h>

#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// Frames of 130 × 128 numbers: pixel (row, column) of frame n is n + row / 1000 + column / 1e6; the last rows are −1.
std::string frames(int count) {
  std::string bytes;
  for (int n = 0; n < count; ++n)
    for (int row = 0; row < 130; ++row)
      for (int column = 0; column < 128; ++column)
        append<float>(bytes, row < 128 ? n + row / 1000.0 + column / 1e6 : -1);
  return bytes;
}

std::string xml(const std::string& content) {
  return "<root name=\"a scan\"><timestamp isoformat=\"2026-03-25T16:47:52\"/>" + content + "</root>";
}

std::string acquire(int x, int y) {
  return fmt::format(
      "<scan_parameters mode=\"acquire\"><scan_size>0.5</scan_size><scan_resolution_x>{}"
      "</scan_resolution_x><scan_resolution_y>{}</scan_resolution_y></scan_parameters>",
      x, y);
}

/// Writes NAME.raw of `count` frames and, beside it, scan.xml; gives the path of the raw file.
fs::path write_scan(const std::string& raw, int count, const std::string& content) {
  const auto path = fresh(raw);
  write_bytes(path, frames(count));
  write_bytes(fresh("scan.xml"), xml("<raw_file filename=\"" + raw + "\"/>" + content));
  return path;
}

TEST(Empad, both_files_open_the_scan_without_its_footer_rows) {
  const auto raw = write_scan("data.raw", 6, "<pix_x>3</pix_x><pix_y>2</pix_y>" + acquire(128, 128));
  for (const auto& path : {raw, raw.parent_path() / "scan.xml"}) {
    const auto scan = open_scan(path.string());
    EXPECT_THAT(shape_of(*scan), ElementsAre(2, 3, 128, 128));
    EXPECT_EQ(scan->info().title, "a scan");
    const auto pattern = read_pattern(*scan, 1, 0);
    EXPECT_FLOAT_EQ(pattern[0], 3);
    EXPECT_FLOAT_EQ(pattern[127 * 128 + 5], 3.127005f);
    EXPECT_GE(*std::min_element(pattern.begin(), pattern.end()), 3) << "no number of the footer";
  }
}

TEST(Empad, the_shape_that_fits_the_file_is_taken) {
  EXPECT_THAT(shape_of(*open_scan(write_scan("a.raw", 6, "<pix_x>4</pix_x><pix_y>4</pix_y>" + acquire(2, 3)).string())),
              ElementsAre(3, 2, 128, 128));
  EXPECT_THAT(shape_of(*open_scan(write_scan("scan_x6_y1.raw", 6, acquire(128, 128)).string())),
              ElementsAre(1, 6, 128, 128));
  EXPECT_THAT(shape_of(*open_scan(write_scan("s.raw", 6, "<type>series</type><count>6</count>").string())),
              ElementsAre(1, 6, 128, 128));
  const auto longer = open_scan(write_scan("b.raw", 7, acquire(3, 2)).string());
  EXPECT_THAT(shape_of(*longer), ElementsAre(2, 3, 128, 128));
  EXPECT_THAT(longer->info().guesses, Contains(HasSubstr("last 1 patterns are left out")));
  const auto interrupted = open_scan(write_scan("c.raw", 5, acquire(2, 9)).string());
  EXPECT_THAT(shape_of(*interrupted), ElementsAre(2, 2, 128, 128));
  EXPECT_THAT(interrupted->info().guesses, Contains(HasSubstr("interrupted")));
}

TEST(Empad, a_raw_file_alone_takes_the_shape_of_its_name_or_the_users) {
  const auto named = fresh("scan_x3_y2.raw"), renamed = fresh("renamed.raw");
  write_bytes(named, frames(6));
  write_bytes(renamed, frames(6));
  EXPECT_THAT(shape_of(*open_scan(named.string())), ElementsAre(2, 3, 128, 128));
  EXPECT_THAT(open_scan(renamed.string())->info().guesses, Contains(HasSubstr("one row")));
  ScanOverrides overrides;
  overrides.scan_shape = {3, 2};
  const auto scan = open_scan(renamed.string(), overrides);
  EXPECT_FLOAT_EQ(read_pattern(*scan, 2, 1)[0], 5);
}

TEST(Empad, old_and_new_files_say_step_and_energy_in_their_own_ways) {
  const auto old = open_scan(write_scan("old.raw", 6,
                                        "<pix_x>3</pix_x><pix_y>2</pix_y><iom_measurements><optics.get_full_scan_field_"
                                        "of_view>[4e-09, 6e-09]</optics.get_full_scan_field_of_view><source.get_"
                                        "voltage>300000.0</source.get_voltage><calibrated_pixelsize>1.8e-10"
                                        "</calibrated_pixelsize></iom_measurements>")
                                 .string());
  EXPECT_NEAR(old->info().step_y_angstrom, 20, 1e-9);
  EXPECT_NEAR(old->info().step_x_angstrom, 20, 1e-9);
  EXPECT_NEAR(old->info().k_per_pixel_x, 0.018, 1e-9);
  EXPECT_NEAR(old->info().mrad_per_pixel_x, 18 * 0.0196875, 1e-4);  // 0.0196875 Å at 300 kV
  EXPECT_EQ(old->info().energy_kev, 300);
  const auto recent =
      open_scan(write_scan("scan_x3_y2.raw", 6,
                           "<iom_measurements><full_scan_field_of_view><scale_factor>0.5</scale_factor>"
                           "<x>6e-09</x><y>6e-09</y></full_scan_field_of_view><high_voltage_state>True"
                           "</high_voltage_state><high_voltage>80000.0</high_voltage></iom_measurements>")
                    .string());
  EXPECT_NEAR(recent->info().step_x_angstrom, 40, 1e-9) << "6 nm / 0.5 over the longer side, 3 positions";
  EXPECT_EQ(recent->info().step_y_angstrom, recent->info().step_x_angstrom);
  EXPECT_EQ(recent->info().energy_kev, 80);
}

TEST(Empad, what_is_no_number_stays_none) {
  const auto raw = fresh("scan_x2_y1.raw");
  auto bytes = frames(2);
  put<float>(bytes, 4 * 5, NAN);
  put<float>(bytes, 4 * 6, INFINITY);
  write_bytes(raw, bytes);
  const auto scan = open_scan(raw.string());
  const auto pattern = read_pattern(*scan, 0, 0);
  EXPECT_TRUE(std::isnan(pattern[5]));
  EXPECT_TRUE(std::isinf(pattern[6]));
  EXPECT_FLOAT_EQ(pattern[7], 7e-6f);
}

TEST(Empad, what_cannot_be_read_is_refused_with_advice) {
  const auto second = fresh("scan_x4_y4.raw");
  write_bytes(second, std::string(16 * 128 * 128 * 4, '\1'));
  expect_error<FileError>([&] { open_scan(second.string()); }, "EMPAD-G2");
  const auto cut = fresh("scan_x9_y9.raw");
  write_bytes(cut, frames(1).substr(0, 1000));
  expect_error<FileError>([&] { open_scan(cut.string()); }, "cut short");
  const auto lonely = fresh("lonely.xml");
  write_bytes(lonely, xml("<raw_file filename=\"gone.raw\"/>"));
  expect_error<FileError>([&] { open_scan(lonely.string()); }, "'gone.raw'");
  write_bytes(lonely, xml("<raw_file filename=\"../../etc/passwd\"/>"));
  expect_error<FileError>([&] { open_scan(lonely.string()); }, "'passwd'");
  write_bytes(fresh("words.xml"), "<root><other/></root>");
  expect_error<FileError>([&] { open_scan((lonely.parent_path() / "words.xml").string()); }, "whatever its name");
  const auto odd = write_scan("odd.raw", 2, "<pix_x>-3</pix_x><pix_y>1e300</pix_y><pix_x><raw_file" + acquire(0, 0));
  EXPECT_THAT(shape_of(*open_scan(odd.string())), ElementsAre(1, 2, 128, 128));
}

TEST(Empad, instruments_write_this) {
  if (!fs::exists(samples)) GTEST_SKIP() << samples << " is not here";
  const auto raw = fresh("scan_x4_y4.raw");
  write_bytes(raw, frames(16));
  fs::copy_file(samples / "empad_map4x4.xml", fresh("map4x4.xml"));
  const auto scan = open_scan((raw.parent_path() / "map4x4.xml").string());
  EXPECT_THAT(shape_of(*scan), ElementsAre(4, 4, 128, 128));
  EXPECT_EQ(scan->info().energy_kev, 300);
  EXPECT_NEAR(scan->info().step_x_angstrom, 4.5663426505682195e4 / 4, 1e-3);
  EXPECT_NEAR(scan->info().k_per_pixel_y, 0.01826537060227288, 1e-12);

  const auto new_raw = fresh("scan_x32_y64.raw");
  write_bytes(new_raw, "");
  fs::resize_file(new_raw, std::uintmax_t{32} * 64 * 130 * 128 * 4);  // a hole: no such file was to be had
  fs::copy_file(samples / "empad_v1.2.2_x32_y64.xml", fresh("new.xml"));
  const auto recent = open_scan(new_raw.string());
  EXPECT_THAT(shape_of(*recent), ElementsAre(64, 32, 128, 128));
  EXPECT_NEAR(recent->info().step_y_angstrom, 1.272412341559544e4 / 0.72 / 64, 1e-3);
  fs::remove(new_raw);
}

}  // namespace
}  // namespace terrace
