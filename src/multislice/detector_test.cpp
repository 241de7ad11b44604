// A detector shares out the intensity of reciprocal pixels over a camera's, losing and making none, and looks along the
// beam as the operator sees it.
#include "multislice/detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "core/fft.h"
#include "core/random.h"
#include "microscope/probe.h"

namespace terrace {
namespace {

const Grid oblong{60, 96, 19.0, 31.0};

Camera camera_of(int pixels, double mrad_per_pixel) {
  Camera camera;
  camera.pixels = pixels;
  camera.mrad_per_pixel = mrad_per_pixel;
  return camera;
}

/// Adds `weight` × the pattern of a wave that is the unnormalised transform of one with Σ|ψ|² = 1.
void add_transformed(const Detector& detector, const Array<Complex, 2>& wave, double weight,
                     std::vector<float>& pattern) {
  const Grid& grid = detector.grid();
  const auto columns = detector.numbers_x();
  std::vector<float> intensities(columns.count()), line;
  for (int y = detector.numbers_y().first; y <= detector.numbers_y().last; ++y) {
    for (int x = columns.first; x <= columns.last; ++x)
      intensities[x - columns.first] =
          static_cast<float>(weight / static_cast<double>(grid.pixels()) *
                             std::norm(wave(Grid::fft_index(y, grid.height), Grid::fft_index(x, grid.width))));
    detector.add_line(y, intensities.data(), 1, pattern, line);
  }
}

std::vector<float> pattern_of(const Detector& detector, Array<Complex, 2> wave, double weight = 1) {
  std::vector<float> pattern(detector.pixels() * detector.pixels());
  Fft2(detector.grid().height, detector.grid().width).forward(wave.span());
  add_transformed(detector, wave, weight, pattern);
  return pattern;
}

double total(const std::vector<float>& pattern) { return std::accumulate(pattern.begin(), pattern.end(), 0.0); }

/// exp(2πi k·r) of unit total intensity, k = numbers / extents.
Array<Complex, 2> plane_wave(const Grid& grid, int number_y, int number_x) {
  Array<Complex, 2> wave({grid.height, grid.width});
  for (int row = 0; row < grid.height; ++row)
    for (int column = 0; column < grid.width; ++column)
      wave(row, column) =
          Complex(std::polar(1 / std::sqrt(static_cast<double>(grid.pixels())),
                             2 * pi * (1.0 * number_y * row / grid.height + 1.0 * number_x * column / grid.width)));
  return wave;
}

Array<Complex, 2> random_wave(const Grid& grid) {
  Array<Complex, 2> wave({grid.height, grid.width});
  Random random(5);
  for (int y = 0; y < grid.height; ++y)  // as after a slice: nothing outside the band limit's square
    for (int x = 0; x < grid.width; ++x) {
      const Complex value{static_cast<float>(random.normal()), static_cast<float>(random.normal())};
      if (std::abs(grid.frequency_y(y)) <= grid.band_limit() && std::abs(grid.frequency_x(x)) <= grid.band_limit())
        wave(y, x) = value;
    }
  return wave;
}

// Float sums over some 100 pixels in turn, and a transform: 100 ε at most.
constexpr double sum_tolerance = 1e-5;

TEST(Detector, a_camera_that_sees_all_counts_every_electron) {
  const auto probe = make_probe(oblong, Microscope{}, {4, 5});
  for (const double mrad : {0.7, 1.7, 3.1}) {
    const Detector detector(oblong, Microscope{}, camera_of(2 * static_cast<int>(60 / mrad), mrad));
    EXPECT_NEAR(total(pattern_of(detector, probe)), 1, sum_tolerance) << mrad;
  }
}

/// One camera pixel by a plain double sum over all reciprocal pixels and their rectangles.
double by_hand(const Grid& grid, const Array<Complex, 2>& transformed, double mrad, double ky, double kx) {
  const double pixel_y = 1e3 * wavelength(200) / grid.extent_y, pixel_x = 1e3 * wavelength(200) / grid.extent_x;
  const auto overlap = [&](double centre, double width, double other) {
    return std::max(0.0,
                    std::min(centre + width / 2, other + mrad / 2) - std::max(centre - width / 2, other - mrad / 2)) /
           width;
  };
  double sum = 0;
  for (int row = 0; row < grid.height; ++row)
    for (int column = 0; column < grid.width; ++column)
      sum += std::norm(transformed(row, column)) / grid.pixels() *
             overlap(Grid::signed_index(row, grid.height) * pixel_y, pixel_y, ky) *
             overlap(Grid::signed_index(column, grid.width) * pixel_x, pixel_x, kx);
  return sum;
}

TEST(Detector, shares_out_as_a_sum_over_rectangles_does) {
  Microscope tilted;
  tilted.specimen_tilt_x_mrad = 3.3;
  tilted.specimen_tilt_y_mrad = -1.7;
  for (const Grid& grid : {oblong, Grid{45, 33, 9.0, 11.0}})  // even and odd counts
    for (const Camera& camera :
         {camera_of(16, 1.9), camera_of(64, 3.0), camera_of(9, 0.4)}) {  // inside, beyond, within few
      const auto wave = random_wave(grid);                               // in reciprocal space
      const Detector detector(grid, tilted, camera);
      std::vector<float> pattern(camera.pixels * camera.pixels);
      add_transformed(detector, wave, 1, pattern);
      for (int row = 0; row < camera.pixels; row += 3)
        for (int column = 0; column < camera.pixels; ++column) {
          const double expected =
              by_hand(grid, wave, camera.mrad_per_pixel, (row - camera.pixels / 2) * camera.mrad_per_pixel - 1.7,
                      (column - camera.pixels / 2) * camera.mrad_per_pixel + 3.3);
          // Up to 30 float products a pixel, and weights cut from edges of some 100 mrad in double.
          EXPECT_NEAR(pattern[row * camera.pixels + column], expected, 1e-5 * expected + 1e-9) << row << ' ' << column;
        }
    }
}

TEST(Detector, the_undiffracted_beam_falls_on_the_middle_pixel) {
  const Detector detector(oblong, Microscope{}, camera_of(32, 1.5));  // wider than a reciprocal pixel of 1.3 mrad
  EXPECT_NEAR(pattern_of(detector, plane_wave(oblong, 0, 0))[16 * 32 + 16], 1, sum_tolerance);
}

TEST(Detector, rows_run_with_ky_and_columns_with_kx) {
  const Detector detector(oblong, Microscope{}, camera_of(32, 1.5));
  const double mrad_y = 1e3 * wavelength(200) / 19.0, mrad_x = 1e3 * wavelength(200) / 31.0;
  const auto pattern = pattern_of(detector, plane_wave(oblong, 5, -7));
  const auto brightest = std::max_element(pattern.begin(), pattern.end()) - pattern.begin();
  EXPECT_EQ(brightest / 32, 16 + std::lround(5 * mrad_y / 1.5));
  EXPECT_EQ(brightest % 32, 16 + std::lround(-7 * mrad_x / 1.5));
}

/// The intensity-weighted mean column, in mrad from the middle.
double mean_column_mrad(const std::vector<float>& pattern, int pixels, double mrad) {
  double sum = 0;
  for (int i = 0; i < pixels * pixels; ++i) sum += pattern[i] * (i % pixels - pixels / 2) * mrad;
  return sum / total(pattern);
}

TEST(Detector, beam_tilt_moves_the_disc_and_specimen_tilt_does_not) {
  const double window = 4 * wavelength(200) / 6e-3;  // 6 mrad are four pixels, so that tilted discs stay symmetric
  const Grid grid{96, 96, window, window};
  const Camera camera = camera_of(64, 1.0);
  Microscope beam, specimen;
  beam.semiangle_mrad = specimen.semiangle_mrad = 10;
  beam.beam_tilt_x_mrad = specimen.specimen_tilt_x_mrad = 6;
  // A mean of some 1,000 float pixels up to 30 mrad.
  const auto tilted_beam = pattern_of(Detector(grid, beam, camera), make_probe(grid, beam, {3, 4}));
  EXPECT_NEAR(mean_column_mrad(tilted_beam, 64, 1), 6, 1e-4);
  const auto tilted_specimen = pattern_of(Detector(grid, specimen, camera), make_probe(grid, specimen, {3, 4}));
  EXPECT_NEAR(mean_column_mrad(tilted_specimen, 64, 1), 0, 1e-4);
}

TEST(Detector, the_zone_axis_lies_at_minus_the_specimen_tilt) {
  Microscope microscope;
  microscope.specimen_tilt_x_mrad = 9;
  microscope.specimen_tilt_y_mrad = -4.5;
  const auto pattern = pattern_of(Detector(oblong, microscope, camera_of(32, 1.5)), plane_wave(oblong, 0, 0));
  EXPECT_NEAR(pattern[(16 + 3) * 32 + 16 - 6], 1, sum_tolerance);
}

TEST(Detector, adds_weighted_states) {
  const Detector detector(oblong, Microscope{}, camera_of(20, 2));
  const auto probe = make_probe(oblong, Microscope{}, {1, 2});
  auto parts = pattern_of(detector, probe, 0.25);
  const auto rest = pattern_of(detector, probe, 0.75);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += rest[i];
  const auto whole = pattern_of(detector, probe);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(parts[i], whole[i], 3e-7 * whole[i]);
}

TEST(Detector, patterns_side_by_side_are_each_as_alone) {
  const Detector detector(oblong, Microscope{}, camera_of(20, 2));
  const int count = detector.numbers_x().count(), patterns = 5;
  Random random(3);
  std::vector<float> together(count * patterns), frame(20 * 20 * patterns), line;
  for (auto& value : together) value = static_cast<float>(random.uniform());
  detector.add_line(2, together.data(), patterns, frame, line);
  for (int p = 0; p < patterns; ++p) {
    std::vector<float> alone(count), pattern(20 * 20);
    for (int i = 0; i < count; ++i) alone[i] = together[i * patterns + p];
    detector.add_line(2, alone.data(), 1, pattern, line);
    for (int pixel = 0; pixel < 400; ++pixel) EXPECT_NEAR(frame[pixel * patterns + p], pattern[pixel], 1e-6);
  }
}

TEST(Detector, warns_where_the_camera_outreaches_the_grid_only) {
  const double reach = 1e3 * wavelength(200) * oblong.band_limit();
  const Detector inside(oblong, Microscope{}, camera_of(20, reach / 11));
  EXPECT_NEAR(inside.reach_mrad(), reach, 1e-9);
  EXPECT_EQ(inside.warning(), "");
  EXPECT_NE(Detector(oblong, Microscope{}, camera_of(20, reach / 10)).warning(), "");
  Camera shifted = camera_of(20, reach / 11);
  shifted.centre_x_pixels = -2;
  EXPECT_NE(Detector(oblong, Microscope{}, shifted).warning(), "");
  Microscope tilted;
  tilted.specimen_tilt_y_mrad = 3;
  EXPECT_NEAR(Detector(oblong, tilted, camera_of(20, 1)).reach_mrad(), reach - 3, 1e-9);
}

TEST(Detector, a_beam_that_falls_whole_pixels_off_the_middle_moves_the_pattern_by_so_many) {
  const auto wave = random_wave(oblong);
  Camera camera = camera_of(32, 1.5);
  const auto centred = pattern_of(Detector(oblong, Microscope{}, camera), wave);
  camera.centre_y_pixels = 3;
  camera.centre_x_pixels = -2;
  const auto moved = pattern_of(Detector(oblong, Microscope{}, camera), wave);
  for (int y = 0; y + 3 < 32; ++y)
    for (int x = 2; x < 32; ++x)  // the same areas, computed from other edges
      EXPECT_NEAR(moved[(y + 3) * 32 + x - 2], centred[y * 32 + x], 1e-5 * centred[y * 32 + x] + 1e-9);
}

/// Where the intensity of a pattern lies, in pixels from the camera's middle.
struct Place {
  double x = 0, y = 0;
};
Place place_of(const std::vector<float>& pattern, int pixels) {
  Place place;
  for (int y = 0; y < pixels; ++y)
    for (int x = 0; x < pixels; ++x) {
      place.x += pattern[y * pixels + x] * (x - pixels / 2) / total(pattern);
      place.y += pattern[y * pixels + x] * (y - pixels / 2) / total(pattern);
    }
  return place;
}

TEST(Detector, a_turned_camera_sees_every_plane_wave_turned_the_other_way_and_loses_none) {
  Camera camera = camera_of(120, 0.2);  // several pixels a wave, so that pixels hardly coarsen its place
  camera.centre_x_pixels = 0.7;
  camera.centre_y_pixels = -0.4;
  for (const double degrees : {-4.0, 0.5, 7.0})
    for (const auto& [number_y, number_x] : {std::pair{5, 0}, {0, -6}, {-4, 5}, {0, 0}}) {
      const auto wave = plane_wave(oblong, number_y, number_x);
      camera.rotation_deg = 0;
      const auto straight = place_of(pattern_of(Detector(oblong, Microscope{}, camera), wave), 120);
      camera.rotation_deg = degrees;
      const auto pattern = pattern_of(Detector(oblong, Microscope{}, camera), wave);
      const auto turned = place_of(pattern, 120);
      const double c = std::cos(degrees * pi / 180), s = std::sin(degrees * pi / 180);
      const double x = straight.x - camera.centre_x_pixels, y = straight.y - camera.centre_y_pixels;
      EXPECT_NEAR(turned.x, camera.centre_x_pixels + c * x + s * y, 0.05) << degrees;
      EXPECT_NEAR(turned.y, camera.centre_y_pixels - s * x + c * y, 0.05) << degrees;
      EXPECT_NEAR(total(pattern), 1, 1e-5);
    }
}

TEST(Detector, a_slight_turn_changes_patterns_in_proportion) {
  const auto wave = random_wave(oblong);
  Camera camera = camera_of(20, 1.5);
  const auto at = [&](double degrees) {
    camera.rotation_deg = degrees;
    return pattern_of(Detector(oblong, Microscope{}, camera), wave);
  };
  const auto none = at(0), little = at(0.02), twice = at(0.04), back = at(-0.02);
  double change = 0, bend = 0, kink = 0;
  for (std::size_t i = 0; i < none.size(); ++i) {
    change += std::abs(little[i] - none[i]);
    bend += std::abs(twice[i] - 2 * little[i] + none[i]);
    kink += std::abs(little[i] - 2 * none[i] + back[i]);
  }
  EXPECT_GT(change, 1e-5);
  EXPECT_LT(bend, 0.1 * change);
  EXPECT_LT(kink, 0.1 * change);
}

TEST(Detector, a_camera_beside_the_grid_sees_nothing) {
  Microscope microscope;
  microscope.specimen_tilt_x_mrad = 50;
  const auto pattern = pattern_of(Detector(oblong, microscope, camera_of(4, 1)), plane_wave(oblong, 0, 0));
  EXPECT_EQ(total(pattern), 0);
}

}  // namespace
}  // namespace terrace
