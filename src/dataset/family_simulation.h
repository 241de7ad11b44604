// From a planned family to its samples: every distinct beginning of a structure is propagated once.
#pragma once

#include <functional>
#include <vector>

#include "core/grid.h"
#include "dataset/family_plan.h"

namespace terrace {

/// What carries the electrons: the whole specimen, or its projection in a single slice (everything about the order of
/// atoms along the beam removed; twins then differ by nothing).
enum class Passage { multislice, single_slice };

/// The samples of `plan` in its order, on one thread.
std::vector<Sample> simulate_family(const Recipe& recipe, const FamilyPlan& plan, Passage passage);

/// The whole stack projected into one slab of its thickness: atoms of one species, place and B factor become one whose
/// occupancy is their sum.
Specimen single_slice(const Specimen& specimen);

/// The first `depth_count` slabs.
Specimen cut_off(const Specimen& specimen, int depth_count);

/// What `simulate_family` will do: probe waves × slab steps, with and without sharing of equal beginnings.
struct Work {
  std::int64_t shared = 0, separate = 0;
};
Work work_of(const Recipe& recipe, const FamilyPlan& plan);

}  // namespace terrace
