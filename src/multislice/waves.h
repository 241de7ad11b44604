// A stack of waves on their way through the specimen, as amplitudes of plane waves.
#pragma once

#include <memory>
#include <span>

#include "core/array.h"
#include "microscope/probe.h"
#include "multislice/plane_waves.h"

namespace terrace {

/// `count` waves ψ(r) = 1/√pixels Σ a(k) exp(2πi k·r), so that a wave of one electron has Σ|a|² = 1. Kept in groups of
/// sixteen, each [row][column][real | imaginary][wave of the group], the order of PlaneWaves: what the kernels work on.
/// Zero at first; a copy copies the numbers.
class Waves {
 public:
  Waves(std::shared_ptr<const PlaneWaves> plane_waves, int count);

  const PlaneWaves& plane_waves() const { return *plane_waves_; }
  const std::shared_ptr<const PlaneWaves>& shared_plane_waves() const { return plane_waves_; }
  int count() const { return count_; }
  int groups() const { return static_cast<int>(numbers_.extent(0)); }

  /// The amplitude of the plane wave with frequency numbers (number_y, number_x); 0 where there is none.
  Complex amplitude(int wave, int number_y, int number_x) const;
  /// Ignored outside the band limit. Throws std::out_of_range where the stack has no such row or column.
  void set_amplitude(int wave, int number_y, int number_x, Complex amplitude);

  /// One plane wave of sixteen waves: sixteen real parts, then sixteen imaginary parts.
  std::span<float> point(int group, int row, int column) {
    return {numbers_.data() + offset(group, row, column), lane_point};
  }
  std::span<const float> point(int group, int row, int column) const {
    return {numbers_.data() + offset(group, row, column), lane_point};
  }
  /// The whole group, [row][column][lane_point].
  std::span<float> group(int index) { return numbers_[index]; }

  std::int64_t bytes() const { return numbers_.size() * static_cast<std::int64_t>(sizeof(float)); }
  bool operator==(const Waves& other) const;

 private:
  std::int64_t offset(int group, int row, int column) const {
    return ((std::int64_t{group} * plane_waves_->rows() + row) * plane_waves_->columns() + column) * lane_point;
  }

  std::shared_ptr<const PlaneWaves> plane_waves_;
  int count_;
  Array<float, 4> numbers_;
};

/// Makes wave `wave` the probe of `state` at `position`, on the grid of `probe` and the stack alike.
void set_probe(Waves& waves, int wave, const ProbeFormer& probe, const ProbePosition& position,
               const CoherentState& state);

/// Σ|a|² of one wave, in double: the share of its electron that is left.
double total_intensity(const Waves& waves, int wave);

/// One wave in real space over the whole window, [y][x] (only for the one sector of one).
Array<Complex, 2> in_real_space(const Waves& waves, int wave);

}  // namespace terrace
