// A source and a spread of defocus are rules of quadrature for Gaussians: exact for low powers, good for the
// frequencies that a probe can carry.
#include "microscope/source.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "core/constants.h"
#include "core/error.h"

namespace terrace {
namespace {

constexpr double fwhm_of_sigma = 2.3548200450309493;

Microscope with_source(double sigma) {
  Microscope microscope;
  microscope.source_fwhm_angstrom = sigma * fwhm_of_sigma;
  return microscope;
}

/// Σ weight dx^i dy^j ddefocus^k.
double moment(const std::vector<CoherentState>& states, int i, int j, int k = 0) {
  double sum = 0;
  for (const auto& s : states) sum += s.weight * std::pow(s.dx, i) * std::pow(s.dy, j) * std::pow(s.ddefocus, k);
  return sum;
}

/// The moment of a Gaussian of σ = 1: (i − 1)!! for even i.
double gaussian_moment(int i) { return i % 2 ? 0 : i < 2 ? 1 : (i - 1) * gaussian_moment(i - 2); }

TEST(Source, a_point_without_spread_is_one_state) {
  const auto states = coherent_states(Microscope{});
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0].weight, 1);
  EXPECT_EQ(states[0].dx, 0);
  EXPECT_EQ(states[0].dy, 0);
  EXPECT_EQ(states[0].ddefocus, 0);
}

TEST(Source, seven_points_are_exact_to_fifth_order) {
  const auto states = coherent_states(with_source(1), 1);
  ASSERT_EQ(states.size(), 7u);
  for (int i = 0; i <= 5; ++i)
    for (int j = 0; i + j <= 5; ++j)
      EXPECT_NEAR(moment(states, i, j), gaussian_moment(i) * gaussian_moment(j), 1e-13) << i << ' ' << j;
}

TEST(Source, seven_points_are_half_in_the_middle_and_half_on_a_hexagon_of_two_sigma) {
  for (const auto& state : coherent_states(with_source(0.3), 1)) {
    const double radius = std::hypot(state.dx, state.dy);
    EXPECT_NEAR(state.weight, radius < 1e-9 ? 0.5 : 1.0 / 12, 1e-14);
    if (radius > 1e-9) {
      EXPECT_NEAR(radius, 0.6, 1e-14);
    }
  }
}

TEST(Source, every_rule_is_positive_centred_and_exact_in_the_second_moments) {
  for (int rings = 1; rings <= 4; ++rings) {
    const auto states = coherent_states(with_source(0.7), rings);
    EXPECT_EQ(static_cast<int>(states.size()), 3 * rings * (rings + 1) + 1);
    for (const auto& state : states) EXPECT_GT(state.weight, 0);
    EXPECT_NEAR(moment(states, 0, 0), 1, 1e-13);
    EXPECT_NEAR(moment(states, 1, 0), 0, 1e-13);
    EXPECT_NEAR(moment(states, 0, 1), 0, 1e-13);
    EXPECT_NEAR(moment(states, 1, 1), 0, 1e-13);
    EXPECT_NEAR(moment(states, 2, 0), 0.49, 1e-13);
    EXPECT_NEAR(moment(states, 0, 2), 0.49, 1e-13);
  }
}

/// The share of two discs of radius 1/2 that overlap when their centres lie `x` ≤ 1 apart: how strongly an in-focus
/// probe's intensity carries the frequency x · 2α/λ.
double disc_overlap(double x) { return x < 1 ? 2 / pi * (std::acos(x) - x * std::sqrt(1 - x * x)) : 0; }

double worst_transfer_error(const Microscope& microscope, int rings) {
  const auto states = coherent_states(microscope, rings);
  const double limit = 2 * microscope.semiangle_mrad * 1e-3 / wavelength(microscope.energy_kev);
  const double sigma = microscope.source_fwhm_angstrom / fwhm_of_sigma;
  double worst = 0;
  for (int azimuth = 0; azimuth <= 30; azimuth += 5)
    for (int i = 0; i <= 100; ++i) {
      const double q = limit * i / 100, angle = azimuth * pi / 180;
      double sum = 0;
      for (const auto& s : states)
        sum += s.weight * std::cos(2 * pi * q * (s.dx * std::cos(angle) + s.dy * std::sin(angle)));
      worst = std::max(worst, disc_overlap(i / 100.0) * std::abs(sum - std::exp(-2 * std::pow(pi * sigma * q, 2))));
    }
  return worst;
}

TEST(Source, the_chosen_rule_blurs_every_frequency_of_the_probe_as_a_gaussian_does) {
  Microscope microscope;
  for (const double semiangle : {15.0, 20.0, 30.0})
    for (const double width : {0.1, 0.3, 0.5, 0.8, 1.0, 1.4}) {  // in λ/α
      microscope.semiangle_mrad = semiangle;
      microscope.source_fwhm_angstrom = width * wavelength(200) / (semiangle * 1e-3);
      EXPECT_LT(worst_transfer_error(microscope, 0), 0.013) << semiangle << ' ' << width;
    }
}

TEST(Source, a_wide_source_needs_more_than_seven_points) {
  Microscope microscope;
  microscope.source_fwhm_angstrom = 1.2;
  EXPECT_GT(worst_transfer_error(microscope, 1), 0.2);
  EXPECT_LT(worst_transfer_error(microscope, 3), 0.01);
}

TEST(Source, defocus_nodes_are_gauss_hermite) {
  Microscope microscope;
  for (const double spread : {1.0, 5.0}) {  // 3 nodes, then 5
    microscope.defocus_spread_nm = spread;
    const auto states = coherent_states(microscope);
    const int exact = spread < 2 ? 5 : 9;
    ASSERT_EQ(static_cast<int>(states.size()), (exact + 1) / 2);
    for (int k = 0; k <= exact; ++k)
      EXPECT_NEAR(moment(states, 0, 0, k) / std::pow(10 * spread, k), gaussian_moment(k), 1e-11) << k;
  }
}

TEST(Source, source_and_spread_multiply) {
  auto microscope = with_source(0.1);
  microscope.defocus_spread_nm = 1;
  const auto states = coherent_states(microscope);
  EXPECT_EQ(states.size(), 21u);
  EXPECT_NEAR(moment(states, 0, 0), 1, 1e-14);
  EXPECT_NEAR(moment(states, 2, 0, 2), 0.01 * 100, 1e-12);
}

TEST(Source, refuses_rings_that_it_does_not_have) {
  EXPECT_THROW(coherent_states(with_source(1), 5), InputError);
  EXPECT_THROW(coherent_states(with_source(1), -1), InputError);
}

}  // namespace
}  // namespace terrace
