// From one registered scan to a study of its own: a recipe whose ranges are narrow around what the scan says.
#pragma once

#include <array>
#include <string>

#include "core/settings.h"
#include "dataset/recipe.h"
#include "formats/scan.h"
#include "registration/registration.h"

namespace terrace {

/// What a scan does not tell. Empty text and 0 are SrTiO3, LaAlO3, and for the film's cell what the scan shows.
struct Tailoring {
  double thinnest_nm = 5, thickest_nm = 25;
  std::string substrate_a_site = {}, substrate_b_site = {}, film_a_site = {}, film_b_site = {};
  double film_cell_angstrom = 0;
  double substrate_cell_angstrom = 3.905;  ///< as given to the registration
};

inline auto fields(const Tailoring*) {
  using F = Field<Tailoring>;
  using T = Tailoring;
  return std::array{
      F{"thinnest_nm", &T::thinnest_nm, 2, 300,
        "thinnest lamella (5), where the scan's is unknown and cannot be measured"},
      F{"thickest_nm", &T::thickest_nm, 3, 400,
        "thickest lamella (25), where the scan's is unknown and cannot be measured"},
      F{"substrate_a_site", &T::substrate_a_site, "", "element on the substrate's A site; Sr where not given"},
      F{"substrate_b_site", &T::substrate_b_site, "", "element on its B site; Ti where not given"},
      F{"film_a_site", &T::film_a_site, "", "element on the film's A site; La where not given"},
      F{"film_b_site", &T::film_b_site, "", "element on its B site; Al where not given"},
      F{"film_cell_angstrom", &T::film_cell_angstrom, 0, 10,
        "film's lattice parameter across the interface; 0 takes what the scan shows"},
  };
}

/// The recipe, and the TOML text that it was read from: every key with where its value comes from.
struct TailoredRecipe {
  std::string text;
  Recipe recipe;
};

/// How large the study and its window are to be.
struct StudySize {
  int families = 160;
  int columns = 10;  ///< of the simulated window, even
};

/// Throws InputError where `energy_kev` is 0 (unknown): no lattice can be simulated without.
void refuse_unknown_energy(double energy_kev);

/// A recipe for scans like this one. The interface need not have been found. Throws InputError where energy or
/// semi-angle are unknown, where the camera sees too few pixels, and where the recipe cannot be built.
TailoredRecipe tailor(const ScanInfo& info, const Registration& registration, const Tailoring& tailoring,
                      const StudySize& size);

/// The [training] table of recipes/microscope_training.toml, as text, with these.
inline constexpr int tailored_epochs = 18, tailored_members = 3;
std::string tailored_training();

}  // namespace terrace
