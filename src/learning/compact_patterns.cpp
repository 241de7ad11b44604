#include "learning/compact_patterns.h"

#include <algorithm>
#include <cmath>

namespace terrace {

CompactPatterns::CompactPatterns(const Array<float, 4>& patterns)
    : extents_(patterns.extents()), roots_(patterns.size()) {
  if (roots_.empty()) return;
  unit_ = std::sqrt(*std::max_element(patterns.begin(), patterns.end())) / 65535;
  if (!(unit_ > 0)) return;
  std::transform(patterns.begin(), patterns.end(), roots_.begin(), [&](float intensity) {
    return static_cast<std::uint16_t>(std::sqrt(std::max(intensity, 0.0f)) / unit_ + 0.5f);
  });
}

Array<float, 4> CompactPatterns::patterns() const {
  Array<float, 4> patterns(extents_);
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    const float root = unit_ * roots_[i];
    patterns.data()[i] = root * root;
  }
  return patterns;
}

}  // namespace terrace
