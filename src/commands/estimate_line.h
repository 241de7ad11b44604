// A measured number as one line of a command's answer.
#pragma once

#include <string_view>

#include "registration/registration.h"

namespace terrace {

/// "  name      value ± error unit (source)", or "not found".
void print_estimate(std::string_view name, const Estimate& estimate, std::string_view unit);

}  // namespace terrace
