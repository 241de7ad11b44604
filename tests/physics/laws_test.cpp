// Laws that hold over the whole way from atoms and microscope to patterns. Those of one module stand beside its
// sources.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "core/constants.h"
#include "multislice/multislice.h"
#include "multislice/scattering_factors.h"
#include "multislice/simulation.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

constexpr double energy = 200;
const Grid grid{64, 96, 7.81, 11.715};

// --- Weak scattering -------------------------------------------------------------------------------------------------

Specimen weak_specimen(const std::vector<std::vector<Atom>>& slabs) {
  Specimen specimen{grid.extent_x, grid.extent_y, {}, {}};
  for (const auto& atoms : slabs) specimen.add_slab(1.9525, atoms);
  return specimen;
}

/// The exit wave of a plane wave of amplitude 1 along the axis, as amplitudes of plane waves.
Waves exit_amplitudes(const Specimen& specimen) {
  const TransmissionSource transmissions(grid, energy, {.thermal = "debye_waller"});
  Waves wave(std::make_shared<const PlaneWaves>(grid), 1);
  wave.set_amplitude(0, 0, 0, 1);
  std::vector<Slice> slices;
  for (int depth = 0; depth < specimen.depth_count(); ++depth)
    slices.push_back({transmissions.at(specimen.slab_at(depth), depth, 0), specimen.slab_at(depth).thickness});
  Multislice(wave.shared_plane_waves(), energy).run(wave, slices);
  return wave;
}

/// First Born approximation: iγλ/A Σ f(k) exp(−Bk²/4) exp(−2πi k·r) exp(−iπλk² (distance from the atom's slab's top to
/// the exit)).
std::complex<double> born_amplitude(const Specimen& specimen, double ky, double kx) {
  const double lambda = wavelength(energy), k2 = ky * ky + kx * kx;
  double left = specimen.thickness();
  std::complex<double> sum = 0;
  for (int depth = 0; depth < specimen.depth_count(); ++depth) {
    for (const auto& atom : specimen.slab_at(depth).atoms)
      sum += atom.occupancy * scattering_factor("lobato", atom.atomic_number)(std::sqrt(k2)) *
             std::exp(-atom.b_factor * k2 / 4) *
             std::polar(1.0, -2 * pi * (ky * atom.y + kx * atom.x) - pi * lambda * k2 * left);
    left -= specimen.slab_at(depth).thickness;
  }
  return std::complex<double>(0, lorentz_factor(energy) * lambda / (grid.extent_x * grid.extent_y)) * sum;
}

/// All that comes after the first Born term is at most ½ (Σ_slabs rms of σV)², by Cauchy and Schwarz. In each slab
/// the wave of 1 is rounded to 6e-8 by two transforms and two products; a quarter of that may fall on one amplitude.
double higher_orders(const Specimen& specimen) {
  double sum = 0;
  for (int depth = 0; depth < specimen.depth_count(); ++depth) {
    double square = 0;
    for (const auto& v :
         projected_potential(grid, specimen.slab_at(depth), energy, {.thermal = "debye_waller"}, depth, 0))
      square += std::norm(v);
    sum += interaction_parameter(energy) * std::sqrt(square / static_cast<double>(grid.pixels()));
  }
  return sum * sum / 2 + 1.5e-8 * specimen.depth_count();
}

void expect_born(const Specimen& specimen) {
  const auto amplitudes = exit_amplitudes(specimen);
  const double bound = higher_orders(specimen);
  double largest = 0;
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) {
      const double ky = grid.frequency_y(y), kx = grid.frequency_x(x);
      if (!grid.within_band_limit(ky, kx) || (y == 0 && x == 0)) continue;
      const auto born = born_amplitude(specimen, ky, kx);
      largest = std::max(largest, std::abs(born));
      EXPECT_LE(std::abs(std::complex<double>(amplitudes.amplitude(0, Grid::signed_index(y, grid.height),
                                                                   Grid::signed_index(x, grid.width))) -
                         born),
                bound)
          << ky << ' ' << kx;
    }
  EXPECT_GT(largest, 50 * bound);  // else the bound would allow anything
}

TEST(WeakScattering, one_atom_scatters_its_born_amplitude) {
  expect_born(weak_specimen({{{38, 3.3, 2.1, 0.5, 0.01, 0}}}));
}

TEST(WeakScattering, slabs_of_atoms_add_their_born_amplitudes_with_the_phase_of_their_depth) {
  expect_born(weak_specimen({{{38, 3.3, 2.1, 0.5, 0.006, 0.6}},
                             {{22, 8.1, 5.3, 0.5, 0.009, 0.4}, {8, 1.2, 6.6, 0.5, 0.012, 0.7}},
                             {},
                             {},
                             {},
                             {{57, 6.7, 0.4, 0.5, 0.006, 0.5}}}));
}

TEST(WeakScattering, intensity_grows_as_the_square_of_the_potential) {
  const Atom one{38, 3.3, 2.1, 0.5, 0.01, 0}, two{38, 3.3, 2.1, 0.5, 0.02, 0};
  const auto weak = exit_amplitudes(weak_specimen({{one}})), strong = exit_amplitudes(weak_specimen({{two}}));
  // The second order is i/2 of the first times σV ≈ 0.01 there, a quarter period out of phase; rounding 1e-8 / 5e-5.
  EXPECT_NEAR(std::norm(strong.amplitude(0, 1, 1)) / std::norm(weak.amplitude(0, 1, 1)), 4, 4 * 2e-3);
}

// --- Incoherent sums -------------------------------------------------------------------------------------------------

Specimen stepped_specimen() {
  Interface interface;
  interface.substrate_cells = interface.film_cells = 2;
  interface.cells_along = 2;
  interface.thickness_cells = 6;
  interface.step_depths_cells = {3};
  interface.step_heights_cells = {1};
  return build(interface);
}

constexpr Camera camera{.pixels = 32, .mrad_per_pixel = 2.5};

/// pattern += weight × the pattern of `microscope` at `position`.
void add_pattern(const Specimen& specimen, const Microscope& microscope, ProbePosition position, double weight,
                 std::vector<double>& sum) {
  const SimulationPlan plan{.specimens = {specimen},
                            .exits = {{0, specimen.depth_count()}},
                            .views = {{0, microscope, camera, {position}}},
                            .sampling = {},
                            .grid = {64, 96, specimen.width_y, specimen.width_x}};
  std::vector<float> pattern(sum.size());
  simulate(plan, 1, [&](int, std::int64_t) { return std::span(pattern); });
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * pattern[i];
}

std::vector<double> dark() { return std::vector<double>(camera.pixels * camera.pixels); }

double r_factor(const std::vector<double>& a, const std::vector<double>& b) {
  double total_a = 0, total_b = 0, r = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total_a += a[i], total_b += b[i];
  for (std::size_t i = 0; i < a.size(); ++i) r += std::abs(a[i] / total_a - b[i] / total_b);
  return r;
}

const ProbePosition place{1.1, 6.3};

TEST(PartialCoherence, a_pattern_is_the_sum_of_coherent_patterns_at_moved_probes_and_focuses) {
  const auto specimen = stepped_specimen();
  Microscope microscope{
      .energy_kev = energy, .semiangle_mrad = 15, .defocus_nm = 1, .source_fwhm_angstrom = 0.5, .defocus_spread_nm = 4};
  auto whole = dark(), sum = dark();
  add_pattern(specimen, microscope, place, 1, whole);
  const auto states = coherent_states(microscope);
  microscope.source_fwhm_angstrom = microscope.defocus_spread_nm = 0;
  for (const auto& state : states) {
    Microscope coherent = microscope;
    coherent.defocus_nm += state.ddefocus / 10;
    add_pattern(specimen, coherent, {place.y + state.dy, place.x + state.dx}, state.weight, sum);
  }
  // The same operations but for how 10 Å are a nanometre: rounding only.
  EXPECT_LT(r_factor(whole, sum), 1e-5);
}

TEST(PartialCoherence, few_points_do_what_a_densely_summed_gaussian_source_does) {
  const auto specimen = stepped_specimen();
  Microscope microscope{.energy_kev = energy, .semiangle_mrad = 15, .source_fwhm_angstrom = 0.8};
  const double sigma = 0.8 / std::sqrt(8 * std::log(2.0));
  auto few = dark(), dense = dark(), point = dark();
  add_pattern(specimen, microscope, place, 1, few);
  microscope.source_fwhm_angstrom = 0;
  add_pattern(specimen, microscope, place, 1, point);
  for (int i = -5; i <= 5; ++i)  // steps of 0.7 σ to 3.5 σ: the trapezoidal sum of a Gaussian is exact to 1e-3 so
    for (int j = -5; j <= 5; ++j)
      add_pattern(specimen, microscope, {place.y + 0.7 * sigma * i, place.x + 0.7 * sigma * j},
                  std::exp(-0.245 * (i * i + j * j)), dense);
  // source.h promises 0.013 of every frequency of the probe's intensity; the pattern's variation with position is made
  // of these.
  EXPECT_LT(r_factor(few, dense), 0.013);
  EXPECT_GT(r_factor(point, dense), 0.05);
}

TEST(PartialCoherence, few_focuses_do_what_a_densely_summed_spread_does) {
  const auto specimen = stepped_specimen();
  Microscope microscope{.energy_kev = energy, .semiangle_mrad = 15, .defocus_spread_nm = 4};
  auto few = dark(), dense = dark(), focused = dark();
  add_pattern(specimen, microscope, place, 1, few);
  microscope.defocus_spread_nm = 0;
  add_pattern(specimen, microscope, place, 1, focused);
  for (int i = -9; i <= 9; ++i) {
    microscope.defocus_nm = 4 * 0.4 * i;
    add_pattern(specimen, microscope, place, std::exp(-0.08 * i * i), dense);
  }
  // source.h: three points are off by 1/120 at the aperture's edge.
  EXPECT_LT(r_factor(few, dense), 1.0 / 120);
  EXPECT_GT(r_factor(focused, dense), 2.0 / 120);
}

TEST(AmorphousLayer, a_uniform_layer_on_the_entrance_surface_is_a_change_of_focus) {
  auto specimen = stepped_specimen();
  const Microscope microscope{.energy_kev = energy, .semiangle_mrad = 15, .defocus_nm = 1};
  auto focused_higher = dark(), behind_layer = dark(), unchanged = dark();
  add_pattern(specimen, microscope, place, 1, unchanged);
  Microscope higher = microscope;
  higher.defocus_nm -= 4;
  add_pattern(specimen, higher, place, 1, focused_higher);
  Specimen covered{.width_x = specimen.width_x, .width_y = specimen.width_y, .slabs = {}, .stack = {}};
  for (int i = 0; i < 20; ++i) covered.add_slab(2, {});  // 4 nm in which nothing scatters
  for (int depth = 0; depth < specimen.depth_count(); ++depth)
    covered.add_slab(specimen.slab_at(depth).thickness, specimen.slab_at(depth).atoms);
  add_pattern(covered, microscope, place, 1, behind_layer);
  // Free space is the propagator's phase, which the probe's defocus repeats to second order in the angle: the fourth is
  // πα⁴d/4λ = 2e-3 rad at 15 mrad, twice that in intensity.
  EXPECT_LT(r_factor(focused_higher, behind_layer), 4e-3);
  EXPECT_GT(r_factor(unchanged, behind_layer), 0.05);
}

}  // namespace
}  // namespace terrace
