// What is simulated together, and the one function that does it: specimens of one window, seen through microscopes.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/progress.h"
#include "microscope/camera.h"
#include "microscope/microscope.h"
#include "microscope/scan_grid.h"
#include "multislice/family_tree.h"
#include "multislice/sampling.h"

namespace terrace {

/// One thing to record: what stands at an exit, seen through a microscope from some positions.
struct View {
  int exit = 0;  ///< its number in SimulationPlan::exits
  Microscope microscope;
  Camera camera;
  std::vector<ProbePosition> positions;
};

/// Specimens share one window, views one energy and the camera's number of pixels. `sampling.engine` says how:
/// "direct", "sectors", or "auto", which chooses (engine_choice.h).
struct SimulationPlan {
  std::vector<Specimen> specimens;
  std::vector<Exit> exits;
  std::vector<View> views;
  Sampling sampling;
  Grid grid;  ///< of the window: grid_for(specimen, sampling)

  const Microscope& any_microscope() const { return views.front().microscope; }
  int pixels() const { return views.front().camera.pixels; }
};

/// Where the pattern of `position` (its number in the view) is to be added: pixels × pixels floats, [ky][kx]. Called
/// from several threads, for different patterns.
using PatternPlace = std::function<std::span<float>(int view, std::int64_t position)>;

/// Adds to each view's patterns what its microscope sees: noise-free fractions of the beam on the camera's pixels
/// (the camera's readout comes after), summed over coherent states and averaged over phonon configurations. The same
/// bytes for any number of threads. Throws InputError for settings that cannot be simulated.
void simulate(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress = {});

}  // namespace terrace
