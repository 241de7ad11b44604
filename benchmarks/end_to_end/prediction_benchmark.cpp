// How long does an answer for one place along the interface take, once the model is loaded?
//   out/build/prediction_benchmark [MODEL]
// One sample on the standard grid, one thread; `batch` is time per sample where a map's stretches go in together.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "commands/restart.h"
#include "core/random.h"
#include "learning/model.h"

namespace terrace {
namespace {

/// Patterns of a uniform disc with a tenth of noise: the time does not depend on what they show.
Sample some_sample(const Model& model, std::uint64_t seed) {
  const auto& grid = model.preprocessing.grid;
  Sample sample;
  sample.patterns = Array<float, 4>({grid.along, grid.across, grid.pixels, grid.pixels});
  sample.covered = Array<std::uint8_t, 2>({grid.along, grid.across});
  std::ranges::fill(sample.covered, std::uint8_t{1});
  Random random(seed);
  for (float& value : sample.patterns)
    value = static_cast<float>((1 + 0.1 * random.uniform()) / (grid.pixels * grid.pixels));
  sample.conditions = {.energy_kev = model.domain.energy_kev.low,
                       .semiangle_mrad = model.domain.semiangle_mrad.low,
                       .thickness_nm = model.domain.thickness_nm.low,
                       .electrons_per_pattern = model.domain.electrons_per_pattern.high};
  return sample;
}

void predict(benchmark::State& state, const Model& model, int count) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) samples.push_back(some_sample(model, i));
  for (auto _ : state) benchmark::DoNotOptimize(model.predict(samples, 1));
  state.counters["per_sample"] =
      benchmark::Counter(count, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  terrace::restart_with_better_matrix_kernels(arguments);
  benchmark::Initialize(&count, arguments);
  const auto model = terrace::Model::load(count > 1 ? arguments[1] : TERRACE_SHIPPED_MODEL);
  for (const auto& [name, samples] : {std::pair{"predict/one", 1}, {"predict/batch", 32}})
    benchmark::RegisterBenchmark(name, terrace::predict, std::cref(model), samples)->Unit(benchmark::kMillisecond);
  benchmark::RunSpecifiedBenchmarks();
}
