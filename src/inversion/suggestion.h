// Where a network's answer points the search.
#pragma once

#include <optional>

#include "dataset/prediction.h"
#include "inversion/hypotheses.h"

namespace terrace {

/// The step that a prediction sees, at the commonest cell of its depth distribution; its plane and thickness are for a
/// fit to say. Empty where the prediction abstains or sees no step.
std::optional<Hypothesis> step_of(const Prediction& prediction);

}  // namespace terrace
