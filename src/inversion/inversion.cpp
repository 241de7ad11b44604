#include "inversion/inversion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/config.h"
#include "core/embedded.h"
#include "core/error.h"
#include "core/free_memory.h"

extern "C" const char microscope_toml_begin[], microscope_toml_end[];

namespace terrace {
namespace {

/// An answer that rests on less of the standard grid than this says so.
constexpr double noted_covered_share = 0.7;

void refuse_too_thin(const Recipe& recipe, const Conditions& conditions) {
  const double cell_nm = recipe.substrate.cell_angstrom / 10;
  if (conditions.thickness_nm + conditions.thickness_error_nm < (thinnest_cells - 0.5) * cell_nm)
    throw InputError(
        fmt::format("A lamella of {:.2f} nm is too thin to be inverted ({} cells, {:.2f} nm, are the least). "
                    "Is the thickness right?",
                    conditions.thickness_nm, thinnest_cells, thinnest_cells * cell_nm));
}

}  // namespace

Inversion invert(const Recipe& recipe, const Sample& sample, int threads, const SearchEffort& effort,
                 const Progress& progress, double electrons_per_pattern) {
  Inversion inversion{
      .observed = observe(sample, electrons_per_pattern), .findings = {}, .posterior = {}, .answer = {}};
  refuse_too_thin(recipe, sample.conditions);
  const ForwardModel model(recipe, sample.conditions, threads, spreads_of(recipe, sample));
  inversion.findings = search(model, inversion.observed, effort, progress);
  inversion.posterior = weigh(inversion.findings, {}, tempering_of(inversion.findings.goodness));
  inversion.answer = answer_of(inversion.findings, inversion.posterior, recipe, sample.conditions);
  const auto covered = std::accumulate(sample.covered.begin(), sample.covered.end(), 0.0);
  inversion.answer.covered_share = covered / static_cast<double>(sample.covered.size());
  if (inversion.answer.covered_share < noted_covered_share)
    inversion.answer.reasons.push_back(
        fmt::format("the scan covers {:.0f} % of the positions around the interface: what lies beyond is not seen",
                    100 * inversion.answer.covered_share));
  return_free_memory();
  return inversion;
}

void add_forecast(const Recipe& recipe, const Sample& sample, int threads, Inversion& inversion) {
  const ForwardModel model(recipe, sample.conditions, threads, spreads_of(recipe, sample));
  inversion.forecast = forecast_beside(model, inversion.findings, inversion.observed);
}

UsualCost usual_cost(const Recipe& recipe, const Conditions& conditions, int threads) {
  constexpr double usual_propagations = 100, fits_at_once = 6;
  constexpr double scored_at_once = 6;  // steps of either direction at three thicknesses, for each cell
  const double cells = conditions.thickness_nm / (recipe.substrate.cell_angstrom / 10);
  const Explanation plain{{.thickness_cells = std::max(thinnest_cells, static_cast<int>(std::lround(cells)))},
                          expected_circumstances(recipe, conditions)};
  const auto one = ForwardModel(recipe, conditions, threads).cost({&plain, 1});
  const double patterns = 4.0 * static_cast<double>(recipe.grid.positions()) * recipe.grid.pixels * recipe.grid.pixels;
  const double derivatives = patterns * static_cast<double>(nuisances_of(recipe, conditions).size() + 3);
  return {usual_propagations * one.seconds / threads,
          one.bytes + 2 * one.kept_bytes + 2 * fits_at_once * derivatives + scored_at_once * cells * patterns};
}

Recipe microscope_recipe() {
  const auto text = embedded_text(microscope_toml_begin, microscope_toml_end);
  return recipe_of(parse_config(std::string(text), "microscope.toml"));
}

nlohmann::ordered_json to_json(const Inversion& inversion) {
  auto json = to_json(inversion.findings, inversion.posterior);
  json["prediction"] = to_json(inversion.answer);
  for (const auto& one : inversion.forecast) json["forecast"].push_back(to_json(one));
  return json;
}

}  // namespace terrace
