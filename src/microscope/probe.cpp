#include "microscope/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/constants.h"
#include "core/error.h"
#include "core/fft.h"
#include "microscope/aberrations.h"
#include "microscope/aperture.h"
#include "microscope/tilt.h"

namespace terrace {
namespace {

/// The aperture in 1/Å.
struct Disc {
  double centre_y, centre_x, radius;
};

Disc aperture_disc(const Microscope& m) {
  const double lambda = wavelength(m.energy_kev);
  const Angle centre = aperture_centre(m);
  return {centre.y / lambda, centre.x / lambda, m.semiangle_mrad * 1e-3 / lambda};
}

/// How much of the reciprocal pixel at (y, x), counted from the disc's centre, lets electrons through.
double open_share(const Grid& grid, const Microscope& m, double radius, double y, double x) {
  if (m.aperture_edge == "hard") return x * x + y * y <= radius * radius ? 1 : 0;
  const double half_y = 0.5 / grid.extent_y, half_x = 0.5 / grid.extent_x;
  const double distance = std::hypot(y, x), reach = std::hypot(half_y, half_x);
  if (distance + reach <= radius) return 1;  // all but the pixels of the edge need no areas
  if (distance - reach >= radius) return 0;
  return area_inside_disc(radius, y - half_y, y + half_y, x - half_x, x + half_x) / (4 * half_y * half_x);
}

struct Range {
  int first, last;
};

/// The frequency numbers whose pixels can touch the disc along one axis.
Range touched(double centre, double radius, double extent) {
  return {static_cast<int>(std::floor((centre - radius) * extent)),
          static_cast<int>(std::ceil((centre + radius) * extent))};
}

void check_band_limit(const Grid& grid, const Microscope& m, const std::vector<ApertureBeam>& beams) {
  double farthest = 0;
  for (const auto& beam : beams)
    farthest = std::max(farthest, std::hypot(beam.number_y / grid.extent_y, beam.number_x / grid.extent_x));
  const double limit = grid.band_limit();
  if (farthest <= limit) return;
  const double mrad = 1e3 * wavelength(m.energy_kev);
  const Angle centre = aperture_centre(m);
  throw InputError(fmt::format(
      "The aperture reaches {:.2f} mrad ({} mrad semi-angle, {:.2f} mrad of tilt), but a grid of {} x {} pixels over "
      "{:.2f} x {:.2f} Å carries waves to {:.2f} mrad only (2/3 of Nyquist). Use {:.2f} times as many pixels, or a "
      "smaller "
      "semiangle_mrad or tilt?",
      farthest * mrad, m.semiangle_mrad, 1e3 * std::hypot(centre.y, centre.x), grid.height, grid.width, grid.extent_y,
      grid.extent_x, limit * mrad, farthest / limit));
}

void check_not_empty(const Grid& grid, const Microscope& m, double total) {
  if (total > 0) return;
  const double mrad = 1e3 * wavelength(m.energy_kev);
  throw InputError(fmt::format(
      "The aperture of {} mrad holds no pixel of the grid (pixels are {:.3f} x {:.3f} mrad, from a window of {:.2f} x "
      "{:.2f} Å). Use a larger window, or aperture_edge = \"soft\"?",
      m.semiangle_mrad, mrad / grid.extent_y, mrad / grid.extent_x, grid.extent_y, grid.extent_x));
}

std::vector<ApertureBeam> open_beams(const Grid& grid, const Microscope& m, const Disc& disc) {
  std::vector<ApertureBeam> beams;
  const Range rows = touched(disc.centre_y, disc.radius, grid.extent_y);
  const Range columns = touched(disc.centre_x, disc.radius, grid.extent_x);
  for (int row = rows.first; row <= rows.last; ++row)
    for (int column = columns.first; column <= columns.last; ++column) {
      const double y = row / grid.extent_y - disc.centre_y, x = column / grid.extent_x - disc.centre_x;
      const double share = open_share(grid, m, disc.radius, y, x);  // below 1e-12: rounding of the area
      if (share > 1e-12) beams.push_back({row, column, share});
    }
  return beams;
}

/// a · b by parts: the operator's care for infinities costs ten times as much.
std::complex<double> product(const std::complex<double>& a, const std::complex<double>& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// exp(−2πi number · distance / extent) for every number of `range`, each from the one before (rounding grows to some
/// 1e-14 over a hundred): sines are most of the work otherwise.
std::vector<std::complex<double>> ramp(Range range, double distance, double extent) {
  const auto step = std::polar(1.0, -2 * pi * distance / extent);
  auto phase = std::polar(1.0, -2 * pi * range.first * distance / extent);
  std::vector<std::complex<double>> phases;
  phases.reserve(range.last - range.first + 1);
  for (int number = range.first; number <= range.last; ++number, phase = product(phase, step)) phases.push_back(phase);
  return phases;
}

Range rows_of(const std::vector<ApertureBeam>& beams) { return {beams.front().number_y, beams.back().number_y}; }

Range columns_of(const std::vector<ApertureBeam>& beams) {
  const auto [first, last] = std::minmax_element(beams.begin(), beams.end(),
                                                 [](const auto& a, const auto& b) { return a.number_x < b.number_x; });
  return {first->number_x, last->number_x};
}

}  // namespace

// The largest |∇chi| λ / 2π on circles in the aperture, by differences small against any structure of chi.
double ray_reach(const Microscope& m) {
  constexpr int circles = 10, points = 72;
  const auto terms = aberrations(m);
  const double lambda = wavelength(m.energy_kev), edge = m.semiangle_mrad * 1e-3, h = 1e-4 * edge;
  double largest = 0;
  for (int i = 0; i < circles * points; ++i) {
    const double alpha = edge * (i / points + 1) / circles, azimuth = 2 * pi * (i % points) / points;
    const double y = alpha * std::sin(azimuth), x = alpha * std::cos(azimuth);
    const double along_y = chi(terms, lambda, y + h, x) - chi(terms, lambda, y - h, x);
    const double along_x = chi(terms, lambda, y, x + h) - chi(terms, lambda, y, x - h);
    largest = std::max(largest, std::hypot(along_y, along_x) / (2 * h) * lambda / (2 * pi));
  }
  return largest;
}

std::vector<ApertureBeam> aperture_beams(const Grid& grid, const Microscope& microscope, double extra_defocus) {
  const Disc disc = aperture_disc(microscope);
  auto beams = open_beams(grid, microscope, disc);
  check_band_limit(grid, microscope, beams);
  double total = 0;
  for (const auto& beam : beams) total += std::norm(beam.amplitude);
  check_not_empty(grid, microscope, total);

  auto terms = aberrations(microscope);
  terms.push_back({1, 0, -extra_defocus, 0});
  const double lambda = wavelength(microscope.energy_kev);
  for (auto& beam : beams) {
    const double alpha_y = lambda * (beam.number_y / grid.extent_y - disc.centre_y);
    const double alpha_x = lambda * (beam.number_x / grid.extent_x - disc.centre_x);
    beam.amplitude *= std::polar(1 / std::sqrt(total), -chi(terms, lambda, alpha_y, alpha_x));
  }
  return beams;
}

namespace {

std::map<double, std::vector<ApertureBeam>> beams_by_defocus(const Grid& grid, const Microscope& microscope,
                                                             const std::vector<CoherentState>& states) {
  std::map<double, std::vector<ApertureBeam>> beams;
  for (const auto& state : states)
    if (!beams.contains(state.ddefocus)) beams[state.ddefocus] = aperture_beams(grid, microscope, state.ddefocus);
  return beams;
}

/// A probe wider than its window would overlap its periodic images.
void check_window(const Grid& grid, double ray_reach) {
  const double narrow = std::min(grid.extent_y, grid.extent_x);
  if (2 * ray_reach <= narrow) return;
  throw InputError(fmt::format(
      "The probe is {:.1f} Å wide at the entrance surface (defocus and aberrations), the window {:.2f} Å: it "
      "would overlap its periodic images. Make the specimen at least {:.1f} Å wide along x and y.",
      2 * ray_reach, narrow, 2 * ray_reach));
}

}  // namespace

ProbeFormer::ProbeFormer(const Grid& grid, const Microscope& microscope)
    : grid_(grid),
      states_(coherent_states(microscope)),
      defocus_states_(terrace::defocus_states(microscope)),
      source_sigma_(terrace::source_sigma(microscope)),
      beams_(beams_by_defocus(grid, microscope, states_)),
      ray_reach_(terrace::ray_reach(microscope)) {
  check_window(grid, ray_reach_);
}

const std::vector<ApertureBeam>& ProbeFormer::beams(double extra_defocus) const {
  const auto found = beams_.find(extra_defocus);
  if (found != beams_.end()) return found->second;
  throw InputError(
      fmt::format("A defocus of {} Å more is none of this probe's states. Take a state from states().", extra_defocus));
}

void ProbeFormer::form(const ProbePosition& position, const CoherentState& state, std::span<const int> which,
                       std::span<Complex> amplitudes) const {
  const auto& beams = this->beams(state.ddefocus);
  const Range rows = rows_of(beams), columns = columns_of(beams);
  const auto ramp_y = ramp(rows, position.y + state.dy, grid_.extent_y);
  const auto ramp_x = ramp(columns, position.x + state.dx, grid_.extent_x);
  for (std::size_t i = 0; i < which.size(); ++i) {
    const auto& beam = beams[which[i]];
    const auto shift = product(ramp_y[beam.number_y - rows.first], ramp_x[beam.number_x - columns.first]);
    amplitudes[i] = Complex(product(beam.amplitude, shift));
  }
}

Array<Complex, 2> make_probe(const Grid& grid, const Microscope& microscope, const ProbePosition& position,
                             double extra_defocus) {
  Microscope coherent = microscope;
  coherent.source_fwhm_angstrom = coherent.defocus_spread_nm = 0;
  coherent.defocus_nm += extra_defocus / 10;
  const ProbeFormer former(grid, coherent);
  std::vector<int> all(former.beams().size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<Complex> amplitudes(all.size());
  former.form(position, CoherentState{}, all, amplitudes);
  Array<Complex, 2> wave({grid.height, grid.width});
  const float scale = 1 / std::sqrt(static_cast<float>(grid.pixels()));
  for (const int i : all) {
    const auto& beam = former.beams()[i];
    wave(Grid::fft_index(beam.number_y, grid.height), Grid::fft_index(beam.number_x, grid.width)) =
        scale * amplitudes[i];
  }
  Fft2(grid.height, grid.width).inverse(wave.span());
  return wave;
}

}  // namespace terrace
