// Noise-free patterns in half of their memory: what a training set keeps while its noise is drawn anew.
#pragma once

#include <cstdint>
#include <vector>

#include "core/array.h"

namespace terrace {

/// Each intensity as the 16-bit number nearest to its square root, in units of the brightest one's. The root is then
/// wrong by at most 8e-6 of the brightest root, where shot noise of N electrons per unit of intensity makes ½/√N.
class CompactPatterns {
 public:
  explicit CompactPatterns(const Array<float, 4>& patterns);
  Array<float, 4> patterns() const;

 private:
  std::array<std::int64_t, 4> extents_;
  float unit_ = 0;  ///< root of one step
  std::vector<std::uint16_t> roots_;
};

}  // namespace terrace
