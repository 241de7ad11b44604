#include "multislice/slices.h"

#include <cmath>
#include <string>

#include "core/constants.h"
#include "core/fft.h"
#include "multislice/band_limit.h"
#include "multislice/slab_potential.h"
#include "multislice/transmission_cache.h"

namespace terrace {
namespace {

/// exp(iσV − σV′) in place of V + iV′.
void exponentiate(std::span<Complex> wave, double interaction) {
  const float sigma = static_cast<float>(interaction);
  for (auto& value : wave) {
    const float phase = sigma * value.real(), modulus = std::exp(-sigma * value.imag());
    value = {modulus * std::cos(phase), modulus * std::sin(phase)};
  }
}

void band_limit(std::span<Complex> wave, const BandLimit& band, const Fft2& fft) {
  fft.forward(wave);
  band.apply(wave, 1.0f / static_cast<float>(wave.size()));
  fft.inverse(wave);
}

}  // namespace

struct TransmissionSource::State {
  SlabPotential potential;
  BandLimit band;
  Fft2 fft;
  double interaction;
  bool depth_matters;
  TransmissionCache cache;

  std::shared_ptr<const Transmission> make(const Slab& slab, int depth, int configuration) const {
    auto wave = potential.of(slab, depth, configuration);
    exponentiate(wave.span(), interaction);
    band_limit(wave.span(), band, fft);
    return std::make_shared<const Transmission>(std::move(wave));
  }
};

TransmissionSource::TransmissionSource(const Grid& grid, double energy_kev, const Sampling& sampling,
                                       std::int64_t cache_bytes)
    : state_(new State{{grid, energy_kev, sampling},
                       BandLimit(grid),
                       Fft2(grid.height, grid.width),
                       interaction_parameter(energy_kev),
                       sampling.thermal == "frozen_phonon",
                       TransmissionCache(cache_bytes)}) {}
TransmissionSource::~TransmissionSource() = default;

std::shared_ptr<const Transmission> TransmissionSource::at(const Slab& slab, int depth, int configuration) const {
  if (slab.name.empty()) return state_->make(slab, depth, configuration);  // nameless: nothing to know it by
  auto name = slab.name;
  if (state_->depth_matters) name += '@' + std::to_string(depth) + '#' + std::to_string(configuration);
  if (auto known = state_->cache.find(name)) return known;
  return state_->cache.keep(name, state_->make(slab, depth, configuration));
}

Array<std::complex<double>, 2> projected_potential(const Grid& grid, const Slab& slab, double energy_kev,
                                                   const Sampling& sampling, int depth, int configuration) {
  const auto single = SlabPotential(grid, energy_kev, sampling).of(slab, depth, configuration);
  Array<std::complex<double>, 2> potential({grid.height, grid.width});
  for (std::int64_t i = 0; i < single.size(); ++i) potential.data()[i] = single.data()[i];
  return potential;
}

}  // namespace terrace
