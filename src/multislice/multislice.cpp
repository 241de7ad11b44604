#include "multislice/multislice.h"

#include "core/threads.h"
#include "multislice/propagator.h"

namespace terrace {

Multislice::Multislice(std::shared_ptr<const PlaneWaves> plane_waves, double energy_kev)
    : plane_waves_(std::move(plane_waves)),
      energy_kev_(energy_kev),
      kernels_(lane_kernels(plane_waves_->instruction_set())) {}

const Multislice::Propagator& Multislice::propagator_over(double thickness) {
  const auto [entry, is_new] = propagators_.try_emplace(thickness);
  if (is_new) entry->second = propagator(*plane_waves_, energy_kev_, thickness);
  return entry->second;
}

void Multislice::run(Waves& waves, std::span<const Slice> slices, int threads) {
  if (slices.empty()) return;
  for (const auto& slice : slices) propagator_over(slice.thickness);  // made before the threads share them
  parallel_for(waves.groups(), threads,
               [&](std::int64_t group) { run_group(waves.group(static_cast<int>(group)).data(), slices); });
}

/// Between slices the group stands in (y, kx): whole columns are transformed forth and back in one go.
void Multislice::run_group(float* group, std::span<const Slice> slices) const {
  Array<float, 1> scratch({std::int64_t{plane_waves_->cell().width} * lane_point});
  to_real_rows(group);
  for (const auto& slice : slices.first(slices.size() - 1)) {
    transmit(group, *slice.transmission, scratch.data());  // ψ → t ψ
    propagate(group, propagators_.at(slice.thickness));    // Ψ → P Ψ
  }
  transmit(group, *slices.back().transmission, scratch.data());
  propagate_and_leave(group, propagators_.at(slices.back().thickness));
}

void Multislice::to_real_rows(float* group) const {
  const int columns = plane_waves_->columns();
  for (int column = 0; column < columns; ++column)
    plane_waves_->along_y().inverse(group + column * lane_point, std::int64_t{columns} * lane_point);
}

void Multislice::transmit(float* group, const Transmission& transmission, float* scratch) const {
  const std::int64_t row_size = std::int64_t{plane_waves_->columns()} * lane_point;
  for (int y = 0; y < plane_waves_->rows(); ++y)
    plane_waves_->along_x().through_points(&transmission(y, 0), plane_waves_->columns_by_position().data(),
                                           group + y * row_size, scratch);
}

void Multislice::propagate(float* group, const Propagator& propagator) const {
  const int columns = plane_waves_->columns();
  for (int column = 0; column < columns; ++column)
    plane_waves_->along_y().through_frequencies(&propagator(column, 0), group + column * lane_point,
                                                std::int64_t{columns} * lane_point);
}

void Multislice::propagate_and_leave(float* group, const Propagator& propagator) const {
  const int columns = plane_waves_->columns();
  const std::int64_t stride = std::int64_t{columns} * lane_point;
  for (int column = 0; column < columns; ++column) {
    plane_waves_->along_y().forward(group + column * lane_point, stride);
    kernels_.multiply(&propagator(column, 0), plane_waves_->rows(), group + column * lane_point, stride);
  }
}

}  // namespace terrace
