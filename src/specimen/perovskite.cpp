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

Crystal unit_cell(const Perovskite& p) {
  const int a = atomic_number(p.a_site), b = atomic_number(p.b_site), oxygen = 8;
  return {cell_vectors({p.cell_across_angstrom, p.cell_angstrom, p.cell_angstrom}, {90, 90, 90}),
          {{a, 0, 0, 0, 1, p.b_factor_a},
           {b, 0.5, 0.5, 0.5, 1, p.b_factor_b},
           {oxygen, 0.5, 0.5, 0, 1, p.b_factor_o},
           {oxygen, 0.5, 0, 0.5, 1, p.b_factor_o},
           {oxygen, 0, 0.5, 0.5, 1, p.b_factor_o}}};
}

void check(const Perovskite& perovskite, const std::string& section) {
  check_symbol(perovskite.a_site, section, "a_site");
  check_symbol(perovskite.b_site, section, "b_site");
}

}  // namespace terrace
