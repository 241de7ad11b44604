// Mirrors of a crystal seen along the beam: what spares plane waves that others stand for.
#pragma once

#include "specimen/specimen.h"

namespace terrace {

/// x → −x, y → −y, or x ↔ y, about any line.
enum class PlaneOperation { mirror_x, mirror_y, exchange };

/// Whether the operation, followed by one shift that is the same for all slabs, leaves the projection of every slab as
/// it is (z within a slab plays no part). Intensities of plane waves, which no shift changes, then have this symmetry.
/// Atoms are the same within 1e-3 Å.
bool has_symmetry(const Specimen& specimen, PlaneOperation operation);

}  // namespace terrace
