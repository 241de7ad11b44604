#include "multislice/simulation.h"

#include <fmt/format.h>

#include "core/error.h"
#include "multislice/direct_simulation.h"
#include "multislice/engine_choice.h"
#include "multislice/sector_simulation.h"

namespace terrace {
namespace {

void check(const SimulationPlan& plan) {
  for (const auto& view : plan.views) {
    if (view.exit < 0 || view.exit >= std::ssize(plan.exits))
      throw InputError(fmt::format("a view looks at exit {}, but there are {}.", view.exit, plan.exits.size()));
    if (view.microscope.energy_kev != plan.any_microscope().energy_kev)
      throw InputError(fmt::format("views of one plan share one energy, not {} and {} keV. Simulate them apart.",
                                   plan.any_microscope().energy_kev, view.microscope.energy_kev));
  }
}

}  // namespace

void simulate(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress) {
  if (plan.views.empty() || plan.specimens.empty()) return;
  check(plan);
  if (choose_engine(plan, threads).engine == Engine::sectors)
    simulate_by_sectors(plan, threads, place, progress);
  else
    simulate_directly(plan, threads, place, progress);
}

}  // namespace terrace
