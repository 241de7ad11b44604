#include "multislice/complex_kernels.h"

namespace terrace {

// Real and imaginary parts are written out: GCC 12 compiles *= of std::complex<float> to a scalar library call.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static void
multiply_floats(float* __restrict wave, const float* __restrict factor, std::size_t count) {
  for (std::size_t i = 0; i < 2 * count; i += 2) {
    const float real = wave[i] * factor[i] - wave[i + 1] * factor[i + 1];
    const float imaginary = wave[i] * factor[i + 1] + wave[i + 1] * factor[i];
    wave[i] = real;
    wave[i + 1] = imaginary;
  }
}

void multiply(std::span<Complex> wave, std::span<const Complex> factor) {
  multiply_floats(reinterpret_cast<float*>(wave.data()), reinterpret_cast<const float*>(factor.data()), wave.size());
}

double total_intensity(std::span<const Complex> wave) {
  double total = 0;
  for (const auto& value : wave) {
    const double real = value.real(), imaginary = value.imag();
    total += real * real + imaginary * imaginary;
  }
  return total;
}

}  // namespace terrace
