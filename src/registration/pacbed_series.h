// The thickness series of position-averaged patterns that a measured one is compared with.
#pragma once

#include <string>
#include <vector>

#include "multislice/pacbed.h"
#include "specimen/atom.h"

namespace terrace {

/// What is compared with: thicknesses from `thinnest_nm` to `thickest_nm`, about `step_nm` apart (whole periods).
struct PacbedRange {
  double energy_kev = 200;
  double widest_mrad = 25;  ///< the largest semi-angle and the largest tilt together
  double reach_mrad = 30;
  double thinnest_nm = 4, thickest_nm = 130, step_nm = 2;
};

struct PacbedSeries {
  PacbedTable table;
  std::vector<double> thicknesses_nm;  ///< of each exit of `table`, ascending
  bool square = false;                 ///< turns by a quarter and mirrors leave the crystal as it is
  bool mirrored = false;               ///< some mirror does
};

/// `period` = one period of the crystal along the beam. Absorptive thermal diffuse scattering (the diffuse electrons
/// themselves are missing, and are fitted as a smooth background), 0.1 Å pixels. Throws InputError.
PacbedSeries make_series(const Structure& period, const PacbedRange& range, int threads, const Progress& progress = {});

}  // namespace terrace
