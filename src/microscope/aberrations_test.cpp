// Every aberration has the symmetry, order and azimuth of its name.
#include "microscope/aberrations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <set>
#include <utility>

#include "core/constants.h"

namespace terrace {
namespace {

constexpr double lambda = 0.0250793;
const std::complex<double> direction = std::polar(0.021, 0.37);  // rad, no special azimuth

Microscope with(const AberrationTerm& term, double coefficient, double azimuth_deg = 0) {
  Microscope microscope;
  microscope.*term.coefficient = coefficient;
  if (term.azimuth_deg) microscope.*term.azimuth_deg = azimuth_deg;
  return microscope;
}

double chi_at(const Microscope& microscope, std::complex<double> alpha) {
  return chi(aberrations(microscope), lambda, alpha.imag(), alpha.real());
}

TEST(Aberrations, are_all_that_krivanek_names_to_fifth_order) {
  std::set<std::pair<int, int>> expected, found;
  for (int n = 1; n <= 5; ++n)
    for (int m = (n + 1) % 2; m <= n + 1; m += 2) expected.emplace(n, m);
  for (const auto& term : aberration_terms()) {
    found.emplace(term.n, term.m);
    EXPECT_EQ(term.name, fmt::format("C{}{}", term.n, term.m));
    EXPECT_EQ(term.azimuth_deg == nullptr, term.m == 0) << term.name;
  }
  EXPECT_EQ(found, expected);
}

TEST(Aberrations, change_sign_by_a_turn_of_half_a_lobe_and_round_ones_by_none) {
  for (const auto& term : aberration_terms()) {
    const auto microscope = with(term, 3);
    const double turn = term.m ? pi / term.m : 1.234, sign = term.m ? -1 : 1;
    const double here = chi_at(microscope, direction), there = chi_at(microscope, direction * std::polar(1.0, turn));
    ASSERT_NE(here, 0) << term.name;
    EXPECT_NEAR(there / here, sign, 1e-12) << term.name;
  }
}

TEST(Aberrations, turn_with_their_azimuth) {
  for (const auto& term : aberration_terms()) {
    if (!term.azimuth_deg) continue;
    const double turned = chi_at(with(term, 3, 50), direction * std::polar(1.0, 50 * pi / 180));
    EXPECT_NEAR(turned / chi_at(with(term, 3), direction), 1, 1e-12) << term.name;
  }
}

TEST(Aberrations, grow_with_the_power_of_their_order) {
  for (const auto& term : aberration_terms()) {
    const auto microscope = with(term, 3, 10);
    EXPECT_NEAR(chi_at(microscope, 1.7 * direction) / chi_at(microscope, direction), std::pow(1.7, term.n + 1), 1e-11)
        << term.name;
  }
}

TEST(Aberrations, follow_the_formula_with_an_arctangent) {
  for (const auto& term : aberration_terms()) {
    const double formula = 2 * pi / lambda * 3 * term.angstrom_per_unit * std::pow(std::abs(direction), term.n + 1) *
                           std::cos(term.m * (std::arg(direction) - (term.m ? 20 * pi / 180 : 0))) / (term.n + 1);
    EXPECT_NEAR(chi_at(with(term, 3, 20), direction) / formula, 1, 1e-11) << term.name;
  }
}

TEST(Aberrations, add) {
  Microscope all;
  double sum = 0, largest = 0;
  for (const auto& term : aberration_terms()) {
    all.*term.coefficient = 2;
    const double one = chi_at(with(term, 2), direction);
    sum += one;
    largest = std::max(largest, std::abs(one));
  }
  EXPECT_EQ(aberrations(all).size(), aberration_terms().size());
  EXPECT_NEAR(chi_at(all, direction), sum, 1e-14 * 14 * largest);
}

TEST(Aberrations, a_perfect_lens_has_none) { EXPECT_TRUE(aberrations(Microscope{}).empty()); }

TEST(Aberrations, underfocus_is_a_negative_C10) {
  Microscope microscope;
  microscope.defocus_nm = 7;
  ASSERT_EQ(aberrations(microscope).size(), 1u);
  EXPECT_EQ(aberrations(microscope)[0].coefficient, -70);
}

}  // namespace
}  // namespace terrace
