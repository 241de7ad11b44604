// Probes in, patterns out: one microscope on one grid, through any family of specimens.
#pragma once

#include <functional>
#include <span>

#include "microscope/camera.h"
#include "microscope/probe.h"
#include "multislice/detector.h"
#include "multislice/family_tree.h"
#include "multislice/sampling.h"

namespace terrace {

/// Forms the probe of each position in each coherent state, sends it through the tree, and adds up the intensities at
/// each exit. Patterns are noise-free fractions of the beam on the camera's pixels; the camera's readout comes after.
class PatternSimulation {
 public:
  PatternSimulation(const Grid& grid, const Microscope& microscope, const Camera& camera, const Sampling& sampling);

  /// Where the pattern of `position` (its number in the call) at `exit` is to be added: pixels × pixels floats.
  using PatternPlace = std::function<std::span<float>(int exit, std::int64_t position)>;

  /// Adds one phonon configuration's share (all of it where there is one). One thread; several may run at once on
  /// different places.
  void run(const FamilyTree& tree, std::span<const ProbePosition> positions, int configuration,
           const PatternPlace& place) const;

  const Detector& detector() const { return detector_; }
  int states() const { return static_cast<int>(probe_.states().size()); }
  /// Half a window's room for the probe's rays; see ProbeFormer.
  const ProbeFormer& probe() const { return probe_; }

 private:
  Waves entrance(std::span<const ProbePosition> positions) const;

  ProbeFormer probe_;
  Detector detector_;
  TransmissionSource transmissions_;
  double energy_kev_;
  int configurations_;
};

}  // namespace terrace
