#include "formats/raw.h"

#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;

/// small_scan() as frames of big-endian uint16 with `header`, `gap` and `footer` bytes of 0xFF.
std::string frames(int header, int gap, int footer, Order order = Order::big) {
  std::string bytes(header, '\xFF');
  for (int n = 0; n < 6; ++n) {
    if (n > 0) bytes.append(gap, '\xFF');
    for (const float number : pattern_at(small_scan(), n / 3, n % 3)) append<std::uint16_t>(bytes, number, order);
  }
  return bytes.append(footer, '\xFF');
}

ScanOverrides described() {
  ScanOverrides overrides;
  overrides.scan_shape = {2, 3};
  overrides.detector_shape = {4, 6};
  overrides.dtype = "uint16";
  overrides.endian = "big";
  return overrides;
}

TEST(Raw, header_gaps_and_footer_are_stepped_over) {
  const auto path = fresh("camera.bin");
  write_bytes(path, frames(100, 10, 7));
  auto overrides = described();
  overrides.header_bytes = 100;
  overrides.gap_bytes = 10;
  overrides.footer_bytes = 7;
  const auto scan = open_scan(path.string(), overrides);
  expect_every_number_in_place(*scan);
  EXPECT_EQ(scan->info().dtype, "uint16");
  EXPECT_THAT(scan->info().guesses, testing::IsEmpty());
  overrides.endian = "little";
  EXPECT_EQ(read_pattern(*open_scan(path.string(), overrides), 0, 0)[1], 256) << "number 1 with its bytes exchanged";
}

TEST(Raw, a_gap_after_the_last_pattern_is_no_pattern) {
  const auto path = fresh("camera.bin");
  write_bytes(path, frames(0, 48, 0) + std::string(48, '\xFF'));
  auto overrides = described();
  overrides.gap_bytes = 48;
  overrides.scan_shape.clear();
  const auto scan = open_scan(path.string(), overrides);
  EXPECT_EQ(scan->info().scan_width, 6);
  EXPECT_THAT(scan->info().guesses, testing::ElementsAre(testing::HasSubstr("one row")));
}

TEST(Raw, bytes_that_are_no_whole_pattern_are_told) {
  const auto path = fresh("camera.bin");
  write_bytes(path, frames(0, 0, 5));
  EXPECT_THAT(open_scan(path.string(), described())->info().guesses, testing::Contains(testing::HasSubstr("5 bytes")));
}

TEST(Raw, axes_in_any_order) {
  const auto path = fresh("images.bin");
  std::string bytes(3, '\0');
  for (int kx = 0; kx < 6; ++kx)
    for (int ky = 0; ky < 4; ++ky)
      for (int x = 0; x < 3; ++x)
        for (int y = 0; y < 2; ++y) append<float>(bytes, number_at(y, x, ky, kx));
  write_bytes(path, bytes);
  auto overrides = described();
  overrides.dtype = "float32";
  overrides.endian = "little";
  overrides.header_bytes = 3;
  overrides.axes = "kx ky x y";
  expect_every_number_in_place(*open_scan(path.string(), overrides));
  overrides.header_bytes = 4;
  expect_error<FileError>([&] { open_scan(path.string(), overrides); }, "cut short");
  overrides.gap_bytes = 4;
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "--gap-bytes");
}

TEST(Raw, what_the_user_says_wins_over_what_the_file_says) {
  const auto path = fresh("named.npy");
  auto bytes = frames(0, 0, 0);
  bytes.replace(0, 6, "\x93NUMPY");
  write_bytes(path, bytes);
  EXPECT_EQ(open_scan(path.string(), described())->info().format, "raw numbers");
}

TEST(Raw, an_incomplete_description_is_refused) {
  const auto path = fresh("camera.bin");
  write_bytes(path, frames(0, 0, 0));
  auto overrides = described();
  overrides.dtype.clear();
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "--dtype");
  overrides = described();
  overrides.detector_shape = {4};
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "two as [ky, kx]");
  overrides = described();
  overrides.detector_shape = {100000, 100000};
  expect_error<FileError>([&] { open_scan(path.string(), overrides); }, "100000 x 100000");
  overrides = described();
  overrides.header_bytes = 2'000'000'000;
  expect_error<FileError>([&] { open_scan(path.string(), overrides); }, "not one whole pattern");
  overrides = described();
  overrides.scan_shape = {3, 3};
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "holds 6");
  expect_error<FileError>([&] { open_scan(path.string()); }, "--detector-shape");
}

}  // namespace
}  // namespace terrace
