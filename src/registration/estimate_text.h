// How a measured number is written, in the terminal and in the report alike.
#pragma once

#include <string>

#include "registration/registration.h"

namespace terrace {

/// With so many decimals; what rounds to 0 has no sign.
std::string number_text(double value, int decimals);

/// "12.88 ± 0.10", without the error where it is not estimated.
std::string estimate_text(const Estimate& estimate, int decimals);

}  // namespace terrace
