#include "specimen/perovskite.h"

#include <fmt/format.h>

#include "core/error.h"
#include "specimen/element.h"

namespace terrace {
namespace {

void check_symbol(const std::string& symbol, const std::string& section, const char* site) {
  try {
    atomic_number(symbol);
  } catch (const InputError& error) {
    throw InputError(fmt::format("[{}] {}: {}", section, site, error.what()));
  }
}

}  // namespace

Perovskite strontium_titanate() { return {}; }

Perovskite lanthanum_aluminate() {
  return {.a_site = "La",
          .b_site = "Al",
          .cell_angstrom = 3.905,
          .cell_across_angstrom = 3.73,
          .b_factor_a = 0.45,
          .b_factor_b = 0.40,
          .b_factor_o = 0.75};
}

void check(const Perovskite& perovskite, const std::string& section) {
  check_symbol(perovskite.a_site, section, "a_site");
  check_symbol(perovskite.b_site, section, "b_site");
}

}  // namespace terrace
