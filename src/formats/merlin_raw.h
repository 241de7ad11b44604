// Merlin's packed raw frames ("R64"): counters as the chips send them.
#pragma once

#include <string>

#include "formats/frames.h"
#include "formats/merlin_header.h"

namespace terrace {

/// How packed raw frames lie: 64-bit big-endian words, the first pixel in the lowest bits; a counter of 1, 6, 12 bits
/// takes 1, 8, 16 of them, and one of 24 bits is two frames of 12, the high bits first. A row of a 2x2 detector is a
/// row of each chip: lower right, lower left, upper right, upper left, the lower two turned by 180°. Throws FileError
/// for other chips or depths.
FrameLayout merlin_raw_frames(const MerlinHeader& header, const std::string& name);

}  // namespace terrace
