// Every probe through every slab of the whole window: for specimens without a period, and for few probes.
#pragma once

#include "multislice/simulation.h"

namespace terrace {

/// As `simulate`, by direct multislice. Views that differ in exit alone share their waves; positions travel sixteen
/// waves together.
void simulate_directly(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress);

/// Views that differ in nothing but their exit: one walk of each position serves them all.
struct Shot {
  const View* first = nullptr;  ///< one of them, inside the plan
  std::vector<int> views;       ///< their numbers in the plan
};
std::vector<Shot> group_views(const SimulationPlan& plan);
/// The exits of a shot's views, in their order.
std::vector<Exit> exits_of(const SimulationPlan& plan, const Shot& shot);

/// Positions that go through the tree together, for `states` coherent states each: the fewest that fill the lanes.
int positions_per_walk(int states);

}  // namespace terrace
