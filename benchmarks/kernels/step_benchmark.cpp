// How long is one slice of one wave, beside the FFTW pair that any multislice program needs at least?
//   out/build/step_benchmark --benchmark_filter=256x256
// Times are per wave and slice, on one thread. `step`: Multislice on sixteen waves through eight slices. `fftw_pair`:
// forward and inverse transform, PATIENT. `fftw_loop`: the plain loop of two such transforms and two products.
#include <benchmark/benchmark.h>
#include <fftw3.h>

#include <map>
#include <string>

#include "multislice/multislice.h"
#include "multislice/propagator.h"

namespace terrace {
namespace {

struct Size {
  int height, width;
};
constexpr Size sizes[] = {{256, 256}, {32, 256}, {250, 250}, {243, 320}, {384, 384}};
constexpr double pixel = 0.122;  // Å

/// Both plans of one size, made once.
struct Pair {
  fftwf_plan forward, inverse;
};

Pair pair_of(const Size& size, Complex* wave) {
  static std::map<std::pair<int, int>, Pair> known;
  const auto [entry, is_new] = known.try_emplace({size.height, size.width});
  if (is_new) {
    auto* data = reinterpret_cast<fftwf_complex*>(wave);
    entry->second.forward = fftwf_plan_dft_2d(size.height, size.width, data, data, FFTW_FORWARD, FFTW_PATIENT);
    entry->second.inverse = fftwf_plan_dft_2d(size.height, size.width, data, data, FFTW_BACKWARD, FFTW_PATIENT);
  }
  return entry->second;
}

void report(benchmark::State& state, double waves_and_slices) {
  state.counters["per_wave_and_slice"] =
      benchmark::Counter(waves_and_slices, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

Array<Complex, 2> phases(const Size& size, float scale) {
  Array<Complex, 2> factors({size.height, size.width});
  for (std::int64_t i = 0; i < factors.size(); ++i) factors.data()[i] = std::polar(scale, 0.01f * (i % 628));
  return factors;
}

void step(benchmark::State& state, Size size, InstructionSet set) {
  const Grid grid{size.height, size.width, size.height * pixel, size.width * pixel};
  const auto plane_waves = std::make_shared<const PlaneWaves>(grid, BlochSector{}, BlochSector{}, set);
  Multislice multislice(plane_waves, 200);
  Waves waves(plane_waves, lane_count);
  for (int i = 0; i < lane_count; ++i) waves.set_amplitude(i, 0, 0, 1);
  const std::vector<Slice> slices(8, {std::make_shared<const Transmission>(phases(size, 1)), 1.9525});
  for (auto _ : state) multislice.run(waves, slices);
  report(state, lane_count * 8);
}

void fftw_pair(benchmark::State& state, Size size) {
  Array<Complex, 2> wave({size.height, size.width});
  const auto plans = pair_of(size, wave.data());
  auto* data = reinterpret_cast<fftwf_complex*>(wave.data());
  for (auto _ : state) {
    fftwf_execute_dft(plans.forward, data, data);
    fftwf_execute_dft(plans.inverse, data, data);
  }
  report(state, 1);
}

// Real and imaginary parts written out: the product of std::complex is a library call in GCC 12.
void multiply(Complex* wave, const Complex* factor, std::int64_t count) {
  float* __restrict w = reinterpret_cast<float*>(wave);
  const float* __restrict f = reinterpret_cast<const float*>(factor);
  for (std::int64_t i = 0; i < 2 * count; i += 2) {
    const float real = w[i] * f[i] - w[i + 1] * f[i + 1], imaginary = w[i] * f[i + 1] + w[i + 1] * f[i];
    w[i] = real;
    w[i + 1] = imaginary;
  }
}

void fftw_loop(benchmark::State& state, Size size) {
  Array<Complex, 2> wave({size.height, size.width});
  const auto plans = pair_of(size, wave.data());
  auto* data = reinterpret_cast<fftwf_complex*>(wave.data());
  const auto transmission = phases(size, 1), propagator = phases(size, 1.0f / (size.height * size.width));
  wave(0, 0) = 1;
  for (auto _ : state) {
    multiply(wave.data(), transmission.data(), wave.size());
    fftwf_execute_dft(plans.forward, data, data);
    multiply(wave.data(), propagator.data(), wave.size());
    fftwf_execute_dft(plans.inverse, data, data);
  }
  report(state, 1);
}

void add_all() {
  for (const auto& size : sizes) {
    const auto name = std::to_string(size.height) + "x" + std::to_string(size.width);
    const auto best = best_instruction_set();
    benchmark::RegisterBenchmark(("fftw_pair/" + name).c_str(), fftw_pair, size);
    benchmark::RegisterBenchmark(("fftw_loop/" + name).c_str(), fftw_loop, size);
    benchmark::RegisterBenchmark(("step/" + name).c_str(), step, size, best);
    for (const auto set : available_instruction_sets())
      if (set != best)
        benchmark::RegisterBenchmark(("step_" + std::string(name_of(set)) + "/" + name).c_str(), step, size, set);
  }
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  terrace::add_all();
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
