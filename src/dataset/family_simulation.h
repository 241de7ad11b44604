// From a planned family to its samples: every distinct beginning of a structure is propagated once.
#pragma once

#include <functional>
#include <vector>

#include "core/grid.h"
#include "dataset/family_plan.h"
#include "multislice/engine_choice.h"

namespace terrace {

/// What carries the electrons: the whole specimen, or its projection in a single slice (everything about the order of
/// atoms along the beam removed; twins then differ by nothing).
enum class Passage { multislice, single_slice };

/// The samples of `plan` in its order, on one thread. Calls `still_at_it` now and then, which may throw to end it.
std::vector<Sample> simulate_family(const Recipe& recipe, const FamilyPlan& plan, Passage passage,
                                    const std::function<void()>& still_at_it = {});

/// The whole stack projected into one slab as thick as its first: atoms of one species, place and B factor become one
/// whose occupancy is their sum.
Specimen single_slice(const Specimen& specimen);

/// What `simulate_family` will do: slab steps with and without sharing of equal beginnings, and what the engine that is
/// chosen counts for them (engine_choice.h).
struct Work {
  std::int64_t shared_steps = 0, separate_steps = 0;
  double seconds = 0, memory_bytes = 0;
  EngineChoice engine;
};
Work work_of(const Recipe& recipe, const FamilyPlan& plan);

}  // namespace terrace
