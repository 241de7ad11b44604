#include "report/scan_view.h"

#include <gtest/gtest.h>

#include <cmath>

#include "registration/virtual_images.h"

namespace terrace {
namespace {

/// A disc of one everywhere, its centre moving `shift` pixels to the right per column; a weak ground.
class DiscScan : public Scan {
 public:
  DiscScan(int height, int width, int pixels, double shift) : shift_(shift) {
    info_.scan_height = height;
    info_.scan_width = width;
    info_.detector_height = info_.detector_width = pixels;
  }
  void read(int, int column, std::span<float> pattern) const override {
    const int pixels = info_.detector_width;
    for (int y = 0; y < pixels; ++y)
      for (int x = 0; x < pixels; ++x)
        pattern[y * pixels + x] =
            std::hypot(y - pixels / 2, x - pixels / 2 - shift_ * column) <= radius ? 1.0f : ground;
  }
  static constexpr double radius = 8.2;
  static constexpr float ground = 0.01f;

 private:
  double shift_;
};

const Map& named(const ScanView& view, const std::string& name) {
  for (const auto& map : view.maps)
    if (map.name == name) return map;
  throw std::out_of_range(name);
}

TEST(ScanView, thins_out_positions_and_bins_pixels_to_its_limits) {
  const ScanView view = view_of(DiscScan(100, 30, 60, 0), {.positions = 16, .pixels = 24});
  EXPECT_EQ(view.stride, 4);  // 25 × 8 = 200 ≤ 256; a stride of 3 gives 34 × 10
  EXPECT_EQ(view.bin, 3);
  EXPECT_EQ(view.patterns.extents(), (std::array<std::int64_t, 4>{25, 8, 20, 20}));
}

TEST(ScanView, binning_keeps_the_sum_of_a_pattern) {
  const DiscScan scan(1, 1, 60, 0);
  Image pattern({60, 60});
  scan.read(0, 0, pattern.span());
  const ScanView view = view_of(scan, {.positions = 4, .pixels = 20});
  double full = 0, binned = 0;
  for (const float value : pattern) full += value;
  for (const float value : view.patterns) binned += 9 * value;
  EXPECT_NEAR(binned, full, full * 400 * 6e-8);  // 400 means, each rounded once to float
}

TEST(BrightDisc, is_found_without_calibration) {
  const DiscScan scan(1, 1, 60, 0);
  const BrightDisc disc = bright_disc(scan.info(), mean_pattern(scan, 1));
  EXPECT_TRUE(disc.estimated);
  EXPECT_NEAR(disc.row, 30, 1e-9);  // the disc is symmetric about pixel 30
  // The number of lattice points in a circle differs from its area by less than its edge of 2πr pixels, so its radius
  // by less than 1; here the known error (Gauss) is far smaller than half a pixel.
  EXPECT_NEAR(disc.radius, DiscScan::radius, 0.5);
}

TEST(BrightDisc, takes_what_the_file_knows) {
  DiscScan scan(1, 1, 60, 0);
  scan.info().centre_row = scan.info().centre_column = 29;
  scan.info().semiangle_mrad = 20;
  scan.info().mrad_per_pixel_y = scan.info().mrad_per_pixel_x = 2;
  const BrightDisc disc = bright_disc(scan.info(), Array<double, 2>({60, 60}));
  EXPECT_FALSE(disc.estimated);
  EXPECT_EQ(disc.radius, 10);
  EXPECT_EQ(disc.column, 29);
}

TEST(VirtualDetectors, centre_of_mass_follows_the_disc) {
  DiscScan scan(1, 6, 60, 1.0);
  scan.info().centre_row = scan.info().centre_column = 30;
  const ScanView view = view_of(scan, {});
  const Map& com_x = named(view, "COM x");
  // The ground of 0.01 over 3600 pixels (centre −0.5) weighs in with about 36 − 2.1 against the disc's 211.
  const double disc = 211, ground = 0.01 * (3600 - 211);
  for (int column = 0; column < 6; ++column) {
    const double ground_moment = 0.01 * (3600 * -0.5 - 211 * column);
    EXPECT_NEAR(com_x.image(0, column), (disc * column + ground_moment) / (disc + ground), 0.02) << column;
  }
  EXPECT_EQ(com_x.unit, "pixels");
}

TEST(VirtualDetectors, no_dark_field_where_the_detector_ends_before_it) {
  DiscScan scan(1, 1, 10, 0);
  scan.info().centre_row = scan.info().centre_column = 4.5;
  scan.info().semiangle_mrad = 20;
  scan.info().mrad_per_pixel_y = scan.info().mrad_per_pixel_x = 2;
  EXPECT_THROW(named(view_of(scan, {}), "ADF"), std::out_of_range);
  EXPECT_NO_THROW(named(view_of(scan, {}), "COM y"));
}

}  // namespace
}  // namespace terrace
