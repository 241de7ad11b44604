// Where a network's answer points the search.
#pragma once

#include <optional>
#include <string>

#include "dataset/prediction.h"
#include "inversion/hypotheses.h"

namespace terrace {

/// The step that a prediction sees, at the commonest cell of its depth distribution; its plane and thickness are for a
/// fit to say. Empty where the prediction abstains or sees no step.
std::optional<Hypothesis> step_of(const Prediction& prediction);

/// Whether a fit bears a network out, in words: its class, and where both see a step whether the fit's lies within the
/// network's 90 % interval and goes the same way.
std::string borne_out(const Prediction& network, const Prediction& fit);

}  // namespace terrace
