// Physical constants and the electron's relations to its energy. Source: CODATA 2018; Kirkland, Advanced Computing in
// Electron Microscopy, 2nd ed. (2010), eqs 2.5 and 5.6.
#pragma once

namespace terrace {

inline constexpr double pi = 3.14159265358979323846;
/// Rest energy of the electron in keV.
inline constexpr double electron_rest_energy_kev = 510.99895;
/// h c in keV Å.
inline constexpr double planck_times_light_kev_angstrom = 12.398419843;
/// h² / (2π m₀ e) in V Å²: the projected potential of an atom is this times the 2-D transform of its scattering factor.
inline constexpr double potential_per_scattering_factor = 47.8776473;
/// The Bohr radius in Å.
inline constexpr double bohr_radius_angstrom = 0.529177211;

/// Relativistic wavelength in Å. 200 keV: 0.025079 Å.
double wavelength(double energy_kev);

/// σ in rad/(V Å): a projected potential V (V Å) turns the phase of the wave by σV (γ enters here and only here).
double interaction_parameter(double energy_kev);

/// γ = 1 + E / m₀c².
double lorentz_factor(double energy_kev);

}  // namespace terrace
