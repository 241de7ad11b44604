// Position-averaged patterns (PACBED) of a perfect crystal at many thicknesses, for any aperture and tilt, from one run
// of plane waves.
#pragma once

#include <array>
#include <vector>

#include "core/array.h"
#include "core/progress.h"
#include "multislice/sampling.h"
#include "specimen/specimen.h"

namespace terrace {

struct PacbedPlan {
  Specimen period;           ///< one period of the crystal along the beam, in a box that repeats along x and y
  std::vector<int> periods;  ///< after how many of them patterns are wanted, ascending
  double energy_kev = 200;
  double widest_mrad = 25;  ///< directions of incidence around the zone axis: semi-angle and tilt together
  double reach_mrad = 30;   ///< of the patterns around the zone axis
  double step_mrad = 0.5;   ///< between directions, at most
  Sampling sampling;        ///< pixel sizes of one period (0: 0.1 Å); frozen phonons are not available
};

/// The aperture as seen from the crystal: its centre lies at (tilt_y, tilt_x) from the zone axis (tilt.h).
struct PacbedAperture {
  double semiangle_mrad = 20;
  double tilt_y_mrad = 0, tilt_x_mrad = 0;
};

/// Averaged over all probe positions of a cell, interference between the plane waves of a probe drops out, and with it
/// defocus, aberrations and source size:
///   I(k) = Σ_q |A(q)|² |S(k, q)|²,  k − q a reciprocal-lattice vector of the box
/// (LeBeau, Findlay, Allen & Stemmer, Ultramicroscopy 110 (2010) 118; here in the crystal's own plane waves). So each
/// direction of incidence q is sent through once, every thickness on its way; any aperture is then a sum. Mirrors of
/// the crystal spare up to seven eighths of the directions.
class PacbedTable {
 public:
  /// Throws InputError for settings that cannot be simulated.
  PacbedTable(const PacbedPlan& plan, int threads, const Progress& progress = {});

  /// The pattern at exit number `exit`, [ky][kx] around the zone axis in steps of step_y × step_x mrad, the axis in the
  /// middle; a fraction of the beam for each step. Throws InputError where the aperture leaves `widest_mrad`.
  Array<double, 2> pattern(int exit, const PacbedAperture& aperture) const;

  int exits() const { return static_cast<int>(numbers_.extent(0)); }
  double step_y_mrad() const { return step_y_; }
  double step_x_mrad() const { return step_x_; }
  double widest_mrad() const { return widest_; }

 private:
  /// A direction of incidence by its frequency numbers.
  struct Direction {
    int y = 0, x = 0;
    auto operator<=>(const Direction&) const = default;
  };
  class Propagation;

  /// Which direction was sent for another, and how its orders turn: mirrored, then exchanged.
  struct Turn {
    Direction sent;
    int sign_y = 1, sign_x = 1;
    bool exchanged = false;
  };
  /// Chosen so that whole Bloch sectors stand for their mirror images, not halves of every one.
  Turn turn_of(Direction direction) const;
  Direction sector_of(Direction direction) const;
  static bool is_turned(int number, int repeats);

  void add_direction(int exit, Direction direction, double weight, Array<double, 2>& pattern) const;

  int repeats_y_ = 1, repeats_x_ = 1;  ///< of the box over the window
  double step_y_ = 0, step_x_ = 0, widest_ = 0;
  int orders_y_ = 0, orders_x_ = 0;  ///< reciprocal-lattice vectors kept: −orders … orders
  bool mirror_y_ = false, mirror_x_ = false, exchange_ = false;
  std::vector<Direction> sent_;  ///< ascending
  Array<float, 4> numbers_;      ///< intensities [exit][sent direction][order along y][order along x]
};

}  // namespace terrace
