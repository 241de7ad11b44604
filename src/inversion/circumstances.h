// Everything about a scan that shapes its patterns and is not the question: what the inversion fits beside the
// structure ("nuisances"; parameters.h says what is known of them).
#pragma once

#include <memory>
#include <vector>

#include "dataset/recipe.h"
#include "dataset/sample.h"
#include "microscope/camera.h"
#include "microscope/microscope.h"
#include "microscope/scan_grid.h"
#include "specimen/interface.h"

namespace terrace {

/// Values that a fit may move. Astigmatism by its two components, C12 cos 2φ12 and C12 sin 2φ12, so that zero is no
/// special place.
struct Circumstances {
  double defocus_nm = 0;
  double C12_a_nm = 0, C12_b_nm = 0;
  double C30_um = 0;
  double tilt_x_mrad = 0, tilt_y_mrad = 0;  ///< specimen tilt
  double semiangle_mrad = 20;
  double source_fwhm_angstrom = 0;

  double shift_x_angstrom = 0, shift_y_angstrom = 0;  ///< of every probe position
  /// What a position gains for each Å that the standard grid has it from the registered A column: step errors and
  /// drift.
  double stretch_x_share = 0, stretch_y_share = 0;  ///< x along x, y along y
  double slant_share = 0, skew_share = 0;           ///< y along x, x along y

  double pattern_scale_share = 0;  ///< mrad of a pixel over what is given, minus 1
  double centre_x_pixels = 0, centre_y_pixels = 0;
  double rotation_deg = 0;  ///< of the camera against the scan
  double psf_pixels = 0;
  double background_share = 0;
  double dose_share = 0;  ///< electrons of a pattern over what is given, minus 1

  double film_cell_angstrom = 3.73;                               ///< across the interface
  double film_b_scale = 1;                                        ///< factor on the film's B factors
  double film_loss_entrance_cells = 0, film_loss_exit_cells = 0;  ///< whole cells
};

using Spreads = std::vector<std::shared_ptr<const Spread>>;

Microscope microscope_of(const Recipe& recipe, const Conditions& conditions, const Circumstances& circumstances);
Camera camera_of(const Recipe& recipe, const Conditions& conditions, const Circumstances& circumstances);
/// The standard grid's positions around (`middle_y`, `registered_x`) in the window, Å, in the grid's order, each with
/// its part of `spreads` (of each position, or empty). Stretch and slant leave spreads as they are: they would change
/// them by a few hundredths of half a scan step.
std::vector<ProbePosition> positions_of(const Recipe& recipe, const Circumstances& circumstances, double middle_y,
                                        double registered_x, const Spreads& spreads = {});
/// What a measured scan's standard patterns are means over; empty where `sample` does not say.
Spreads spreads_of(const Recipe& recipe, const Sample& sample);
/// Crystals, window and milling; the structure itself is a hypothesis (structure_of).
Interface crystal_of(const Recipe& recipe, const Circumstances& circumstances);

/// Half the angle between neighbouring plane waves of the recipe's window, mrad. A tilt moves the aperture over these
/// few waves, so that patterns follow it with a ripple of this angle's double as period.
struct HalfBeam {
  double x = 0, y = 0;
};
HalfBeam half_beam_mrad(const Recipe& recipe, double energy_kev);

}  // namespace terrace
