// The Fourier transform of sixteen waves side by side, along one axis: what the propagation step is made of.
#pragma once

#include <cstdint>
#include <vector>

#include "core/lane_kernels.h"

namespace terrace {

/// Unnormalised both ways (forward then inverse multiplies by length); forward has exp(−2πi…). In place: `data` holds
/// `length` points of sixteen waves (lane_point floats each, 64-byte aligned), `stride` floats apart.
///
/// Frequencies are kept in the order in which the passes leave them, which saves a reordering:
/// `frequency_at(position)`. Points are in natural order. No planner: the same length always makes the same sums, so
/// results repeat to the byte on one instruction set. Safe from several threads.
class LaneTransform {
 public:
  /// Throws InputError where `length` is below 1 or has a prime factor above `largest_radix`.
  explicit LaneTransform(int length, InstructionSet set = best_instruction_set());

  void forward(float* data, std::int64_t stride = lane_point) const {
    kernels_->forward(stages_, length_, data, stride);
  }
  void inverse(float* data, std::int64_t stride = lane_point) const {
    kernels_->inverse(stages_, length_, data, stride);
  }

  /// forward, point by point times `factor` (in the order of `frequency_at`), inverse.
  void through_frequencies(const Complex* factor, float* data, std::int64_t stride) const {
    kernels_->through_frequencies(stages_, length_, factor, data, stride);
  }
  /// inverse, times `factor` in natural order, forward, on frequencies that stand in `row` where `column_of` says (see
  /// LaneKernels::through_points).
  void through_points(const Complex* factor, const int* column_of, float* row, float* scratch) const {
    kernels_->through_points(stages_, length_, factor, column_of, row, scratch);
  }

  int length() const { return length_; }
  InstructionSet instruction_set() const { return set_; }
  /// The FFT index (0 … length − 1; Grid::signed_index gives its number) at each position of the transformed data.
  int frequency_at(int position) const { return frequencies_[position]; }

 private:
  int length_;
  InstructionSet set_;
  const LaneKernels* kernels_;
  std::vector<LaneStage> stages_;
  std::vector<int> frequencies_;
};

}  // namespace terrace
