#include "core/constants.h"

#include <cmath>

namespace terrace {

double wavelength(double energy_kev) {
  return planck_times_light_kev_angstrom / std::sqrt(energy_kev * (2 * electron_rest_energy_kev + energy_kev));
}

double lorentz_factor(double energy_kev) { return 1 + energy_kev / electron_rest_energy_kev; }

double interaction_parameter(double energy_kev) {
  // σ = 2π γ m₀ e λ / h², and h²/(2π m₀ e) is a constant above; so σ = γ λ / that constant.
  return lorentz_factor(energy_kev) * wavelength(energy_kev) / potential_per_scattering_factor;
}

}  // namespace terrace
