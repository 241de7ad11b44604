#include "specimen/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"

namespace terrace {
namespace {

// Index = atomic number − 1.
constexpr std::array<std::string_view, heaviest_element> symbols = {
    "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na", "Mg", "Al", "Si", "P",  "S",  "Cl", "Ar",
    "K",  "Ca", "Sc", "Ti", "V",  "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr",
    "Rb", "Sr", "Y",  "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I",  "Xe",
    "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf",
    "Ta", "W",  "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th",
    "Pa", "U",  "Np", "Pu", "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr"};

int position_of(std::string_view symbol) {
  return static_cast<int>(std::find(symbols.begin(), symbols.end(), symbol) - symbols.begin());
}

bool is_letter(char letter) { return std::isalpha(static_cast<unsigned char>(letter)); }

}  // namespace

int atomic_number(const std::string& symbol) {
  const int position = position_of(symbol);
  if (position < heaviest_element) return position + 1;
  throw InputError(fmt::format("\"{}\" is not a chemical symbol (H to Lr are known). Did you mean \"{}\"?", symbol,
                               nearest_name(symbol, {symbols.begin(), symbols.end()})));
}

std::string element_symbol(int atomic_number) {
  if (atomic_number >= 1 && atomic_number <= heaviest_element) return std::string(symbols[atomic_number - 1]);
  throw InputError(
      fmt::format("There is no element with atomic number {} (1 to {} are known).", atomic_number, heaviest_element));
}

int element_of_label(std::string_view label) {
  if (label.empty() || !is_letter(label[0])) return 0;
  std::string symbol(1, static_cast<char>(std::toupper(static_cast<unsigned char>(label[0]))));
  const std::string one = symbol == "D" ? "H" : symbol;
  if (label.size() > 1 && is_letter(label[1])) {
    symbol += static_cast<char>(std::tolower(static_cast<unsigned char>(label[1])));
    if (const int position = position_of(symbol); position < heaviest_element) return position + 1;
  }
  const int position = position_of(one);
  return position < heaviest_element ? position + 1 : 0;
}

}  // namespace terrace
