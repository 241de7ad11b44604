// A scan's stretches along the interface, inverted one by one: shared out among processes, and kept as they come.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "dataset/ranks.h"
#include "inversion/inversion.h"

namespace terrace {

/// The answer for each of `samples`. Each is written to `folder` as soon as it is known, under a name that holds a hash
/// of its patterns and of all that the answer depends on, and read from there where it is known already: a run that was
/// cut short goes on. Ranks take turns, the first one last, and wait for each other; only the first has the answers. A
/// stretch that cannot be inverted is answered with why. Throws FileError.
std::vector<Prediction> invert_stretches(const Recipe& recipe, std::span<const Sample> samples,
                                         const std::filesystem::path& folder, const Ranks& ranks, int threads,
                                         const SearchEffort& effort, double electrons_per_pattern,
                                         const Progress& progress);

}  // namespace terrace
