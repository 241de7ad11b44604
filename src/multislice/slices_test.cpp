#include "multislice/slices.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "core/constants.h"
#include "core/error.h"
#include "core/fft.h"
#include "multislice/band_limit.h"
#include "multislice/quadrature.h"
#include "multislice/scattering_factors.h"

namespace terrace {
namespace {

using Potential = Array<std::complex<double>, 2>;

constexpr double energy_kev = 200;
const Grid grid{64, 96, 7.81, 11.715};

Sampling thermal(const std::string& model, const std::string& table = "lobato") {
  Sampling sampling;
  sampling.thermal = model;
  sampling.scattering_factors = table;
  return sampling;
}

Slab slab_of(std::vector<Atom> atoms, const std::string& name = "slab") { return {name, 1.9525, std::move(atoms)}; }

Atom strontium_at(double x, double y, double occupancy = 1, double b_factor = 0.621) {
  return {38, x, y, 0.5, occupancy, b_factor};
}

Potential potential_of(std::vector<Atom> atoms, const std::string& model = "static", const Grid& on = grid) {
  return projected_potential(on, slab_of(std::move(atoms)), energy_kev, thermal(model), 0, 0);
}

double highest(const Potential& potential) {
  double highest = 0;
  for (const auto& value : potential) highest = std::max(highest, std::abs(value));
  return highest;
}

/// Largest difference as a share of the highest value.
double difference(const Potential& a, const Potential& b) {
  double largest = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest / highest(a);
}

/// ∫ over the plane, V Å³.
std::complex<double> integral(const Potential& potential, const Grid& on = grid) {
  std::complex<double> sum = 0;
  for (const auto& value : potential) sum += value;
  return sum * on.pixel_x() * on.pixel_y();
}

// A single-precision transform of N points rounds to about ε √log₂N of the highest value; 1e-6 leaves a factor of four.
constexpr double rounding = 1e-6;

TEST(Potential, of_one_atom_integrates_to_its_factor_at_zero) {
  for (const auto* table : {"lobato", "kirkland"})
    for (const int z : {8, 13, 22, 38, 57}) {
      const auto potential = projected_potential(grid, slab_of({{z, 1.234, 2.345, 0, 1, 0.5}}), energy_kev,
                                                 thermal("static", table), 0, 0);
      const double expected = potential_per_scattering_factor * scattering_factor(table, z)(0);
      // Each of 6144 pixels is rounded to 1e-6 of a peak some 30 times the mean, at random.
      EXPECT_NEAR(integral(potential).real() / expected, 1, 1e-5) << table << " Z = " << z;
      EXPECT_EQ(integral(potential).imag(), 0);
    }
}

TEST(Potential, of_one_atom_is_the_inverse_transform_summed_plainly) {
  const double x0 = 3.3333, y0 = 1.9871, b = 0.621;
  const auto still = potential_of({strontium_at(x0, y0)}),
             moving = potential_of({strontium_at(x0, y0)}, "debye_waller");
  const auto& factor = scattering_factor("lobato", 38);
  const double scale = potential_per_scattering_factor / (grid.extent_x * grid.extent_y);
  for (const auto& [row, column] : {std::pair{16, 27}, {17, 28}, {0, 0}, {40, 90}}) {
    double sum_still = 0, sum_moving = 0;
    for (int y = 0; y < grid.height; ++y)
      for (int x = 0; x < grid.width; ++x) {
        const double ky = grid.frequency_y(y), kx = grid.frequency_x(x), k = std::hypot(ky, kx);
        if (2 * y == grid.height || 2 * x == grid.width) continue;  // Nyquist is left out
        const double wave =
            scale * std::cos(2 * pi * (kx * (column * grid.pixel_x() - x0) + ky * (row * grid.pixel_y() - y0)));
        sum_still += factor(k) * wave;
        sum_moving += factor(k) * std::exp(-b * k * k / 4) * wave;
      }
    EXPECT_NEAR(still(row, column).real(), sum_still, rounding * highest(still));
    EXPECT_NEAR(moving(row, column).real(), sum_moving, rounding * highest(moving));
  }
}

TEST(Potential, moves_with_its_atoms) {
  const auto here = potential_of({strontium_at(1.1, 2.2)}, "absorptive");
  const auto there = potential_of({strontium_at(1.1 + 5 * grid.pixel_x(), 2.2 - 3 * grid.pixel_y())}, "absorptive");
  Potential rolled({grid.height, grid.width});
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) rolled((y - 3 + grid.height) % grid.height, (x + 5) % grid.width) = here(y, x);
  EXPECT_LT(difference(rolled, there), rounding);
}

TEST(Potential, is_periodic) {
  const auto inside = potential_of({strontium_at(1.1, 2.2)});
  const auto outside = potential_of({strontium_at(1.1 - grid.extent_x, 2.2 + 2 * grid.extent_y)});
  EXPECT_LT(difference(inside, outside), rounding);
}

TEST(Potential, of_many_is_the_sum_of_each) {
  const Atom a = strontium_at(1.1, 2.2), b{8, 1.1, 5.2, 0, 1, 0.732}, c{22, 7, 3, 0, 1, 0.44};
  const auto all = potential_of({a, b, c}, "absorptive");
  auto sum = potential_of({a}, "absorptive");
  for (const auto& atom : {b, c}) {
    const auto one = potential_of({atom}, "absorptive");
    for (std::int64_t i = 0; i < sum.size(); ++i) sum.data()[i] += one.data()[i];
  }
  EXPECT_LT(difference(all, sum), 2 * rounding);
}

TEST(Potential, two_halves_at_one_site_are_a_whole) {
  for (const auto* model : {"static", "absorptive", "frozen_phonon"}) {
    const auto halves = potential_of({strontium_at(1.1, 2.2, 0.5), strontium_at(1.1, 2.2, 0.5)}, model);
    EXPECT_LT(difference(potential_of({strontium_at(1.1, 2.2)}, model), halves), rounding) << model;
  }
}

TEST(Potential, scales_with_occupancy) {
  const auto whole = potential_of({strontium_at(1.1, 2.2)}, "absorptive");
  auto third = potential_of({strontium_at(1.1, 2.2, 0.3)}, "absorptive");
  for (auto& value : third) value /= 0.3;
  EXPECT_LT(difference(whole, third), rounding);
}

TEST(Potential, absorption_integrates_to_the_thermal_diffuse_cross_section) {
  const double b = 0.621, gamma_lambda = lorentz_factor(energy_kev) * wavelength(energy_kev);
  const auto& factor = scattering_factor("lobato", 38);
  double cross_section = 0;  // γ² ∫ f² (1 − exp(−Bq²/2)) dΩ, dΩ = λ² d²q
  for (const auto& [q, weight] : gauss_legendre_panels(graded_edges(0.1, 50, 10000)))
    cross_section += weight * 2 * pi * q * factor(q) * factor(q) * (1 - std::exp(-b * q * q / 2));
  cross_section *= gamma_lambda * gamma_lambda;
  const auto potential = potential_of({strontium_at(1, 1)}, "absorptive");
  const double lost = 2 * interaction_parameter(energy_kev) * integral(potential).imag();
  EXPECT_NEAR(lost / cross_section, 1, 2e-5);  // 1e-5 of the curve, and the rounding of the sum over pixels
}

TEST(Potential, mean_of_many_phonon_configurations_has_the_debye_waller_factor) {
  const Grid small{24, 24, 3, 3};
  const int count = 2000;
  Potential mean({small.height, small.width});
  for (int i = 0; i < count; ++i) {
    const auto one =
        projected_potential(small, slab_of({strontium_at(1.5, 1.5)}), energy_kev, thermal("frozen_phonon"), 0, i);
    for (std::int64_t j = 0; j < mean.size(); ++j) mean.data()[j] += one.data()[j] / double(count);
  }
  const auto expected = potential_of({strontium_at(1.5, 1.5)}, "debye_waller", small);
  // Near the atom V varies by about its own height from one configuration to the next: 1/√count, four times that.
  EXPECT_LT(difference(expected, mean), 4 / std::sqrt(count));
  // The factor itself does more than that, so that its absence would be seen.
  EXPECT_GT(difference(expected, potential_of({strontium_at(1.5, 1.5)}, "static", small)), 0.2);
}

TEST(Potential, unknown_models_are_refused_by_name) {
  EXPECT_THROW(potential_of({}, "warm"), InputError);
  EXPECT_THROW(projected_potential(grid, slab_of({}), energy_kev, thermal("static", "doyle"), 0, 0), InputError);
  EXPECT_THROW(potential_of({{104, 0, 0, 0, 1, 0.5}}), InputError);
  for (const auto* model : {"debye_waller", "absorptive", "frozen_phonon"})
    EXPECT_THROW(potential_of({strontium_at(0, 0, 1, -0.5)}, model), InputError);
}

/// The two half-cell slabs of SrTiO3 along [100], 2 × 3 cells.
std::vector<Atom> strontium_oxide_plane() {
  std::vector<Atom> atoms;
  for (double y = 0; y < 7; y += 3.905)
    for (double x = 0; x < 11; x += 3.905) {
      atoms.push_back(strontium_at(x, y));
      atoms.push_back({8, x + 1.9525, y + 1.9525, 0, 1, 0.732});
    }
  return atoms;
}
std::vector<Atom> titanium_oxide_plane() {
  std::vector<Atom> atoms;
  for (double y = 0; y < 7; y += 3.905)
    for (double x = 0; x < 11; x += 3.905) {
      atoms.push_back({22, x + 1.9525, y + 1.9525, 0, 1, 0.440});
      atoms.push_back({8, x + 1.9525, y, 0, 1, 0.732});
      atoms.push_back({8, x, y + 1.9525, 0, 1, 0.732});
    }
  return atoms;
}

TEST(Transmission, of_a_weak_atom_is_one_plus_i_sigma_v) {
  // A hundredth of an oxygen atom.
  const std::vector<Atom> atoms{{8, 3, 3, 0, 0.01, 0.5}};
  const auto potential = potential_of(atoms);
  const double sigma = interaction_parameter(energy_kev), strongest = sigma * highest(potential);
  Transmission expected({grid.height, grid.width});
  for (std::int64_t i = 0; i < potential.size(); ++i)
    expected.data()[i] = Complex(1.0 + std::complex<double>(0, sigma) * potential.data()[i]);
  const Fft2 fft(grid.height, grid.width);
  fft.forward(expected.span());
  BandLimit(grid).apply(expected.span(), 1.0f / static_cast<float>(grid.pixels()));
  fft.inverse(expected.span());
  const auto transmission = TransmissionSource(grid, energy_kev, thermal("static")).at(slab_of(atoms), 0, 0);
  float largest = 0;
  for (std::int64_t i = 0; i < expected.size(); ++i)
    largest = std::max(largest, std::abs(transmission->data()[i] - expected.data()[i]));
  // The next order is ½(σV)²; the band limit may make it ring by as much again.
  EXPECT_LT(largest, strongest * strongest + rounding);
  EXPECT_GT(strongest, 1e-3);  // far above what the tolerance would hide
}

TEST(Transmission, of_vacuum_is_one) {
  const TransmissionSource source(grid, energy_kev, thermal("absorptive"));
  for (const auto& value : *source.at(slab_of({}), 0, 0)) EXPECT_NEAR(std::abs(value - 1.0f), 0, 1e-6);
}

struct Modulus {
  double highest = 0, mean_square = 0;
};

Modulus modulus_of(const std::vector<Atom>& atoms, const std::string& model) {
  const auto transmission = TransmissionSource(grid, energy_kev, thermal(model)).at(slab_of(atoms), 0, 0);
  Modulus modulus;
  for (const auto& value : *transmission) modulus.highest = std::max<double>(modulus.highest, std::abs(value));
  for (const auto& value : *transmission) modulus.mean_square += std::norm(value) / static_cast<double>(grid.pixels());
  return modulus;
}

TEST(Transmission, hardly_exceeds_one_and_absorption_only_removes) {
  for (const auto& atoms : {strontium_oxide_plane(), titanium_oxide_plane()}) {
    const auto still = modulus_of(atoms, "static"), damped = modulus_of(atoms, "debye_waller");
    const auto absorbed = modulus_of(atoms, "absorptive");
    // Cutting the spectrum off makes the modulus ring about 1 near heavy atoms, most where they stand still
    // (measured: 1.019, 1.014, 1.004). The mean square is a share of 1 (Parseval), to rounding.
    EXPECT_LT(still.highest, 1.03);
    EXPECT_LT(damped.highest, 1.03);
    EXPECT_LT(absorbed.highest, 1.03);
    EXPECT_LT(still.mean_square, 1 + rounding);
    EXPECT_LT(damped.mean_square, 1 + rounding);
    EXPECT_LT(absorbed.mean_square, damped.mean_square);
  }
}

TEST(Transmission, keeps_the_band_limit) {
  const TransmissionSource source(grid, energy_kev, thermal("absorptive"));
  auto spectrum = *source.at(slab_of(strontium_oxide_plane()), 0, 0);
  Fft2(grid.height, grid.width).forward(spectrum.span());
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) {
      if (std::hypot(grid.frequency_y(y), grid.frequency_x(x)) < grid.band_limit() * (1 + 1e-9)) continue;
      EXPECT_NEAR(std::abs(spectrum(y, x)) / static_cast<double>(grid.pixels()), 0, rounding);
    }
}

TEST(Transmission, mean_of_phonon_configurations_is_the_absorptive_one_to_second_order) {
  // A tenth of an atom, so that the third order is small; a fine grid, so that little of V² is outside the band limit.
  const Grid fine{64, 64, 2.5, 2.5};
  const auto slab = slab_of({{22, 1.25, 1.25, 0, 0.1, 0.8}});
  const TransmissionSource moving(fine, energy_kev, thermal("frozen_phonon"));
  const TransmissionSource absorbing(fine, energy_kev, thermal("absorptive"));
  const TransmissionSource still(fine, energy_kev, thermal("debye_waller"));
  // Σ over pixels of 1 − t, real part: V drops out (its integral is the same for all), what is left is the second
  // order.
  const auto loss = [&](const Transmission& t) {
    double sum = 0;
    for (const auto& value : t) sum += 1 - value.real();
    return sum / static_cast<double>(fine.pixels());
  };
  const double damped = loss(*still.at(slab, 0, 0));
  double mean = 0;
  const int count = 20;  // ∫V² does not depend on where the atom stands: few are enough
  for (int i = 0; i < count; ++i) mean += loss(*moving.at(slab, 0, i)) / count;
  // The absorptive factor is linear in occupancy (whole atoms, independent); a moving tenth of an atom loses a
  // hundredth.
  const double absorbed = 0.1 * (loss(*absorbing.at(slab, 0, 0)) - damped);
  // The product of two moving potentials reaches beyond this grid's band limit of 8.5 1/Å, where the absorptive factor
  // does not stop: 3 % are missing (measured 0.969).
  EXPECT_NEAR((mean - damped) / absorbed, 1, 0.05);
}

TEST(TransmissionSource, equal_names_share_one_function) {
  const TransmissionSource source(grid, energy_kev, thermal("absorptive"));
  const auto first = source.at(slab_of(strontium_oxide_plane(), "plane"), 0, 0);
  EXPECT_EQ(first, source.at(slab_of(strontium_oxide_plane(), "plane"), 7, 3));
  EXPECT_NE(first, source.at(slab_of(strontium_oxide_plane(), "other"), 0, 0));
}

TEST(TransmissionSource, phonons_differ_by_depth_and_configuration_and_repeat) {
  const auto slab = slab_of({strontium_at(1.1, 2.2)});
  const TransmissionSource source(grid, energy_kev, thermal("frozen_phonon")),
      again(grid, energy_kev, thermal("frozen_phonon"));
  const auto equal = [](const auto& a, const auto& b) { return std::equal(a->begin(), a->end(), b->begin()); };
  EXPECT_TRUE(equal(source.at(slab, 3, 1), again.at(slab, 3, 1)));
  EXPECT_FALSE(equal(source.at(slab, 3, 1), source.at(slab, 4, 1)));
  EXPECT_FALSE(equal(source.at(slab, 3, 1), source.at(slab, 3, 2)));
}

TEST(TransmissionSource, any_number_of_threads_gets_the_same) {
  const auto slab = slab_of(strontium_oxide_plane());
  const TransmissionSource source(grid, energy_kev, thermal("absorptive"));
  std::shared_ptr<const Transmission> seen[4];
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen) threads.emplace_back([&] { mine = source.at(slab, 0, 0); });
  }
  for (const auto& one : seen) EXPECT_EQ(one, seen[0]);
}

}  // namespace
}  // namespace terrace
