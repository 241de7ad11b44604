#include "formats/virtual_images.h"

#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;

/// A scan of 2 × 3 patterns in memory, 16 × 16 pixels of 2 mrad, beam on [8][8], semi-angle 8 mrad.
class MemoryScan : public Scan {
 public:
  MemoryScan() : patterns_({6, 16, 16}) {
    info_ = small_scan();
    info_.detector_height = info_.detector_width = 16;
    info_.mrad_per_pixel_y = info_.mrad_per_pixel_x = 2;
    info_.centre_row = info_.centre_column = 8;
    info_.semiangle_mrad = 8;
  }
  void read(int row, int column, std::span<float> pattern) const override {
    const auto from = patterns_[row * 3 + column];
    std::copy(from.begin(), from.end(), pattern.begin());
  }
  float& at(int y, int x, int ky, int kx) { return patterns_(y * 3 + x, ky, kx); }
  void fill(float value) { std::fill(patterns_.begin(), patterns_.end(), value); }

 private:
  Array<float, 3> patterns_;
};

TEST(VirtualImages, annuli_that_share_out_the_detector_share_out_the_intensity) {
  MemoryScan scan;
  for (int n = 0; n < 6; ++n)
    for (int i = 0; i < 256; ++i) scan.at(n / 3, n % 3, i / 16, i % 16) = static_cast<float>((n + 7 * i) % 13);
  const auto images = virtual_images(scan, {{"in", 0, 5}, {"ring", 5, 11}, {"out", 11}});
  // Whole numbers below 2^24 add without rounding.
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x)
      EXPECT_EQ(images.images[0](y, x) + images.images[1](y, x) + images.images[2](y, x), images.sum(y, x));
}

TEST(VirtualImages, a_spot_falls_on_the_detector_at_its_angle) {
  MemoryScan scan;
  scan.at(0, 0, 8, 8) = 1;   // 0 mrad
  scan.at(0, 1, 8, 11) = 1;  // 6 mrad along x
  scan.at(0, 2, 4, 8) = 1;   // 8 mrad: the first of the dark field
  scan.at(1, 0, 8, 2) = 1;   // −12 mrad along x
  scan.at(1, 1, 0, 8) = 1;   // 16 mrad: beyond the largest circle
  const auto images = virtual_images(scan, standard_annuli(scan.info()));
  ASSERT_EQ(images.annuli.size(), 3u);
  EXPECT_EQ(images.annuli[2].outer_mrad, 14);
  EXPECT_THAT(images.images[0].span(), testing::ElementsAre(1, 0, 0, 0, 0, 0));
  EXPECT_THAT(images.images[1].span(), testing::ElementsAre(0, 1, 0, 0, 0, 0));
  EXPECT_THAT(images.images[2].span(), testing::ElementsAre(0, 0, 1, 1, 0, 0));
  EXPECT_THAT(images.com_x_mrad.span(), testing::ElementsAre(0, 6, 0, -12, 0, 0));
  EXPECT_THAT(images.com_y_mrad.span(), testing::ElementsAre(0, 0, -8, 0, -16, 0));
}

TEST(VirtualImages, a_pattern_moved_moves_its_centre_of_mass_alone) {
  MemoryScan scan;
  for (int i = 0; i < 16; ++i) scan.at(0, 0, 6 + i / 4, 6 + i % 4) = scan.at(0, 1, 7 + i / 4, 9 + i % 4) = 1 + i;
  const auto images = virtual_images(scan, {});
  EXPECT_EQ(images.sum(0, 0), images.sum(0, 1));
  EXPECT_NEAR(images.com_y_mrad(0, 1) - images.com_y_mrad(0, 0), 2, 1e-6);
  EXPECT_NEAR(images.com_x_mrad(0, 1) - images.com_x_mrad(0, 0), 6, 1e-6);
}

TEST(VirtualImages, a_value_that_is_no_number_is_taken_as_its_neighbours) {
  MemoryScan scan;
  scan.fill(1);
  scan.at(0, 0, 8, 8) = scan.at(0, 1, 2, 3) = std::numeric_limits<float>::quiet_NaN();
  const auto images = virtual_images(scan, standard_annuli(scan.info()));
  for (int x = 0; x < 2; ++x) {
    EXPECT_EQ(images.sum(0, x), 256);
    EXPECT_EQ(images.images[0](0, x), images.images[0](1, 2));
    EXPECT_EQ(images.com_x_mrad(0, x), images.com_x_mrad(1, 2));
  }
}

TEST(VirtualImages, what_cannot_be_measured_is_asked_for) {
  MemoryScan scan;
  scan.info().semiangle_mrad = 0;
  expect_error<InputError>([&] { standard_annuli(scan.info()); }, "semiangle_mrad");
  scan.info().mrad_per_pixel_x = 0;
  expect_error<InputError>([&] { virtual_images(scan, {}); }, "mrad_per_pixel");
  scan.info().k_per_pixel_x = 0.05;
  expect_error<InputError>([&] { virtual_images(scan, {}); }, "energy_kev");
}

TEST(VirtualImages, a_detector_within_the_disc_has_no_dark_field) {
  MemoryScan scan;
  scan.info().semiangle_mrad = 20;
  EXPECT_EQ(standard_annuli(scan.info()).size(), 2u);
}

}  // namespace
}  // namespace terrace
