// A study as one file: what to simulate, over which ranges, how often. From a recipe, a seed and an index follows a
// sample.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "core/settings.h"
#include "dataset/detection.h"
#include "dataset/sample.h"
#include "microscope/microscope.h"
#include "multislice/sampling.h"
#include "specimen/interface_labels.h"
#include "specimen/perovskite.h"

namespace terrace {

/// How many families, and who learns from which.
struct Study {
  std::string name = "unnamed";
  int seed = 1;
  int families = 20;
  int families_per_shard = 4;
  double calibration_share = 0.1;
  double test_share = 0.2;
};

/// What one family holds. Every stepped structure has a diffuse twin of the same projection at each of its first
/// thicknesses. Further thicknesses cost no propagation, nor have they a twin: mixed cells of like shares, which cost
/// one for all of their thicknesses, keep rough and diffuse equally many.
struct FamilyContent {
  int stepped_structures = 8;
  int exits_per_step = 2;
  int more_exits_per_step = 0;
  int mixed_cells = 0;
  int diffuse_profiles = 2;
  int stepped_and_diffuse = 2;
  int twice_stepped = 0;
  int exits_per_profile = 2;
  int abrupt_exits = 4;
  int states = 1;
  double random_cation_share = 0;

  /// Of any structure.
  int most_exits() const { return std::max({exits_per_step + more_exits_per_step, exits_per_profile, abrupt_exits}); }
};

/// Ranges that families, structures and microscope states are drawn from, uniformly. [low, high].
struct Ranges {
  // of a family
  std::vector<double> energies_kev = {};
  std::vector<double> semiangle_mrad = {};
  std::vector<double> film_cell_angstrom = {3.71, 3.79};
  std::vector<double> film_b_scale = {0.7, 1.3};
  // of a structure
  std::vector<int> thickness_cells = {20, 40};
  std::string thickness_law = "even";
  std::vector<double> sigma_a_cells = {0.4, 1.2};
  std::vector<double> sigma_b_cells = {0.3, 1.0};
  std::vector<int> film_loss_cells = {0, 0};
  double registration_error_cells = 0.25;
  // of a microscope state
  std::vector<double> defocus_nm = {0, 0};
  std::vector<double> amorphous_nm = {0, 0};
  std::vector<double> specimen_tilt_mrad = {0, 0};
  std::vector<double> astigmatism_nm = {0, 0};
  std::vector<double> C30_um = {0, 0};
  std::vector<double> source_fwhm_angstrom = {};
  double semiangle_error_share = 0;
  double position_error_angstrom = 0.2;
  double scan_step_error_share = 0;
  double scan_drift_share = 0;
  double fly_back_error_angstrom = 0;
  std::vector<double> pattern_scale_error_share = {0, 0};
  double pattern_centre_error_pixels = 0;
  double pattern_rotation_error_deg = 0;
  double thickness_error_nm = 0;
};

/// Families of their own that only evaluation sees, with some ranges pushed outside those of training.
struct HeldOutSet {
  std::string name;
  int families = 0;
  Ranges ranges;
};

/// The simulated window: `columns` cells across (half of them film), `cells_along` along the interface.
struct Window {
  int columns = 8;
  int cells_along = 4;
};

struct Recipe {
  Study study;
  FamilyContent content;
  Ranges ranges;
  std::vector<HeldOutSet> held_out;  ///< their families follow those of the study, in this order
  Window window;
  DetectionRanges detection;
  LabelRules rules;
  StandardGrid grid;
  Microscope microscope;
  Sampling sampling;
  Perovskite substrate = strontium_titanate(), film = lanthanum_aluminate();

  int structures_per_family() const;
  int samples_per_family() const;
  /// Of the study and of all held-out sets.
  int families() const;
  std::int64_t samples() const { return std::int64_t{families()} * samples_per_family(); }
  /// "train", "calibration", "test" or the name of a held-out set, by family alone.
  std::string split_of(std::int64_t family) const;
  /// The first `most` families of a split. Throws InputError where it has none.
  std::vector<std::int64_t> families_of(const std::string& split, int most) const;
  const Ranges& ranges_of(std::int64_t family) const;
};

/// Reads a recipe; what it does not say stays at the defaults. Throws InputError for unknown keys and for ranges that
/// cannot be built, FileError where the file cannot be read.
Recipe read_recipe(const std::filesystem::path& path);
/// The same from a file that has been parsed.
Recipe recipe_of(const Config& config);
/// Every setting with its value: what a data set records, and what its hash is taken from.
nlohmann::ordered_json to_json(const Recipe& recipe);
/// The inverse, for what terrace itself wrote (a manifest's "recipe"). Throws nlohmann::json::exception.
Recipe recipe_from_json(const nlohmann::ordered_json& json);
/// 16 hexadecimal digits of all that decides what a data set holds, seed included: everything but [detection], which is
/// drawn when a sample is shown. Recipes with equal hashes have equal shards.
std::string recipe_hash(const Recipe& recipe);

inline auto fields(const Study*) {
  using F = Field<Study>;
  using S = Study;
  return std::array{
      F{"name", &S::name, "", "name of the study"},
      F{"seed", &S::seed, 0, 2147483647, "names every random draw"},
      F{"families", &S::families, 3, 1e6, "independent families; splits never divide one"},
      F{"families_per_shard", &S::families_per_shard, 1, 10000, "families in one file"},
      F{"calibration_share", &S::calibration_share, 0.01, 0.5, "share of families for temperature and early stop"},
      F{"test_share", &S::test_share, 0.01, 0.9, "share of families that only evaluation sees"},
  };
}

inline auto fields(const FamilyContent*) {
  using F = Field<FamilyContent>;
  using C = FamilyContent;
  return std::array{
      F{"stepped_structures", &C::stepped_structures, 1, 1000, "structures with one buried step"},
      F{"exits_per_step", &C::exits_per_step, 1, 100, "thicknesses of each; each gets a matched-projection twin"},
      F{"more_exits_per_step", &C::more_exits_per_step, 0, 100, "further thicknesses of each, without a twin"},
      F{"mixed_cells", &C::mixed_cells, 0, 1000, "structures with one mixed cell that holds as much film as a step's"},
      F{"diffuse_profiles", &C::diffuse_profiles, 0, 1000, "error-function profiles"},
      F{"stepped_and_diffuse", &C::stepped_and_diffuse, 0, 1000, "structures with a step and a profile"},
      F{"twice_stepped", &C::twice_stepped, 0, 1000, "structures with two buried steps"},
      F{"exits_per_profile", &C::exits_per_profile, 1, 100, "thicknesses of each of these"},
      F{"abrupt_exits", &C::abrupt_exits, 0, 100, "thicknesses of the abrupt interface"},
      F{"states", &C::states, 1, 1000, "microscope states that each exit (a structure at one thickness) is seen in"},
      F{"random_cation_share", &C::random_cation_share, 0, 1,
        "share of diffuse structures made of whole random cations"},
  };
}

inline auto fields(const Ranges*) {
  using F = Field<Ranges>;
  using R = Ranges;
  return std::array{
      F{"energies_kev", &R::energies_kev, 1, 3000, "beam energies to choose from; empty for the microscope's"},
      F{"semiangle_mrad", &R::semiangle_mrad, 0.1, 100,
        "widest semi-angle of a family, which states stop down by up to a third; empty for the microscope's"},
      F{"film_cell_angstrom", &R::film_cell_angstrom, 2, 10, "film lattice parameter across the interface"},
      F{"film_b_scale", &R::film_b_scale, 0, 10, "factor on the film's B factors"},
      F{"thickness_cells", &R::thickness_cells, 4, 2000, "lamella thickness in cells"},
      F{"thickness_law", &R::thickness_law, "even|log",
        "log: each family has a thickest lamella of its own, drawn evenly in the logarithm, so that thin ones, which "
        "cost "
        "least, are most"},
      F{"sigma_a_cells", &R::sigma_a_cells, 0, 10, "width of the A-site profile"},
      F{"sigma_b_cells", &R::sigma_b_cells, 0, 10, "width of the B-site profile"},
      F{"film_loss_cells", &R::film_loss_cells, 0, 100,
        "cells of the film that milling made amorphous, at entrance and exit each"},
      F{"registration_error_cells", &R::registration_error_cells, 0, 2, "error of the projected boundary, up to"},
      F{"defocus_nm", &R::defocus_nm, -1000, 1000, "defocus, added to the microscope's"},
      F{"amorphous_nm", &R::amorphous_nm, 0, 100, "amorphous layer on the entrance surface"},
      F{"specimen_tilt_mrad", &R::specimen_tilt_mrad, 0, 20, "specimen tilt, evenly over a ring, any azimuth"},
      F{"astigmatism_nm", &R::astigmatism_nm, 0, 1000, "twofold astigmatism, any azimuth"},
      F{"C30_um", &R::C30_um, -1000, 1000, "spherical aberration, added to the microscope's"},
      F{"source_fwhm_angstrom", &R::source_fwhm_angstrom, 0, 10, "source size; empty for the microscope's"},
      F{"semiangle_error_share", &R::semiangle_error_share, 0, 0.5, "error of the semi-angle that is given, up to"},
      F{"position_error_angstrom", &R::position_error_angstrom, 0, 2, "error of the scan's origin, up to, x and y"},
      F{"scan_step_error_share", &R::scan_step_error_share, 0, 0.5, "error of the scan step, up to, x and y"},
      F{"scan_drift_share", &R::scan_drift_share, 0, 0.5, "drift, up to, as a share of the way scanned"},
      F{"fly_back_error_angstrom", &R::fly_back_error_angstrom, 0, 2, "random start of each scan line, up to"},
      F{"pattern_scale_error_share", &R::pattern_scale_error_share, -0.5, 0.5, "error of the pattern's scale"},
      F{"pattern_centre_error_pixels", &R::pattern_centre_error_pixels, 0, 5, "error of its centre, up to, x and y"},
      F{"pattern_rotation_error_deg", &R::pattern_rotation_error_deg, 0, 5,
        "error of its rotation against the scan, up to"},
      F{"thickness_error_nm", &R::thickness_error_nm, 0, 100, "error of the thickness that is given, up to"},
  };
}

inline auto fields(const Window*) {
  using F = Field<Window>;
  using W = Window;
  return std::array{
      F{"columns", &W::columns, 4, 200, "cells across the interface, half of them film; even"},
      F{"cells_along", &W::cells_along, 1, 200, "cells along the interface"},
  };
}

}  // namespace terrace
