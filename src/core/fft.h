// Two-dimensional transforms of waves. fft.cpp is the only file that includes FFTW.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/array.h"

namespace terrace {

/// Plans and runs the transform of one height × width wave in place, single precision, unnormalised both ways (forward
/// then inverse multiplies by height · width). `forward` has exp(−2πi k·r). Safe to run from several threads at once on
/// different waves. Planning is PATIENT, never ESTIMATE, and is remembered (see below); planning from several threads
/// is safe too.
class Fft2 {
 public:
  Fft2(int height, int width);
  Fft2(Fft2&&) noexcept;
  Fft2& operator=(Fft2&&) noexcept;
  ~Fft2();

  /// `wave` must be 64-byte aligned and hold height × width numbers (an Array, or a wave of a stack whose size is a
  /// multiple of 8).
  void forward(std::span<Complex> wave) const;
  void inverse(std::span<Complex> wave) const;
  int height() const { return height_; }
  int width() const { return width_; }

 private:
  struct Plans;
  int height_, width_;
  std::shared_ptr<const Plans> plans_;
};

/// What the planner has learnt, as text: a data set stores it, so that a resumed run transforms with the same plans and
/// repeats to the byte. `load_fft_wisdom` ignores text that this library version cannot use (it plans again).
std::string fft_wisdom();
void load_fft_wisdom(const std::string& wisdom);

}  // namespace terrace
