// The projected potential of a slab, from its atoms' structure factors: what the transmission function is made of.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/fft.h"
#include "core/grid.h"
#include "multislice/sampling.h"
#include "multislice/structure_factor.h"
#include "specimen/specimen.h"

namespace terrace {

/// Makes V + iV′ in V Å of slabs on one grid at one energy:
///   V(k) = (h²/2πm₀e) / area · Σ_species f(k) exp(−Bk²/4) Σ_atoms occupancy exp(−2πi k·r),
/// V′ the same with the absorptive form factor f′ (Kirkland, Advanced Computing in Electron Microscopy, 2nd ed. (2010),
/// ch. 5). `sampling.thermal` decides: "static" ignores B, "debye_waller" has the exponential, "absorptive" V′ too,
/// "frozen_phonon" moves the atoms instead. Absorption counts thermal motion alone: the static disorder of mixed
/// columns scatters diffusely as well and is left out. Thread-safe.
class SlabPotential {
 public:
  /// Throws InputError for an unknown table or thermal model.
  SlabPotential(const Grid& grid, double energy_kev, const Sampling& sampling);

  /// [y][x], real part V, imaginary part V′, with every frequency of the grid below Nyquist (not band-limited: cutting
  /// V off would blunt the atoms, and with them the loss of the wave to high angles; only exp(iσV) is). Single
  /// precision, about 1e-6 of the highest value. `depth` and `configuration` name frozen-phonon displacements. Throws
  /// InputError for an unknown element or B < 0.
  Array<Complex, 2> of(const Slab& slab, int depth, int configuration) const;

 private:
  enum class Thermal { still, debye_waller, absorptive, frozen_phonon };
  using Species = std::pair<int, double>;  // atomic number, B (0 where it plays no part)
  struct FormFactors {
    Quadrant elastic, absorptive;
  };
  static Thermal thermal_called(const std::string& name);
  std::map<Species, std::vector<Scatterer>> sort_by_species(const std::vector<Atom>& atoms) const;
  std::shared_ptr<const FormFactors> form_factors(const Species& species) const;
  FormFactors compute_form_factors(const Species& species) const;

  Grid grid_;
  double energy_kev_;
  Sampling sampling_;
  Thermal thermal_;
  Fft2 fft_;
  mutable std::mutex mutex_;
  mutable std::map<Species, std::shared_ptr<const FormFactors>> known_;
};

}  // namespace terrace
