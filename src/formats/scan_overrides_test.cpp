#include "formats/scan_overrides.h"

#include "formats/npy.h"
#include "formats/scan_file.h"
#include "formats/test_file.h"
#include "formats/units.h"

namespace terrace {
namespace {

using namespace testing_files;

/// A scan of 4 × 5 whose numbers tell their place.
std::unique_ptr<Scan> open_numbered(const ScanOverrides& overrides) {
  const auto path = fresh("numbered.npy");
  NpyWriter writer(path, {4, 5, 4, 6});
  auto info = small_scan();
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 5; ++x) writer.append(pattern_at(info, y, x));
  writer.close();
  return open_scan(path.string(), overrides);
}

TEST(ScanOverrides, a_crop_keeps_its_positions_and_says_where_they_start) {
  ScanOverrides overrides;
  overrides.crop = {1, 2, 3, 2};
  overrides.step_nm = {0.2, 0.1};
  overrides.start_nm = {1, 0};
  const auto scan = open_numbered(overrides);
  const auto& info = scan->info();
  EXPECT_EQ(info.scan_height, 3);
  EXPECT_EQ(info.scan_width, 2);
  EXPECT_DOUBLE_EQ(info.start_y_angstrom, 10 + 2);
  EXPECT_DOUBLE_EQ(info.start_x_angstrom, 2);
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 2; ++x) EXPECT_EQ(read_pattern(*scan, y, x), pattern_at(info, y + 1, x + 2));
}

TEST(ScanOverrides, a_crop_outside_the_scan_is_refused) {
  const auto refused = [](std::vector<int> crop, const std::string& says) {
    ScanOverrides overrides;
    overrides.crop = std::move(crop);
    expect_error<InputError>([&] { open_numbered(overrides); }, says);
  };
  refused({1, 2, 4, 2}, "4 x 5 positions");
  refused({1000000, 0, 1000000, 1}, "4 x 5 positions");
  refused({0, 0, 0, 1}, "4 x 5 positions");
  refused({1, 2}, "'crop' has 2 numbers");
}

TEST(ScanOverrides, counts_become_electrons) {
  ScanOverrides overrides;
  overrides.counts_per_electron = 4;
  const auto scan = open_numbered(overrides);
  EXPECT_EQ(scan->info().intensity_unit, "electrons");
  overrides.intensity_unit = "counts";  // as a sidecar may say of the numbers as they are
  ScanInfo info;
  apply(overrides, info);
  EXPECT_EQ(info.intensity_unit, "electrons");
  EXPECT_EQ(scan->info().dtype, "float32");  // no whole numbers any more
  auto wanted = pattern_at(scan->info(), 3, 4);
  for (float& number : wanted) number /= 4;
  EXPECT_EQ(read_pattern(*scan, 3, 4), wanted);
}

TEST(ScanOverrides, a_given_energy_changes_the_angles_that_follow_from_reciprocal_lengths_and_no_others) {
  ScanInfo info;
  info.energy_kev = 300;
  info.k_per_pixel_y = 0.02;
  info.mrad_per_pixel_x = 0.5;
  settle_angles(info);
  EXPECT_NEAR(info.mrad_per_pixel_y, 0.02 * 19.687, 1e-4);  // λ = 1.9687 pm at 300 kV
  ScanOverrides overrides;
  overrides.energy_kev = 80;
  auto other = info;
  apply(overrides, other);
  EXPECT_NEAR(other.mrad_per_pixel_y, 0.02 * 41.757, 1e-4);  // 4.1757 pm at 80 kV
  EXPECT_EQ(other.mrad_per_pixel_x, 0.5);
  overrides.mrad_per_pixel = {0.3};
  apply(overrides, info);
  EXPECT_EQ(info.mrad_per_pixel_y, 0.3);
}

TEST(ScanOverrides, a_flipped_scan_begins_with_its_last_row) {
  ScanOverrides overrides;
  overrides.flip_scan_y = "yes";
  overrides.scan_shape = {5, 4};
  const auto scan = open_numbered(overrides);
  // Row 4 of the new shape begins with position 16 of the old one: row 3, column 1.
  EXPECT_EQ(read_pattern(*scan, 0, 0), pattern_at(scan->info(), 3, 1));
  EXPECT_EQ(read_pattern(*scan, 4, 3), pattern_at(scan->info(), 0, 3));
}

}  // namespace
}  // namespace terrace
