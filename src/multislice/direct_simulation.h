// Every probe through every slab of the whole window: for specimens without a period, and for few probes.
#pragma once

#include "multislice/simulation.h"

namespace terrace {

/// As `simulate`, by direct multislice. Views that differ in exit alone share their waves; positions travel sixteen
/// waves together.
void simulate_directly(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress);

/// Positions that go through the tree together, for `states` coherent states each.
int positions_per_walk(int states);

}  // namespace terrace
