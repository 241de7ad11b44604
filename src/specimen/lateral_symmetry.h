// What a specimen repeats along the interface: the period and the mirror that let one cell stand for the window.
#pragma once

#include "specimen/specimen.h"

namespace terrace {

/// Into how many equal parts along y the window divides so that every slab (its projection: z plays no part) is the
/// same in each: 8 for eight unit cells, 4 where rotated octahedra double the period, 1 where nothing repeats. Atoms
/// are the same within 1e-5 Å.
int repeats_along_y(const Specimen& specimen);

/// Whether y → −y leaves the projection of every slab as it is.
bool is_mirrored_along_y(const Specimen& specimen);

/// The first of `repeats` equal parts: its slabs keep their names. `repeats` must divide repeats_along_y.
Specimen one_repeat(const Specimen& specimen, int repeats);

}  // namespace terrace
