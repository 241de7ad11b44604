#include "core/lane_kernels.h"

namespace terrace {
namespace {

namespace portable {
constexpr int vector_lanes = 4;
#include "core/lane_kernels.inc"
}  // namespace portable

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr int vector_lanes = 8;
#include "core/lane_kernels.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,fma")
namespace avx512 {
constexpr int vector_lanes = 16;
#include "core/lane_kernels.inc"
}  // namespace avx512
#pragma GCC pop_options
#endif

}  // namespace

const LaneKernels& lane_kernels(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512::kernels;
  if (set == InstructionSet::avx2) return avx2::kernels;
#endif
  (void)set;
  return portable::kernels;
}

}  // namespace terrace
