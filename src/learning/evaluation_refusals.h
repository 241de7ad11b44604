// What an evaluation refuses to measure, because its figures would not mean what they say.
#pragma once

#include "learning/model.h"
#include "learning/sample_source.h"

namespace terrace {

/// Whether a model may be judged on data of another recipe than it learnt from.
enum class OtherRecipes { refused, allowed };

/// Throws InputError where the data have another grid than the model, come from another recipe (hash), or have a family
/// in two splits.
void refuse_unfit(const Model& model, const SampleSource& samples, OtherRecipes other_recipes);

/// The positions of a split. Throws InputError where there are none.
std::vector<std::int64_t> positions_or_refuse(const SampleSource& samples, std::string_view split);

/// The hash of the recipe that made a data set, by its manifest; empty for a list in memory.
std::string recipe_hash_of(const nlohmann::ordered_json& manifest);

}  // namespace terrace
