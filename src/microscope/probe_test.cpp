// A probe holds one electron, lies where it is told, focuses where defocus says and has the shape that theory gives.
#include "microscope/probe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/constants.h"
#include "core/error.h"
#include "core/fft.h"

namespace terrace {
namespace {

using Wave = Array<Complex, 2>;

const Grid oblong{96, 128, 20.0, 25.0};
const Grid square{128, 128, 24.0, 24.0};

// One transform of some 1e4 pixels rounds a wave by about ε √log₂N ≈ 2.5e-7 of its norm (1) a pixel at the very most.
constexpr double wave_tolerance = 1e-6;

Microscope aberrated() {
  Microscope microscope;
  microscope.defocus_nm = 4;
  microscope.C12_nm = 2;
  microscope.phi12_deg = 25;
  microscope.C23_nm = 60;
  microscope.phi23_deg = 10;
  microscope.C30_um = 3;
  return microscope;
}

double intensity(const Wave& wave) {
  double sum = 0;
  for (const auto& value : wave) sum += std::norm(value);
  return sum;
}

double largest_difference(const Wave& a, const Wave& b) {
  double largest = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) largest = std::max<double>(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest;
}

/// Free space over `distance` Å, written out here on its own: Ψ(k) exp(−iπλ distance k²).
void propagate(const Grid& grid, double lambda, double distance, Wave& wave) {
  const Fft2 fft(grid.height, grid.width);
  fft.forward(wave.span());
  for (int row = 0; row < grid.height; ++row)
    for (int column = 0; column < grid.width; ++column) {
      const double ky = grid.frequency_y(row), kx = grid.frequency_x(column);
      const auto phase = std::polar(1.0 / grid.pixels(), -pi * lambda * distance * (ky * ky + kx * kx));
      wave(row, column) *= Complex(phase);
    }
  fft.inverse(wave.span());
}

/// The mean position of the intensity along x, from the phase of its first harmonic, so that the seam does not matter.
double mean_x(const Grid& grid, const Wave& wave) {
  std::complex<double> harmonic = 0;
  for (int row = 0; row < grid.height; ++row)
    for (int column = 0; column < grid.width; ++column)
      harmonic += static_cast<double>(std::norm(wave(row, column))) * std::polar(1.0, 2 * pi * column / grid.width);
  return std::arg(harmonic) / (2 * pi) * grid.extent_x;
}

TEST(Probe, holds_one_electron_in_real_space_and_pixels_in_reciprocal_space) {
  auto wave = make_probe(oblong, aberrated(), {3.1, 7.7});
  EXPECT_NEAR(intensity(wave), 1, wave_tolerance);
  Fft2(oblong.height, oblong.width).forward(wave.span());
  EXPECT_NEAR(intensity(wave) / oblong.pixels(), 1, wave_tolerance);
}

TEST(Probe, moved_by_whole_pixels_is_rolled) {
  const auto here = make_probe(oblong, aberrated(), {0, 0});
  const auto there = make_probe(oblong, aberrated(), {5 * oblong.pixel_y(), -3 * oblong.pixel_x()});
  Wave rolled({oblong.height, oblong.width});
  for (int row = 0; row < oblong.height; ++row)
    for (int column = 0; column < oblong.width; ++column)
      rolled((row + 5) % oblong.height, (column + oblong.width - 3) % oblong.width) = here(row, column);
  EXPECT_LT(largest_difference(there, rolled), wave_tolerance);
}

TEST(Probe, underfocus_comes_to_focus_inside_the_specimen) {
  Microscope focused = aberrated(), underfocused = aberrated();
  underfocused.defocus_nm += 6;
  auto wave = make_probe(square, underfocused, {12, 12});
  EXPECT_GT(largest_difference(wave, make_probe(square, focused, {12, 12})), 0.01);
  propagate(square, wavelength(focused.energy_kev), 60, wave);
  EXPECT_LT(largest_difference(wave, make_probe(square, focused, {12, 12})), wave_tolerance);
}

TEST(Probe, extra_defocus_is_defocus) {
  Microscope more = aberrated();
  more.defocus_nm += 2;
  const auto one = make_probe(square, aberrated(), {1, 2}, 20), other = make_probe(square, more, {1, 2});
  EXPECT_LT(largest_difference(one, other), wave_tolerance);
}

TEST(Probe, a_tilted_beam_travels_towards_its_tilt) {
  Microscope tilted;
  tilted.beam_tilt_x_mrad = 8;
  tilted.defocus_nm = 10;
  auto wave = make_probe(square, tilted, {12, 8});
  EXPECT_NEAR(mean_x(square, wave), 8, 1e-3);
  propagate(square, wavelength(200), 100, wave);
  // 100 Å at 8 mrad; the mean is that of the pixels' amplitudes, whose centre is the disc's to a hundredth of a pixel.
  EXPECT_NEAR(mean_x(square, wave), 8 + 0.8, 5e-3);
  // At focus the probe has no aberration left, so it is as sharp as the untilted one.
  const auto sharp = make_probe(square, Microscope{}, {12, 8.8});
  double peak = 0, sharp_peak = 0;
  for (const auto& value : wave) peak = std::max<double>(peak, std::norm(value));
  for (const auto& value : sharp) sharp_peak = std::max<double>(sharp_peak, std::norm(value));
  EXPECT_NEAR(peak / sharp_peak, 1, 0.02);  // its edge pixels fall otherwise on the grid
}

TEST(Probe, tilts_shift_the_aperture_by_whole_pixels_without_other_change) {
  Microscope microscope = aberrated();
  const auto straight = aperture_beams(square, microscope);
  const double pixel_mrad = 1e3 * wavelength(200) / square.extent_x;
  microscope.beam_tilt_x_mrad = 5 * pixel_mrad;
  microscope.specimen_tilt_x_mrad = 2 * pixel_mrad;
  microscope.specimen_tilt_y_mrad = -4 * pixel_mrad;
  const auto tilted = aperture_beams(square, microscope);
  ASSERT_EQ(tilted.size(), straight.size());
  for (std::size_t i = 0; i < tilted.size(); ++i) {
    EXPECT_EQ(tilted[i].number_x, straight[i].number_x + 7);
    EXPECT_EQ(tilted[i].number_y, straight[i].number_y - 4);
    EXPECT_LT(std::abs(tilted[i].amplitude - straight[i].amplitude), 1e-10);
  }
}

/// Turns a wave on a square grid by 90° about pixel (0, 0): what lay at +x lies at +y.
Wave quarter_turn(const Wave& wave) {
  const auto count = wave.extent(0);
  Wave turned({count, count});
  for (std::int64_t row = 0; row < count; ++row)
    for (std::int64_t column = 0; column < count; ++column) turned(column, (count - row) % count) = wave(row, column);
  return turned;
}

TEST(Probe, turns_with_the_azimuths_of_its_aberrations) {
  Microscope microscope = aberrated(), turned = aberrated();
  turned.phi12_deg += 90;
  turned.phi23_deg += 90;
  const auto expected = quarter_turn(make_probe(square, microscope, {0, 0}));
  EXPECT_LT(largest_difference(make_probe(square, turned, {0, 0}), expected), wave_tolerance);
  EXPECT_GT(largest_difference(make_probe(square, microscope, {0, 0}), expected), 0.01);
}

TEST(Probe, without_aberrations_is_airys) {
  // Airy (1835): ψ(r)/ψ(0) = 2 J1(x)/x, x = 2πar. Area-weighted pixels multiply it by sinc(x/L) sinc(y/L). What is left
  // are the eight nearest periodic images: each below 2 sqrt(2/π) (2πa · 0.9L)^(−3/2) × 0.1 (the sinc there) ≈ 2e-4.
  const Grid grid{128, 128, 60.0, 60.0};
  Microscope microscope;
  microscope.semiangle_mrad = 12;
  const auto wave = make_probe(grid, microscope, {0, 0});
  const double a = 12e-3 / wavelength(200);
  const auto sinc = [](double t) { return t == 0 ? 1 : std::sin(pi * t) / (pi * t); };
  const auto first_bessel = [](double x) {  // J1(x) = (1/π) ∫₀^π cos(θ − x sin θ) dθ, by 400 midpoints
    double sum = 0;
    for (int i = 0; i < 400; ++i) sum += std::cos(pi * (i + 0.5) / 400 - x * std::sin(pi * (i + 0.5) / 400));
    return sum / 400;
  };
  for (int column = 0; column <= 12; ++column) {
    const double r = column * grid.pixel_x(), x = 2 * pi * a * r;
    const double airy = column ? 2 * first_bessel(x) / x : 1;
    EXPECT_NEAR(wave(0, column).real() / wave(0, 0).real(), airy * sinc(r / 60), 1.5e-3) << r;
    EXPECT_NEAR(wave(0, column).imag() / wave(0, 0).real(), 0, 1e-5) << r;
  }
}

TEST(Probe, soft_amplitudes_are_shares_of_the_aperture) {
  // Before normalisation the shares times the pixel's area sum to πa² exactly; the largest share is 1.
  Microscope microscope;
  const auto beams = aperture_beams(oblong, microscope);
  double sum = 0, largest = 0;
  for (const auto& beam : beams) {
    sum += std::abs(beam.amplitude);
    largest = std::max(largest, std::abs(beam.amplitude));
  }
  const double a = 20e-3 / wavelength(200);
  EXPECT_NEAR(sum / largest / (oblong.extent_x * oblong.extent_y) / (pi * a * a), 1, 1e-11);
}

TEST(Probe, hard_edge_opens_the_pixels_whose_middle_lies_inside) {
  Microscope microscope;
  microscope.aperture_edge = "hard";
  const double a = 20e-3 / wavelength(200);
  std::size_t inside = 0;
  for (int y = -30; y <= 30; ++y)
    for (int x = -30; x <= 30; ++x)
      if (std::hypot(y / oblong.extent_y, x / oblong.extent_x) <= a) ++inside;
  const auto beams = aperture_beams(oblong, microscope);
  EXPECT_EQ(beams.size(), inside);
  for (const auto& beam : beams) EXPECT_NEAR(std::norm(beam.amplitude), 1.0 / inside, 1e-14);
}

TEST(Probe, former_makes_each_state_as_a_microscope_of_its_own) {
  Microscope microscope = aberrated();
  microscope.source_fwhm_angstrom = 0.3;
  microscope.defocus_spread_nm = 2;
  const ProbeFormer former(oblong, microscope);
  ASSERT_GT(former.states().size(), 20u);
  std::vector<int> all(former.beams().size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<Complex> amplitudes(all.size());
  for (const auto& state : former.states()) {
    former.form({4, 5}, state, all, amplitudes);
    auto alone = make_probe(oblong, aberrated(), {4 + state.dy, 5 + state.dx}, state.ddefocus);
    Fft2(oblong.height, oblong.width).forward(alone.span());
    const float scale = 1 / std::sqrt(static_cast<float>(oblong.pixels()));
    for (const int i : all)
      EXPECT_LT(std::abs(scale * alone(Grid::fft_index(former.beams()[i].number_y, oblong.height),
                                       Grid::fft_index(former.beams()[i].number_x, oblong.width)) -
                         amplitudes[i]),
                wave_tolerance);
  }
}

TEST(Probe, rays_reach_as_far_as_defocus_and_angle_say) {
  Microscope microscope;
  microscope.defocus_nm = 10;
  EXPECT_NEAR(ProbeFormer(square, microscope).ray_reach(), 100 * 0.02, 1e-6);
  microscope.C30_um = -1;  // C10 α + C30 α³ = −2 Å − 0.08 Å
  EXPECT_NEAR(ProbeFormer(square, microscope).ray_reach(), 2.08, 1e-5);
}

TEST(Probe, rays_from_inside_the_aperture_may_reach_farthest) {
  // C10 α + C30 α³ is 0 at the edge and −2/3 · 4000 Å · α at α = 20 mrad / √3.
  const Microscope microscope{.semiangle_mrad = 20, .defocus_nm = 400, .C30_um = 1000};
  EXPECT_NEAR(ray_reach(microscope), 2.0 / 3 * 4000 * 0.02 / std::sqrt(3.0), 0.2);
}

TEST(Probe, refuses_a_window_narrower_than_the_probe_with_the_width_that_would_do) {
  Microscope microscope;
  microscope.defocus_nm = 100;  // 20 Å to either side
  try {
    ProbeFormer(square, microscope);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("at least 40.0 Å"), std::string::npos) << error.what();
  }
}

TEST(Probe, refuses_an_aperture_beyond_the_band_limit_with_both_numbers) {
  Microscope microscope;
  microscope.semiangle_mrad = 30;
  microscope.specimen_tilt_x_mrad = 20;
  const Grid coarse{64, 64, 24.0, 24.0};  // carries 22.3 mrad
  try {
    make_probe(coarse, microscope, {0, 0});
    FAIL();
  } catch (const InputError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("22.29 mrad"), std::string::npos) << text;
    EXPECT_NE(text.find("30 mrad semi-angle, 20.00 mrad of tilt"), std::string::npos) << text;
  }
}

TEST(Probe, refuses_an_aperture_that_holds_no_pixel) {
  Microscope microscope;
  microscope.aperture_edge = "hard";
  microscope.semiangle_mrad = 0.1;
  microscope.beam_tilt_x_mrad = 0.5 * 1e3 * wavelength(200) / square.extent_x;
  EXPECT_THROW(aperture_beams(square, microscope), InputError);
}

}  // namespace
}  // namespace terrace
