// The figures of an evaluation as a terminal shows them.
#pragma once

#include "learning/evaluation.h"

namespace terrace {

/// Every measure of the headline with its interval.
void print_measures(const std::vector<Measure>& measures);

/// One line for each dose, and one for each held-out set, with the few figures that are compared.
void print_doses(const Evaluation& evaluation);
void print_held_out(const Evaluation& evaluation);

}  // namespace terrace
