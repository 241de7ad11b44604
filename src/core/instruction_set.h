// Which vector instructions this processor has: chosen at run time, so that one program serves every machine.
#pragma once

#include <span>
#include <string_view>

namespace terrace {

/// `portable` is what every processor of the architecture has (SSE2, NEON).
enum class InstructionSet { portable, avx2, avx512 };

/// Those that this processor has, slowest first.
std::span<const InstructionSet> available_instruction_sets();
InstructionSet best_instruction_set();
std::string_view name_of(InstructionSet set);

}  // namespace terrace
