// Half-precision numbers: what the weights of a finished network are kept in.
#pragma once

#include <c10/util/Half.h>

#include <algorithm>
#include <span>

namespace terrace {

using Half = c10::Half;

/// The nearest half-precision number (11 bits; 6e-8 to 65504).
inline float rounded_to_half(float value) { return static_cast<float>(static_cast<Half>(value)); }

/// Whether half precision would lose nothing.
inline bool fits_half(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return rounded_to_half(value) == value; });
}

}  // namespace terrace
