// Two-dimensional transforms of single waves, for set-up and for looking at waves; the propagation step has its own way
// through the same kernels (lane_transform.h).
#pragma once

#include <span>

#include "core/array.h"
#include "core/lane_transform.h"

namespace terrace {

/// The transform of one height × width wave in place, single precision, unnormalised both ways (forward then inverse
/// multiplies by height · width), natural order on both sides. `forward` has exp(−2πi k·r). The same input always gives
/// the same bytes on one instruction set. Safe to run from several threads at once on different waves.
class Fft2 {
 public:
  /// Throws InputError where a side has a prime factor above `largest_radix`.
  Fft2(int height, int width) : along_y_(height), along_x_(width) {}

  /// `wave` must hold height × width numbers.
  void forward(std::span<Complex> wave) const;
  void inverse(std::span<Complex> wave) const;
  int height() const { return along_y_.length(); }
  int width() const { return along_x_.length(); }

 private:
  LaneTransform along_y_, along_x_;
};

}  // namespace terrace
