#include "microscope/aberrations.h"

#include <array>
#include <cmath>
#include <complex>

#include "core/constants.h"

namespace terrace {
namespace {

using M = Microscope;
constexpr double nm = 10, um = 1e4, mm = 1e7;

constexpr std::array terms = {
    AberrationTerm{"C10", 1, 0, &M::defocus_nm, -nm},
    AberrationTerm{"C12", 1, 2, &M::C12_nm, nm, &M::phi12_deg},
    AberrationTerm{"C21", 2, 1, &M::C21_nm, nm, &M::phi21_deg},
    AberrationTerm{"C23", 2, 3, &M::C23_nm, nm, &M::phi23_deg},
    AberrationTerm{"C30", 3, 0, &M::C30_um, um},
    AberrationTerm{"C32", 3, 2, &M::C32_um, um, &M::phi32_deg},
    AberrationTerm{"C34", 3, 4, &M::C34_um, um, &M::phi34_deg},
    AberrationTerm{"C41", 4, 1, &M::C41_um, um, &M::phi41_deg},
    AberrationTerm{"C43", 4, 3, &M::C43_um, um, &M::phi43_deg},
    AberrationTerm{"C45", 4, 5, &M::C45_um, um, &M::phi45_deg},
    AberrationTerm{"C50", 5, 0, &M::C50_mm, mm},
    AberrationTerm{"C52", 5, 2, &M::C52_mm, mm, &M::phi52_deg},
    AberrationTerm{"C54", 5, 4, &M::C54_mm, mm, &M::phi54_deg},
    AberrationTerm{"C56", 5, 6, &M::C56_mm, mm, &M::phi56_deg},
};

/// α^(n+1) cos(m(φ − azimuth)) without an arctangent, so that it is smooth in the middle: Re[(αx + iαy)^m e^(−im
/// azimuth)] times the even power of α that is left.
double shape(const Aberration& a, double alpha_y, double alpha_x) {
  std::complex<double> lobes = std::polar(1.0, -a.m * a.azimuth);
  for (int i = 0; i < a.m; ++i) lobes *= std::complex<double>(alpha_x, alpha_y);
  return lobes.real() * std::pow(alpha_x * alpha_x + alpha_y * alpha_y, (a.n + 1 - a.m) / 2);
}

}  // namespace

std::span<const AberrationTerm> aberration_terms() { return terms; }

std::vector<Aberration> aberrations(const Microscope& microscope) {
  std::vector<Aberration> present;
  for (const auto& term : terms) {
    const double coefficient = microscope.*term.coefficient * term.angstrom_per_unit;
    const double azimuth = term.azimuth_deg ? microscope.*term.azimuth_deg * pi / 180 : 0;
    if (coefficient != 0) present.push_back({term.n, term.m, coefficient, azimuth});
  }
  return present;
}

double chi(std::span<const Aberration> aberrations, double wavelength, double alpha_y, double alpha_x) {
  double path = 0;
  for (const auto& a : aberrations) path += a.coefficient * shape(a, alpha_y, alpha_x) / (a.n + 1);
  return 2 * pi / wavelength * path;
}

}  // namespace terrace
