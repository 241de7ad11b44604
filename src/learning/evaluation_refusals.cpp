#include "learning/evaluation_refusals.h"

#include <fmt/format.h>

#include <map>

#include "core/error.h"

namespace terrace {
namespace {

void refuse_another_grid(const Model& model, const SampleSource& samples) {
  if (samples.grid() == model.preprocessing.grid) return;
  throw InputError(
      "The data and the model have different [grid] tables. Evaluate on data of the recipe that the model learnt "
      "from.");
}

void refuse_another_recipe(const Model& model, const SampleSource& samples) {
  const auto learnt = recipe_hash_of(model.record.value("data", nlohmann::ordered_json::object()));
  const auto given = recipe_hash_of(samples.manifest());
  if (learnt == given) return;
  throw InputError(
      fmt::format("The data come from another recipe ({}) than the model learnt from ({}): its test families may be "
                  "among those learnt from, its labels may mean something else. Evaluate all the same with "
                  "--other-recipe?",
                  given.empty() ? "no hash" : given, learnt.empty() ? "no hash" : learnt));
}

/// A family in two splits would let training see what evaluation asks.
void refuse_divided_families(const SampleSource& samples) {
  std::map<std::int64_t, const std::string*> splits;
  for (std::int64_t i = 0; i < samples.size(); ++i) {
    const auto& origin = samples.origin(i);
    const auto* split = splits.emplace(origin.family, &origin.split).first->second;
    if (*split != origin.split)
      throw InputError(
          fmt::format("Family {} of the data set is in the splits '{}' and '{}' (figures on it would be no test). Make "
                      "the data set again?",
                      origin.family, *split, origin.split));
  }
}

}  // namespace

std::string recipe_hash_of(const nlohmann::ordered_json& manifest) {
  return manifest.is_object() ? manifest.value("recipe_hash", "") : "";
}

void refuse_unfit(const Model& model, const SampleSource& samples, OtherRecipes other_recipes) {
  refuse_another_grid(model, samples);
  if (other_recipes == OtherRecipes::refused) refuse_another_recipe(model, samples);
  refuse_divided_families(samples);
}

std::vector<std::int64_t> positions_or_refuse(const SampleSource& samples, std::string_view split) {
  auto positions = positions_in_split(samples, split);
  if (positions.empty())
    throw InputError(fmt::format("No sample of the data set belongs to the split '{}'. Make more families.", split));
  return positions;
}

}  // namespace terrace
