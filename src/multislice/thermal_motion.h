// Where a slab's atoms stand at one instant: the snapshots that frozen-phonon runs average over.
#pragma once

#include <cstdint>
#include <vector>

#include "specimen/specimen.h"

namespace terrace {

/// The slab's atoms, each moved along x and y by independent normal numbers of standard deviation √(B/8π²) (Einstein
/// oscillators; Loane, Xu & Silcox, Acta Cryst. A47 (1991) 267). Motion along z does not show in a projection and is
/// left out; correlated motion (true phonons) is neglected. Atoms of a mixed site move together: one draw, scaled by
/// the B of each. The draw is named by (seed, configuration, depth, site), where sites are numbered in the order of
/// their first atom: it repeats on any thread and in any order, and slabs with the same sites in the same order move
/// alike.
std::vector<Atom> displaced_atoms(const Slab& slab, std::uint64_t seed, int configuration, int depth);

}  // namespace terrace
