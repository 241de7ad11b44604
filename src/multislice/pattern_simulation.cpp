#include "multislice/pattern_simulation.h"

#include <algorithm>

namespace terrace {

PatternSimulation::PatternSimulation(const Grid& grid, const Microscope& microscope, const Camera& camera,
                                     const Sampling& sampling)
    : probe_(grid, microscope),
      detector_(grid, microscope, camera),
      transmissions_(grid, microscope.energy_kev, sampling),
      energy_kev_(microscope.energy_kev),
      configurations_(configurations(sampling)) {}

/// Wave number = position · states + state.
Waves PatternSimulation::entrance(std::span<const ProbePosition> positions) const {
  const auto& states = probe_.states();
  const auto count = static_cast<std::int64_t>(positions.size() * states.size());
  Waves waves({count, probe_.grid().height, probe_.grid().width});
  for (std::size_t i = 0; i < positions.size(); ++i)
    for (std::size_t s = 0; s < states.size(); ++s) probe_.form(positions[i], states[s], waves[i * states.size() + s]);
  return waves;
}

void PatternSimulation::run(const FamilyTree& tree, std::span<const ProbePosition> positions, int configuration,
                            const PatternPlace& place) const {
  Multislice multislice(probe_.grid(), energy_kev_);
  Array<Complex, 2> scratch({probe_.grid().height, probe_.grid().width});
  const auto on_exit = [&](int exit, const Waves& waves) {
    for (std::int64_t wave = 0; wave < waves.extent(0); ++wave) {
      std::copy(waves[wave].begin(), waves[wave].end(), scratch.begin());
      const double weight = probe_.states()[wave % states()].weight / configurations_;
      detector_.add(scratch.span(), weight, place(exit, wave / states()));
    }
  };
  tree.run(multislice, transmissions_, entrance(positions), configuration, on_exit);
}

}  // namespace terrace
