// What the tests and tables of this folder share: patterns on the wave's own reciprocal pixels, and how they differ.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"
#include "core/grid.h"
#include "microscope/microscope.h"
#include "microscope/scan_grid.h"
#include "multislice/sampling.h"
#include "specimen/specimen.h"

namespace terrace {

/// Patterns hold the frequency numbers −y … y, −x … x.
struct HalfWidth {
  int y = 0, x = 0;
};

/// Intensities at the exit face per reciprocal pixel, [probe][ky][kx], zero frequency in the middle; a whole pattern
/// sums to the share of the beam that is left. Averages over phonon configurations and coherent states.
Array<float, 3> exit_patterns(const Specimen& specimen, const Microscope& microscope, const Sampling& sampling,
                              std::span<const ProbePosition> positions, HalfWidth half);

/// 1 where the angle of a reciprocal pixel is at most `mrad`, else 0; the shape of one pattern, row by row.
std::vector<char> disc_of(const Specimen& specimen, double energy_kev, HalfWidth half, double mrad);

struct Difference {
  double mean_r = 0, worst_r = 0;  ///< over the probes
  double mean_correlation = 0, worst_correlation = 0;
};

/// R = Σ|a/Σa − b/Σb| and Pearson's correlation over the pixels of `mask` (everywhere where it is empty), of each pair
/// of patterns.
Difference difference_of(const Array<float, 3>& a, const Array<float, 3>& b, std::span<const char> mask = {});

}  // namespace terrace
