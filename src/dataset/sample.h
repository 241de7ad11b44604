// One labelled experiment on the standard grid: what a recipe makes, a shard stores, a network learns from, and what a
// measured scan becomes after registration.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/settings.h"

namespace terrace {

/// The four answers to "what is this interface?". Their numbers are stored in files: never renumber.
enum class InterfaceClass { abrupt = 0, rough = 1, diffuse = 2, both = 3 };
inline constexpr std::array<const char*, 4> interface_class_names = {"abrupt", "rough", "diffuse", "both"};

/// The standard grid: `across` probe positions from −span to just under +span cells around the interface's registered
/// A-plane, `along` positions over one cell; patterns of pixels × pixels, all of one scale, or scaled to the aperture
/// so that it always spans the same pixels. Columns run −k to +k, the beam in the middle of pixel [pixels/2][pixels/2];
/// rows are ky, columns kx (kx > 0 towards the film).
struct StandardGrid {
  int across = 16;
  int along = 2;
  double half_span_cells = 2;
  int pixels = 32;
  double mrad_per_pixel = 2.5;
  double semiangle_pixels = 0;

  int positions() const { return across * along; }
  /// Position in cells (of the substrate) from the registered A-plane, and from an A-column along y.
  double offset_x(int column) const { return -half_span_cells + column * 2 * half_span_cells / across; }
  double offset_y(int row) const { return static_cast<double>(row) / along; }
  /// Width of a pattern pixel of a scan with this (given) semi-angle.
  double mrad_per_pixel_at(double semiangle_mrad) const {
    return semiangle_pixels > 0 ? semiangle_mrad / semiangle_pixels : mrad_per_pixel;
  }
  /// The aperture's radius in pattern pixels.
  double semiangle_in_pixels(double semiangle_mrad) const { return semiangle_mrad / mrad_per_pixel_at(semiangle_mrad); }
  bool operator==(const StandardGrid&) const = default;
};

inline auto fields(const StandardGrid*) {
  using F = Field<StandardGrid>;
  using G = StandardGrid;
  return std::array{
      F{"across", &G::across, 2, 256, "probe positions across the interface"},
      F{"along", &G::along, 1, 64, "probe positions along one cell"},
      F{"half_span_cells", &G::half_span_cells, 0.25, 20,
        "the positions reach this far to each side, in substrate cells"},
      F{"pixels", &G::pixels, 4, 512, "pattern pixels along each side"},
      F{"mrad_per_pixel", &G::mrad_per_pixel, 0.05, 20, "width of a pattern pixel"},
      F{"semiangle_pixels", &G::semiangle_pixels, 0, 256,
        "pixels that the semi-angle spans: patterns are scaled to their aperture; 0: mrad_per_pixel holds"},
  };
}

/// What is to be found out. Depths count from the entrance surface.
struct Labels {
  InterfaceClass interface_class = InterfaceClass::abrupt;
  int step_count = 0;
  double step_depth_nm = -1;            ///< of the first step; −1 where there is none
  double step_depth_cells = -1;         ///< the same in cells along the beam
  int step_height_cells = 0;            ///< of the first step; > 0: the substrate advances towards the film below it
  double second_step_depth_cells = -1;  ///< of the next step below it; −1 where there is none
  double sigma_a_cells = 0;             ///< width of the profile on the A site (second moment, cells)
  double sigma_b_cells = 0;
  double interface_offset_cells = 0;  ///< projected mean boundary minus the registered A-plane
  double film_cell_angstrom = 0;      ///< film lattice parameter along x
  double thickness_nm = 0;            ///< of the crystalline lamella, truly
};

/// What is known beside the patterns, and given to the network.
struct Conditions {
  double energy_kev = 200;
  double semiangle_mrad = 20;
  double thickness_nm = 0;  ///< as measured: the true one is within `thickness_error_nm` of it
  double thickness_error_nm = 0;
  double electrons_per_pattern = 0;  ///< 0: noise-free
};

/// How a sample came to be, for splits, pairs and evaluation.
struct Origin {
  std::int64_t index = 0;      ///< in the recipe
  std::int64_t family = 0;     ///< structures of one family share crystal and microscope; splits never divide a family
  std::int64_t structure = 0;  ///< in the recipe; one structure at several thicknesses and microscope states
  int state = 0;               ///< number of the microscope state: other states of a structure are no new evidence
  std::int64_t pair = -1;      ///< matched-projection twins share this number; −1 for none
  std::string split;           ///< "train", "calibration", "test", or the name of a held-out set
  std::string mixing;          ///< "none", "virtual_crystal", "random_cations"
};

/// A scan position that a standard pattern was interpolated from: how far it lies from the standard position, in cells
/// of the substrate, and its weight.
struct SeenPlace {
  double along_cells = 0, across_cells = 0;  ///< across: towards the film
  double weight = 1;
};

struct Sample {
  Array<float, 4> patterns;        ///< [along][across][ky][kx], fractions of the beam, noise-free
  Array<std::uint8_t, 2> covered;  ///< [along][across], 0 where the scan has no pattern (patterns there are 0)
  Labels labels;
  Conditions conditions;
  Origin origin;
  std::vector<float> projected_profile;  ///< [across], what projection alone shows (projected_profile.h); may be empty
  /// Of each standard position, row by row, in a measured scan (weights sum to 1, or there are none where nothing is
  /// covered); empty where patterns are of the very positions. Not stored.
  std::vector<std::vector<SeenPlace>> seen_from;
};

}  // namespace terrace
