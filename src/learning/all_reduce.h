// Several processes that train one network: what each learns from, and how they come to the same step. all_reduce.cpp
// is the only file of this module that includes MPI.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dataset/ranks.h"

namespace terrace {

// `ranks` is null everywhere for a process that trains alone.

/// The samples of a batch that this rank learns from: size differs by one at most, and may be 0.
struct BatchShare {
  std::int64_t first = 0, size = 0;
};
BatchShare share_of(std::int64_t batch, const Ranks* ranks);

/// Every number becomes the sum over all ranks, the same to the last bit on each. As many on each.
void add_over_ranks(std::span<float> numbers, const Ranks* ranks);

/// What the first rank says, for decisions that must not differ: clocks do, and the last bit of unlike processors.
double of_first_rank(double own, const Ranks* ranks);

/// Throws InputError with `text` on each rank whose number is not the first one's.
void refuse_disagreement(double own, const Ranks* ranks, const std::string& text);

inline bool is_first(const Ranks* ranks) { return !ranks || ranks->is_first(); }

}  // namespace terrace
