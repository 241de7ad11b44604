// The pointwise work of the propagation loop.
#pragma once

#include <span>

#include "core/array.h"

namespace terrace {

/// wave *= factor, element by element; equal lengths.
void multiply(std::span<Complex> wave, std::span<const Complex> factor);

/// Σ |wave|², in double.
double total_intensity(std::span<const Complex> wave);

}  // namespace terrace
