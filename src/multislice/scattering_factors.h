// How strongly each element scatters electrons, from published tables: the first number of every simulation.
#pragma once

#include <string_view>
#include <vector>

namespace terrace {

/// The electron scattering factor f(q) of one neutral atom at rest, in Å (first Born approximation, rest mass), with
/// q = 1/d in 1/Å. Both published forms are sums of the three shapes below (data/scattering_factors/README.md).
class ScatteringFactor {
 public:
  struct Term {
    double height;  ///< Å
    double width;   ///< Å²
  };
  std::vector<Term> lorentzians;          ///< height / (1 + width q²)
  std::vector<Term> squared_lorentzians;  ///< height / (1 + width q²)²
  std::vector<Term> gaussians;            ///< height exp(−width q²)

  double operator()(double q) const;

  /// Its two-dimensional transform ∫ f(q) exp(2πi q·r) d²q at radius `r` > 0 Å, in 1/Å, in closed form (Bessel
  /// functions K₀ and K₁; logarithmic at the nucleus). Times potential_per_scattering_factor: the atom's projected
  /// potential.
  double projected(double r) const;

  /// The width in Å² of the widest Lorentzian: `projected` falls as exp(−2πr/√width).
  double widest() const;
};

/// The factor of one element in the table "lobato" (Lobato & Van Dyck, Acta Cryst. A70 (2014) 636) or "kirkland"
/// (Kirkland, Advanced Computing in Electron Microscopy, 2nd ed. (2010), appendix C), Z = 1 … 103. The reference lives
/// as long as the program. Thread-safe. Throws InputError for another table or element.
const ScatteringFactor& scattering_factor(std::string_view table, int atomic_number);

}  // namespace terrace
