// A sample's small numbers as JSON: one line of a shard's table.
#pragma once

#include <nlohmann/json.hpp>

#include "dataset/sample.h"

namespace terrace {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Labels, interface_class, step_count, step_depth_nm, step_depth_cells,
                                   step_height_cells, second_step_depth_cells, sigma_a_cells, sigma_b_cells,
                                   interface_offset_cells, film_cell_angstrom, thickness_nm)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Conditions, energy_kev, semiangle_mrad, thickness_nm, thickness_error_nm,
                                   electrons_per_pattern)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Origin, index, family, structure, state, pair, split, mixing)

}  // namespace terrace
