// What does an inversion cost beside simulating and fitting every hypothesis by itself?
//   inversion_benchmark RECIPE CELLS [ELECTRONS]
// One scan of a step in the middle of a lamella of CELLS cells, circumstances drawn from the recipe and unknown, one
// thread. The naive reader takes each single step (either way, every depth) at its best plane, and fits it by three
// steps of Fisher scoring, every derivative by a simulation of its own; one such fit is timed.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <ctime>

#include "commands/restart.h"
#include "dataset/family_simulation.h"
#include "inversion/inversion.h"

namespace terrace {
namespace {

constexpr int naive_steps = 3;

double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double peak_gigabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e9;
}

template <class Work>
double seconds_of(const Work& work) {
  const double start = seconds();
  work();
  return seconds() - start;
}

/// The first step of the recipe's families between a third and two thirds of the lamella.
Sample scan_of(const Recipe& recipe, double electrons) {
  for (std::int64_t family = 0;; ++family) {
    const auto plan = plan_family(recipe, family);
    const auto& sample = plan.samples.at(0);
    const double place = sample.labels.step_depth_cells / sample.thickness_cells;
    if (place < 1.0 / 3 || place > 2.0 / 3) continue;
    auto scan = std::move(simulate_family(recipe, {plan.structures, {sample}}, Passage::multislice)[0]);
    Random random(1, {static_cast<std::uint64_t>(family)});
    const Detection detection{.electrons_per_pattern = electrons, .background_share = 0.1, .psf_pixels = 0.1};
    detect(detection, recipe.grid.mrad_per_pixel_at(scan.conditions.semiangle_mrad), scan, random);
    return scan;
  }
}

void simulate_all_derivatives(const ForwardModel& model, const Explanation& at) {
  for (const auto& parameter : parameters_of(model.recipe(), model.conditions(), at.hypothesis)) {
    Explanation there = at;
    parameter.set(there, parameter.value(at) + parameter.step);
    model.expected({&there, 1});
  }
}

void run(Recipe recipe, int cells, double electrons) {
  recipe.ranges.thickness_cells = {cells, cells + 1};
  recipe.study.families = 100;
  const auto scan = scan_of(recipe, electrons);
  const auto estimate = usual_cost(recipe, scan.conditions, 1);
  Inversion inversion;
  const double search = seconds_of([&] { inversion = invert(recipe, scan, 1); });
  const double peak = peak_gigabytes();
  const ForwardModel model(recipe, scan.conditions, 1);
  const double fit =
      naive_steps * seconds_of([&] { simulate_all_derivatives(model, inversion.findings.best.explanation); });
  const double naive = 2.0 * (cells - 1) * fit;
  fmt::print("cells {}\nsearch_seconds {:.1f}\nnaive_seconds {:.0f}\nnaive_over_search {:.1f}\n", cells, search, naive,
             naive / search);
  fmt::print("estimate_over_search_seconds {:.2f}\npeak_gigabytes {:.3f}\npeak_memory_over_estimate {:.2f}\n",
             estimate.seconds / search, peak, 1e9 * peak / estimate.bytes);
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  terrace::restart_with_better_matrix_kernels(arguments);
  if (count < 3) {
    fmt::print(stderr, "inversion_benchmark RECIPE CELLS [ELECTRONS]\n");
    return 2;
  }
  terrace::run(terrace::read_recipe(arguments[1]), std::atoi(arguments[2]), count > 3 ? std::atof(arguments[3]) : 1e4);
}
