// What a planned sample of a recipe truly is, in the inversion's terms.
#pragma once

#include <optional>

#include "dataset/family_plan.h"
#include "inversion/parameters.h"

namespace terrace {

/// Structure and circumstances of `sample`, whose scan `detection` then counts. Empty where no hypothesis holds the
/// structure (random cations). Two lines along y are held exactly; errors of a third line's start are not.
std::optional<Explanation> truth_of(const Recipe& recipe, const FamilyPlan& plan, const PlannedSample& sample,
                                    const Detection& detection);

}  // namespace terrace
