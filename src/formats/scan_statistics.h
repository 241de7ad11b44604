// All numbers of a scan in four: what a checksum is to a file, told in words that people can compare.
#pragma once

#include <cstdint>

#include "core/progress.h"
#include "formats/scan.h"

namespace terrace {

/// Over every number of every pattern, in the file's unit. Numbers that are not finite (NaN, infinity) are counted and
/// left out of the rest; where none is finite, `least` is above `most`. Numbers are read in single precision, which
/// keeps whole numbers to 2^24, and added in double precision.
struct ScanStatistics {
  float least, most;
  double sum = 0;
  std::int64_t count = 0, not_finite = 0;
};

/// Reads the scan once, pattern by pattern. Throws FileError where a pattern cannot be read.
ScanStatistics scan_statistics(const Scan& scan, const Progress& progress = {});

}  // namespace terrace
