// Where a scan lies on the crystal: what must be known before a measured or simulated scan can be laid on the standard
// grid (standard_grid.h). Found from the patterns alone or given by hand; docs/registration.md says how well.
#pragma once

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/progress.h"
#include "core/settings.h"
#include "formats/scan.h"
#include "registration/crystal_axes.h"
#include "registration/detector_orientation.h"

namespace terrace {

/// A number with its standard error and where it comes from: "given" (by hand), "file", "measured", "assumed" or
/// "unknown". `error` < 0: not estimated.
struct Estimate {
  double value = 0;
  double error = -1;
  std::string source = "unknown";

  bool known() const { return source != "unknown"; }
};

/// One A-plane of the lattice as the scan shows it; the first may lie just before the scan and have B columns only.
struct AtomicPlane {
  double position = 0;  ///< Å along the interface normal, crystal frame
  double error = 0;     ///< Å
  /// Contrast of its A columns, a share of the mean intensity inside the limit angle (HighAngleImage); NaN where the
  /// scan has none.
  double brightness_a = 0;
  double brightness_b = 0;  ///< of the B columns half a cell further; NaN where the scan has none
};

/// Everything by hand that the user cares to give; the defaults leave all to measurement. Positions are in the crystal
/// frame (crystal_axes.h): Å as the scan shows them from the first scan position along the crystal's axes, which are
/// the scan's own, x along columns and y along rows, unless the scan is turned or sheared.
struct RegistrationOptions {
  double centre_row = -1, centre_column = -1;
  double mrad_per_pixel = 0;
  double semiangle_mrad = 0;
  double energy_kev = 0;
  double step_x_angstrom = 0, step_y_angstrom = 0;
  double detector_rotation_deg = not_given;
  double scan_rotation_deg = not_given, scan_shear_deg = not_given;
  double substrate_cell_angstrom = 3.905;
  std::string interface_normal = "auto";
  std::string film_side = "auto";
  double interface_angstrom = not_given;
  double column_angstrom = not_given;
  std::string detector_mirrored = "auto";
  std::string brighter_columns = "A";
  double thickness_nm = 0;

  static constexpr double not_given = -1e6;
};

/// The only list of these fields.
inline auto fields(const RegistrationOptions*) {
  using F = Field<RegistrationOptions>;
  using R = RegistrationOptions;
  return std::array{
      F{"centre_row", &R::centre_row, -1, 1e5, "detector row of the undiffracted beam; -1 measures it"},
      F{"centre_column", &R::centre_column, -1, 1e5, "its column; -1 measures it"},
      F{"mrad_per_pixel", &R::mrad_per_pixel, 0, 100, "width of a detector pixel; 0 takes the file's or the disc's"},
      F{"semiangle_mrad", &R::semiangle_mrad, 0, 100, "convergence semi-angle; 0 takes the file's or the disc's"},
      F{"energy_kev", &R::energy_kev, 0, 3000, "beam energy; 0 takes the file's"},
      F{"step_x_angstrom", &R::step_x_angstrom, 0, 1e3, "scan step along columns; 0 takes the file's"},
      F{"step_y_angstrom", &R::step_y_angstrom, 0, 1e3, "scan step along rows; 0 takes the file's"},
      F{"detector_rotation_deg", &R::detector_rotation_deg, R::not_given, 360,
        "turn a from the detector's axes to the scan's: k_x = kx' cos a - ky' sin a, k_y = kx' sin a + ky' cos a"},
      F{"detector_mirrored", &R::detector_mirrored, "auto|no|yes",
        "whether the detector's rows run the other way, before that turn"},
      F{"scan_rotation_deg", &R::scan_rotation_deg, R::not_given, 360,
        "turn a of the scan against the crystal: x = x' cos a - y' sin a, y = x' sin a + y' cos a, x' and y' being the "
        "scan's"},
      F{"scan_shear_deg", &R::scan_shear_deg, R::not_given, 45,
        "by how much the angle between the crystal's axes exceeds 90 degrees in the scan (drift, oblique scan)"},
      F{"substrate_cell_angstrom", &R::substrate_cell_angstrom, 2, 20, "lattice parameter of the substrate"},
      F{"interface_normal", &R::interface_normal, "auto|x|y", "scan axis across the interface"},
      F{"film_side", &R::film_side, "auto|high|low", "the end of that axis at which the film lies"},
      F{"interface_angstrom", &R::interface_angstrom, R::not_given, 1e6,
        "position of the A-plane nearest to the interface, along its normal, from the first scan position"},
      F{"column_angstrom", &R::column_angstrom, R::not_given, 1e6,
        "position of any A-column along the interface, from the first scan position"},
      F{"brighter_columns", &R::brighter_columns, "A|B", "the cation columns that scatter more to high angle"},
      F{"thickness_nm", &R::thickness_nm, 0, 1000, "thickness of the lamella; 0 takes the file's"},
  };
}

/// What registration looked at.
struct RegistrationImages {
  Array<double, 2> mean_pattern;  ///< [row][column], faulty pixels repaired, file's unit
  Array<double, 2> columns;       ///< HighAngleImage::image, [y][x] of the scan; empty where the scale is unknown
  bool columns_from_missing = true;
};

/// What was found. An item that could not be found is unknown and `reasons` says why; nothing is thrown for that.
struct Registration {
  Estimate centre_row, centre_column;           ///< detector pixels
  Estimate mrad_per_pixel_y, mrad_per_pixel_x;  ///< rows, columns
  Estimate semiangle_mrad, energy_kev, thickness_nm;
  bool dark = false;            ///< the mean pattern holds no positive number
  Estimate disc_radius_pixels;  ///< of the bright-field disc, along columns
  Estimate step_y_angstrom, step_x_angstrom;
  Estimate detector_rotation_deg;  ///< against the scan; k_scan = R(rotation) k_detector
  Handedness detector_handedness = Handedness::same;
  std::string detector_mirror_source = "assumed";  ///< as Estimate::source
  std::string detector_turn_reason;                ///< what the mirror lines leave open of the turn; one of `reasons`
  Estimate scan_rotation_deg;  ///< of the scan against the crystal's nearest axes, mean of both (crystal_axes.h)
  Estimate scan_shear_deg;     ///< excess over 90° of the angle between the axes, as the scan shows them
  std::string interface_normal = "x";   ///< "x" or "y": the axis across the interface
  std::string film_side = "unknown";    ///< "high" or "low" end of that axis
  std::string termination = "unknown";  ///< "n": the film begins with its A plane, "p": with its B plane
  Estimate interface_angstrom;          ///< the A-plane nearest to the projected mean boundary, crystal frame
  Estimate boundary_angstrom;           ///< the projected mean boundary itself; for "p" that of the B site
  Estimate column_angstrom;             ///< an A-column along the interface, crystal frame
  Estimate cell_across_angstrom;        ///< substrate cell as the scan shows it, along the normal
  Estimate cell_along_angstrom;         ///< the same along the interface
  Estimate film_cell_angstrom;          ///< film cell along the normal
  Estimate beam_intensity;              ///< what one undiffracted beam sums to, in the file's unit
  std::vector<AtomicPlane> planes;      ///< in order of position
  std::vector<int> faulty_pixels;       ///< indices row · width + column, replaced by their neighbours
  std::vector<int> lost_patterns;       ///< scan positions row · width + column, in order: left out
  std::shared_ptr<const RegistrationImages> images;
  std::vector<std::string> reasons;  ///< what could not be told, and what to be wary of

  /// The crystal's axes in the scan, straight where nothing is known of them.
  CrystalAxes crystal_axes() const;
  /// The detector's axes on the crystal's.
  DetectorOrientation detector_orientation() const;
  /// Dose at one scan position: the scan's where it is told; where its numbers are electrons and it is not, those that
  /// the camera caught, a few per cent less; 0 where neither is known.
  double electrons_per_pattern(const ScanInfo& info) const;
  /// Whether to_standard_grid has all it needs.
  bool usable() const;
  /// What it lacks, in words, as a sentence without its full stop; empty where it is usable.
  std::string missing() const;
};

/// Measures what `options` leaves open; patterns are read twice. Throws InputError where the scan is not calibrated at
/// all (neither mrad per pixel nor semi-angle; no step), saying what to give; FileError from reading.
Registration register_scan(const Scan& scan, const RegistrationOptions& options, const Progress& progress = {});

nlohmann::ordered_json to_json(const Registration& registration);

}  // namespace terrace
