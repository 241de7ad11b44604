// The camera's point spread: charge of one electron seen by its neighbours' pixels.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"

namespace terrace {

/// A Gaussian blur of standard deviation `sigma` pixels, separable. The kernel is the discrete Gaussian e^(−t) I_n(t),
/// t = σ² (Lindeberg, IEEE PAMI 12 (1990) 234): its variance is σ² however narrow it is, and two blurs in turn are one
/// of √(σ₁² + σ₂²). Intensity is conserved: what would leave at an edge is mirrored back, in place of what the
/// unseen neighbourhood would send.
class PointSpread {
 public:
  explicit PointSpread(double sigma);

  /// Blurs `pattern`, square, row-major, `pixels` a side, in place. Safe from several threads.
  void blur(int pixels, std::span<float> pattern) const;

 private:
  std::vector<float> kernel_;  // [0] the middle, [n] at distance n on both sides
};

}  // namespace terrace
