#include "multislice/multislice.h"

#include "multislice/complex_kernels.h"
#include "multislice/propagator.h"

namespace terrace {

Multislice::Multislice(const Grid& grid, double energy_kev)
    : grid_(grid), energy_kev_(energy_kev), fft_(grid.height, grid.width) {}

std::span<const Complex> Multislice::propagator_over(double thickness) {
  const auto [entry, is_new] = propagators_.try_emplace(thickness);
  if (is_new) entry->second = propagator(grid_, energy_kev_, thickness);
  return entry->second.span();
}

void Multislice::step(Waves& waves, const Transmission& transmission, double thickness) {
  const auto propagator = propagator_over(thickness);
  for (std::int64_t index = 0; index < waves.extent(0); ++index) {
    const auto wave = waves[index];
    multiply(wave, transmission.span());  // ψ → t ψ
    fft_.forward(wave);
    multiply(wave, propagator);  // Ψ → P Ψ; P holds the band limit and 1/N
    fft_.inverse(wave);
  }
}

}  // namespace terrace
