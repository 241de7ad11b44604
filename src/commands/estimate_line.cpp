#include "commands/estimate_line.h"

#include <fmt/format.h>

#include <string>

namespace terrace {

void print_estimate(std::string_view name, const Estimate& estimate, std::string_view unit) {
  const std::string error = estimate.error >= 0 ? fmt::format(" ± {:.3f}", estimate.error) : "";
  if (estimate.known())
    fmt::print("  {:<26} {:.3f}{} {} ({})\n", name, estimate.value, error, unit, estimate.source);
  else
    fmt::print("  {:<26} not found\n", name);
}

}  // namespace terrace
