// Symmetry operations of a crystal, as a CIF lists them: from the asymmetric unit to the whole cell.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "specimen/crystal.h"

namespace terrace {

/// x' = rotation · x + translation, in fractions of the cell.
struct SymmetryOperation {
  std::array<std::array<double, 3>, 3> rotation{};
  std::array<double, 3> translation{};

  std::array<double, 3> apply(const std::array<double, 3>& position) const;
};

/// Reads "x,y,z", "-y, x-y, z+1/3", "1/2+X,…" or "x+0.5,…"; none where the text is no such operation.
std::optional<SymmetryOperation> parse_operation(std::string_view text);

/// All positions in the cell, 0 ≤ fraction < 1, that `operations` make of `position`; those that fall within 0.1 Å of
/// one another are one (a special position).
std::vector<std::array<double, 3>> equivalent_positions(const std::vector<SymmetryOperation>& operations,
                                                        const std::array<double, 3>& position, const CellVectors& cell);

}  // namespace terrace
