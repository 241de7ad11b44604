// The inner loops of the propagation step, on sixteen waves side by side: the only code that is compiled for particular
// instruction sets. Every loop runs over points; the sixteen lanes never mix, so nothing is ever shuffled.
#pragma once

#include <cstdint>
#include <vector>

#include "core/array.h"
#include "core/instruction_set.h"

namespace terrace {

/// How many waves go through a kernel together.
inline constexpr int lane_count = 16;
/// Floats of one point of them: sixteen real parts, then sixteen imaginary parts. 64-byte aligned, always.
inline constexpr int lane_point = 2 * lane_count;

/// One pass of a transform: blocks of `length` points, each split into `radix` parts.
struct LaneStage {
  int radix = 2, length = 2;
  std::vector<float> twiddles;  ///< exp(−2πi jq/length) for j < length/radix, q = 1 … radix − 1, as (cos, sin)
  std::vector<float> roots;     ///< exp(−2πi q/radix) as (cos, sin); only the general radix reads them
};

/// Points are `stride` floats apart.
struct LaneKernels {
  /// In place, unnormalised. Forward (exp(−2πi…)) leaves frequencies in the order of the stages' digits, inverse takes
  /// them in that order and leaves points in natural order.
  void (*forward)(const std::vector<LaneStage>& stages, int length, float* data, std::int64_t stride);
  void (*inverse)(const std::vector<LaneStage>& stages, int length, float* data, std::int64_t stride);
  /// Point i *= factor[i], the same factor in every lane.
  void (*multiply)(const Complex* factor, int count, float* data, std::int64_t stride);
  /// forward, multiply (factors in the order in which forward leaves frequencies), inverse: the product is made in
  /// registers, between the last pass of one transform and the first of the other.
  void (*through_frequencies)(const std::vector<LaneStage>& stages, int length, const Complex* factor, float* data,
                              std::int64_t stride);
  /// inverse, multiply (factors in natural order), forward on a row of frequencies of which only some are kept: the one
  /// at position p stands at point column_of[p] of `row`, and is taken as zero and dropped where that is negative.
  /// `scratch` holds `length` points.
  void (*through_points)(const std::vector<LaneStage>& stages, int length, const Complex* factor, const int* column_of,
                         float* row, float* scratch);
};

const LaneKernels& lane_kernels(InstructionSet set);

/// Largest prime factor that a transform's length may have.
inline constexpr int largest_radix = 31;

}  // namespace terrace
