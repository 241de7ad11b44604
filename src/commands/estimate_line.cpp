#include "commands/estimate_line.h"

#include <fmt/format.h>

#include "registration/estimate_text.h"

namespace terrace {

void print_estimate(std::string_view name, const Estimate& estimate, std::string_view unit) {
  if (estimate.known())
    fmt::print("  {:<26} {} {} ({})\n", name, estimate_text(estimate, 3), unit, estimate.source);
  else
    fmt::print("  {:<26} not found\n", name);
}

}  // namespace terrace
