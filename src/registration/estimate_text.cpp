#include "registration/estimate_text.h"

#include <fmt/format.h>

#include <cmath>

namespace terrace {

std::string number_text(double value, int decimals) {
  const bool rounds_to_zero = std::abs(value) < 0.5 * std::pow(10.0, -decimals);
  return fmt::format("{:.{}f}", rounds_to_zero ? 0.0 : value, decimals);
}

std::string estimate_text(const Estimate& estimate, int decimals) {
  const auto value = number_text(estimate.value, decimals);
  return estimate.error >= 0 ? value + " ± " + number_text(estimate.error, decimals) : value;
}

}  // namespace terrace
