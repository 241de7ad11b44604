// Poisson counts for whole images at once, for noise that is drawn anew millions of times.
#pragma once

#include <span>

#include "core/instruction_set.h"
#include "core/random.h"

namespace terrace {

/// Replaces each mean (≥ 0) by a Poisson count, one 32-bit draw of `random` each. Below a mean of 10 by inversion,
/// exact but for tails of less than 1e-7; above, by an expansion about the normal distribution whose total variation
/// distance to Poisson is below 2e-4 (and falls with the mean). Random::poisson is exact and some ten times slower. A
/// processor of another instruction set rounds differently, and then now and then counts one more or less.
void draw_counts(std::span<float> means, Random& random, InstructionSet set = best_instruction_set());

}  // namespace terrace
