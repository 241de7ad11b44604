#include "multislice/slab_potential.h"

#include <cmath>
#include <string>

#include "core/constants.h"
#include "core/error.h"
#include "multislice/absorption.h"
#include "multislice/scattering_factors.h"
#include "multislice/thermal_motion.h"

namespace terrace {
namespace {

void refuse_impossible_b(const Slab& slab) {
  for (const auto& atom : slab.atoms)
    if (!(atom.b_factor >= 0))
      throw InputError("a Debye-Waller factor B of " + std::to_string(atom.b_factor) +
                       " Å² stands at an atom of slab '" + slab.name +
                       "' (B is 8π² times a mean square, so never negative). Is its sign right?");
}

}  // namespace

SlabPotential::SlabPotential(const Grid& grid, double energy_kev, const Sampling& sampling)
    : grid_(grid),
      energy_kev_(energy_kev),
      sampling_(sampling),
      thermal_(thermal_called(sampling.thermal)),
      fft_(grid.height, grid.width) {
  scattering_factor(sampling.scattering_factors, 1);  // refuses a table that is not there now rather than later
}

SlabPotential::Thermal SlabPotential::thermal_called(const std::string& name) {
  if (name == "static") return Thermal::still;
  if (name == "debye_waller") return Thermal::debye_waller;
  if (name == "absorptive") return Thermal::absorptive;
  if (name == "frozen_phonon") return Thermal::frozen_phonon;
  throw InputError("no thermal model is called '" + name +
                   "' (there are static, debye_waller, absorptive and frozen_phonon). Try 'absorptive'?");
}

std::map<SlabPotential::Species, std::vector<Scatterer>> SlabPotential::sort_by_species(
    const std::vector<Atom>& atoms) const {
  const bool b_matters = thermal_ == Thermal::debye_waller || thermal_ == Thermal::absorptive;
  std::map<Species, std::vector<Scatterer>> sorted;
  for (const auto& atom : atoms)
    sorted[{atom.atomic_number, b_matters ? atom.b_factor : 0}].push_back({atom.x, atom.y, atom.occupancy});
  return sorted;
}

SlabPotential::FormFactors SlabPotential::compute_form_factors(const Species& species) const {
  const auto [atomic_number, b_factor] = species;
  const auto& factor = scattering_factor(sampling_.scattering_factors, atomic_number);
  const double absorbing_b = thermal_ == Thermal::absorptive ? b_factor : 0;  // none absorbs nothing
  const double highest = std::hypot(0.5 / grid_.pixel_y(), 0.5 / grid_.pixel_x());
  const AbsorptiveFormFactor absorption(sampling_.scattering_factors, atomic_number, absorbing_b, energy_kev_, highest);
  const double scale = potential_per_scattering_factor / (grid_.extent_x * grid_.extent_y);
  FormFactors result{make_quadrant(grid_), make_quadrant(grid_)};
  for (int row = 0; row < frequencies_below_nyquist(grid_.height); ++row)
    for (int column = 0; column < frequencies_below_nyquist(grid_.width); ++column) {
      const double k = std::hypot(grid_.frequency_y(row), grid_.frequency_x(column));
      const int strip = column / strip_width, lane = column % strip_width;
      result.elastic(row, strip, lane) = scale * factor(k) * std::exp(-b_factor * k * k / 4);
      result.absorptive(row, strip, lane) = scale * absorption(k);
    }
  return result;
}

std::shared_ptr<const SlabPotential::FormFactors> SlabPotential::form_factors(const Species& species) const {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = known_.find(species); found != known_.end()) return found->second;
  }
  auto computed = std::make_shared<const FormFactors>(compute_form_factors(species));
  std::lock_guard lock(mutex_);
  return known_.try_emplace(species, std::move(computed)).first->second;
}

Array<Complex, 2> SlabPotential::of(const Slab& slab, int depth, int configuration) const {
  refuse_impossible_b(slab);
  const bool moves = thermal_ == Thermal::frozen_phonon, absorbs = thermal_ == Thermal::absorptive;
  const auto atoms = moves ? displaced_atoms(slab, sampling_.seed, configuration, depth) : slab.atoms;
  auto elastic = make_quadrant_spectrum(grid_);
  auto absorptive = absorbs ? make_quadrant_spectrum(grid_) : QuadrantSpectrum();
  for (const auto& [species, scatterers] : sort_by_species(atoms)) {
    const auto factors = form_factors(species);
    const WeightedSum sums[] = {{&factors->elastic, &elastic}, {&factors->absorptive, &absorptive}};
    add_structure_factor(scatterers, grid_, {sums, absorbs ? 2u : 1u});
  }
  Array<Complex, 2> potential({grid_.height, grid_.width});
  unfold(elastic, absorbs ? &absorptive : nullptr, grid_, potential.span());
  fft_.inverse(potential.span());
  if (!absorbs)
    for (auto& value : potential) value = value.real();  // what is left there is rounding
  return potential;
}

}  // namespace terrace
