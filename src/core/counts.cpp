#include "core/counts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace terrace {
namespace {

constexpr float largest_small_mean = 10, most_small_counts = 64;
constexpr int block = 64;  // a multiple of every vector's lanes

namespace portable {
constexpr int vector_lanes = 4;
#include "core/count_kernels.inc"
}  // namespace portable

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr int vector_lanes = 8;
#include "core/count_kernels.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,fma")
namespace avx512 {
constexpr int vector_lanes = 16;
#include "core/count_kernels.inc"
}  // namespace avx512
#pragma GCC pop_options
#endif

auto kernel_of(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512::draw_vectors;
  if (set == InstructionSet::avx2) return avx2::draw_vectors;
#endif
  (void)set;
  return portable::draw_vectors;
}

}  // namespace

void draw_counts(std::span<float> means, Random& random, InstructionSet set) {
  const auto kernel = kernel_of(set);
  alignas(64) std::array<std::uint32_t, block> bits;
  alignas(64) std::array<float, block> some;
  for (std::size_t first = 0; first < means.size(); first += block) {
    const auto part = means.subspan(first, std::min<std::size_t>(block, means.size() - first));
    std::ranges::fill(std::ranges::copy(part, some.begin()).out, some.end(), 0.0f);
    for (auto& word : bits) word = random.bits();
    kernel(some.data(), bits.data(), block);
    std::copy_n(some.begin(), part.size(), part.begin());
  }
}

}  // namespace terrace
