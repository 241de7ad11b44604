#include "multislice/multislice.h"

#include <algorithm>

#include "core/threads.h"
#include "multislice/propagator.h"

namespace terrace {

Multislice::Multislice(std::shared_ptr<const PlaneWaves> plane_waves, double energy_kev)
    : plane_waves_(std::move(plane_waves)),
      energy_kev_(energy_kev),
      kernels_(lane_kernels(plane_waves_->instruction_set())) {
  std::vector<bool> taken(plane_waves_->cell().width);
  for (int column = 0; column < plane_waves_->columns(); ++column) taken[plane_waves_->place_of_column(column)] = true;
  for (int place = 0; place < std::ssize(taken); ++place)
    if (!taken[place]) empty_places_.push_back(place);
}

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
  for (const auto& slice : slices) {
    transmit(group, *slice.transmission, scratch.data());                                     // ψ → t ψ
    propagate(group, propagators_.at(slice.thickness), &slice == &slices.back());             // Ψ → P Ψ
  }
}

void Multislice::to_real_rows(float* group) const {
  const int columns = plane_waves_->columns();
  for (int column = 0; column < columns; ++column)
    plane_waves_->along_y().inverse(group + column * lane_point, std::int64_t{columns} * lane_point);
}

void Multislice::transmit(float* group, const Transmission& transmission, float* scratch) const {
  const int columns = plane_waves_->columns(), width = plane_waves_->cell().width;
  for (int y = 0; y < plane_waves_->rows(); ++y, group += std::int64_t{columns} * lane_point) {
    for (const int place : empty_places_) std::fill_n(scratch + place * lane_point, lane_point, 0.0f);
    for (int column = 0; column < columns; ++column)
      std::copy_n(group + column * lane_point, lane_point,
                  scratch + plane_waves_->place_of_column(column) * lane_point);
    plane_waves_->along_x().inverse(scratch);
    kernels_.multiply(&transmission(y, 0), width, scratch, lane_point);
    plane_waves_->along_x().forward(scratch);
    for (int column = 0; column < columns; ++column)
      std::copy_n(scratch + plane_waves_->place_of_column(column) * lane_point, lane_point,
                  group + column * lane_point);
  }
}

void Multislice::propagate(float* group, const Propagator& propagator, bool is_last) const {
  const int columns = plane_waves_->columns(), rows = plane_waves_->rows();
  const std::int64_t stride = std::int64_t{columns} * lane_point;
  for (int column = 0; column < columns; ++column, group += lane_point) {
    plane_waves_->along_y().forward(group, stride);
    kernels_.multiply(&propagator(column, 0), rows, group, stride);  // P holds the band limit and 1/pixels
    if (!is_last) plane_waves_->along_y().inverse(group, stride);
  }
}

}  // namespace terrace
