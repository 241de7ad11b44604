#include "report/scan_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "formats/virtual_images.h"
#include "registration/scan_as_registered.h"

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

/// The same with a hot pixel in the dark field and one within the disc that reads no number.
class SpoiltScan : public DiscScan {
 public:
  using DiscScan::DiscScan;
  void read(int row, int column, std::span<float> pattern) const override {
    DiscScan::read(row, column, pattern);
    pattern[4 * 60 + 50] = 1000;
    pattern[30 * 60 + 33] = std::numeric_limits<float>::quiet_NaN();
  }
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

TEST(ScanView, finds_the_disc_without_calibration) {
  const auto disc = view_of(DiscScan(1, 1, 60, 0), {.positions = 4, .pixels = 60}).disc;
  EXPECT_TRUE(disc.estimated);
  EXPECT_NEAR(disc.row, 30, 0.1);
  EXPECT_NEAR(disc.radius_columns, DiscScan::radius, 0.5);  // whole pixels
  EXPECT_EQ(disc.radius_rows, disc.radius_columns);
}

TEST(ScanView, takes_the_disc_that_the_scan_knows_on_oblong_pixels_as_well) {
  DiscScan scan(1, 1, 60, 0);
  scan.info().centre_row = scan.info().centre_column = 29;
  scan.info().semiangle_mrad = 20;
  scan.info().mrad_per_pixel_y = 4;
  scan.info().mrad_per_pixel_x = 2;
  const auto view = view_of(scan, {.positions = 4, .pixels = 30});
  EXPECT_FALSE(view.disc.estimated);
  EXPECT_EQ(view.disc.radius_rows, 2.5);
  EXPECT_EQ(view.disc.radius_columns, 5);
  EXPECT_EQ(view.disc.column, 14.25);  // of pixels 2 n and 2 n + 1
  EXPECT_EQ(view.mrad_per_pixel_y, 8);
}

TEST(ScanView, shows_the_same_rings_as_virtual_images) {
  DiscScan scan(2, 3, 60, 1.0);
  scan.info().centre_row = scan.info().centre_column = 30;
  scan.info().semiangle_mrad = 16;
  scan.info().mrad_per_pixel_y = scan.info().mrad_per_pixel_x = 2;
  const auto view = view_of(scan, {});
  const auto images = virtual_images(scan, standard_annuli(scan.info()));
  ASSERT_EQ(images.annuli.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(std::vector(view.maps[i].image.begin(), view.maps[i].image.end()),
              std::vector(images.images[i].begin(), images.images[i].end()));
  EXPECT_EQ(named(view, "ADF").meaning, "annular dark field, 16 to 58 mrad");
  EXPECT_EQ(named(view, "ABF").rings, (std::vector<double>{0.5, 1}));
}

TEST(ScanView, a_faulty_pixel_and_values_that_are_no_numbers_change_nothing) {
  const DiscScan sound(1, 2, 60, 0);
  SpoiltScan spoilt(1, 2, 60, 0);
  Registration registration;
  registration.centre_row = registration.centre_column = {30, 0.1, "measured"};
  registration.faulty_pixels = {4 * 60 + 50};
  const auto wanted = view_of(ScanAsRegistered(sound, registration), {});
  const auto got = view_of(ScanAsRegistered(spoilt, registration), {});
  EXPECT_EQ(got.disc.row, 14.75);  // bins of two
  for (const char* name : {"BF", "ABF", "ADF", "COM x", "COM y"})
    EXPECT_EQ(named(got, name).image(0, 1), named(wanted, name).image(0, 1)) << name;
  // Not even where nothing is known of the pixels: the disc stays where it is.
  EXPECT_NEAR(view_of(spoilt, {}).disc.row, 14.75, 0.1);
}

TEST(ScanView, centre_of_mass_follows_the_disc) {
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
  EXPECT_EQ(com_x.unit, "px");
}

TEST(ScanView, no_dark_field_where_the_detector_ends_before_it) {
  DiscScan scan(1, 1, 10, 0);
  scan.info().centre_row = scan.info().centre_column = 4.5;
  scan.info().semiangle_mrad = 20;
  scan.info().mrad_per_pixel_y = scan.info().mrad_per_pixel_x = 2;
  EXPECT_THROW(named(view_of(scan, {}), "ADF"), std::out_of_range);
  EXPECT_NO_THROW(named(view_of(scan, {}), "COM y"));
}

}  // namespace
}  // namespace terrace
