#include "core/instruction_set.h"

#include <vector>

namespace terrace {

std::span<const InstructionSet> available_instruction_sets() {
  static const auto sets = [] {
    std::vector<InstructionSet> found = {InstructionSet::portable};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(InstructionSet::avx2);
    if (__builtin_cpu_supports("avx512f")) found.push_back(InstructionSet::avx512);
#endif
    return found;
  }();
  return sets;
}

InstructionSet best_instruction_set() { return available_instruction_sets().back(); }

std::string_view name_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512:
      return "AVX-512";
    case InstructionSet::avx2:
      return "AVX2";
    case InstructionSet::portable:
      break;
  }
  return "portable";
}

}  // namespace terrace
