// What the elastic wave loses to thermal diffuse scattering, as an absorptive form factor beside the elastic one.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace terrace {

/// The absorptive form factor of one element that vibrates as an Einstein oscillator,
///   f′(g) = (γλ/2) ∫ d²q f(q) f(|g − q|) [exp(−Bg²/4) − exp(−B(q² + |g − q|²)/4)],   in Å
/// (Hall & Hirsch, Proc. R. Soc. A 286 (1965) 158; in this form Bird & King, Acta Cryst. A46 (1990) 202, projected).
/// The first term holds the mean of the squared potential, the second the square of the mean; so it is the second order
/// of frozen-phonon averaging. σV′ is to f′ what σV is to f, and 2γλ f′(0) = γ²λ² ∫ d²q f² (1 − exp(−Bq²/2)) is the
/// thermal-diffuse cross-section. f′ is negative at some large g. All diffuse scattering counts as lost, at any angle.
///
/// It is tabulated once for each (table, element, B), from two Hankel transforms, and read by cubic interpolation
/// (error below 1e-4 of f′(0)); energy enters as a factor. Atoms of B < 1e-4 Å² absorb nothing here. Thread-safe.
class AbsorptiveFormFactor {
 public:
  /// For 0 ≤ g ≤ `highest` 1/Å. Throws InputError for an unknown table or element or B < 0.
  AbsorptiveFormFactor(std::string_view table, int atomic_number, double b_factor, double energy_kev, double highest);

  double operator()(double g) const;

 private:
  double scale_;
  std::shared_ptr<const std::vector<double>> curve_;
};

}  // namespace terrace
