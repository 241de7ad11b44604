// The limit of a recipe: what the best possible reader would score, where everything but the structure is known. The
// network's figures stand beside it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "inversion/family_limit.h"

namespace terrace {

struct LimitRequest {
  int families = 12;  ///< the first of the split
  std::string split = "test";
  Subset subset;
  Exposure exposure;
};

/// What a limit will cost, counted on its first families, at this machine's measured speed.
struct LimitCost {
  int families = 0;
  double samples = 0, hypotheses = 0;  ///< of a family, mean
  double seconds = 0, memory_bytes = 0;
  EngineChoice engine = {};
};
/// Throws InputError where the recipe has no such split, or none of its samples can be judged.
LimitCost cost_of_limit(const Recipe& recipe, const LimitRequest& request, int threads);

/// Judges the families and writes `path` (JSON, docs/formats.md). Until all are done the file is called PATH.partial
/// and holds the families that are; a run that was cut short goes on there, and a finished file with more families.
/// Throws InputError, also where PATH.partial answers another request; FileError.
void write_limit(const Recipe& recipe, const LimitRequest& request, const std::filesystem::path& path, int threads,
                 const Progress& progress);

/// Each measure that `judged` has a part in, with its interval over families; `dose` is a place in the exposure.
std::vector<Measure> limit_at(const std::vector<JudgedStructure>& judged, int dose);
/// The doses that settle a question, in the middle of all structures (median), electrons a pattern.
std::vector<Measure> settling_doses(const std::vector<JudgedStructure>& judged);

}  // namespace terrace
