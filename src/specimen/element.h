// Chemical symbols and atomic numbers, 1 (H) to 103 (Lr).
#pragma once

#include <string>
#include <string_view>

namespace terrace {

inline constexpr int heaviest_element = 103;

/// "Sr" -> 38. Throws InputError naming the symbol where there is no such element.
int atomic_number(const std::string& symbol);

/// 38 -> "Sr". Throws InputError outside 1 … 103.
std::string element_symbol(int atomic_number);

/// The element that an atom label of a structure file means, or 0: "Sr2+", "O2-", "Ti1", "SR" and "sr" are read alike;
/// two letters count as one symbol wherever they can. Deuterium ("D") is hydrogen.
int element_of_label(std::string_view label);

}  // namespace terrace
