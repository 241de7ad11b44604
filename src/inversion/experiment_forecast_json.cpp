#include "inversion/experiment_forecast_json.h"

#include <cmath>

#include "inversion/forecast.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(double dose) { return std::isfinite(dose) ? Json(dose) : Json(nullptr); }

void add(Json& json, const char* name, const std::optional<SettlingDose>& dose) {
  if (dose) json[name] = {{"fitted", json_of(dose->fitted)}, {"known", json_of(dose->known)}};
}

Json json_of(const DepthForecast& depth) {
  Json json = {{"depth_nm", depth.depth_nm}, {"depth_cells", depth.depth_cells}};
  auto& settles = json["settles_at"] = Json::object();
  add(settles, "next_cell", depth.next_cell);
  add(settles, "mirrored", depth.mirrored);
  add(settles, "twin", depth.twin);
  add(settles, "two_steps", depth.two_steps);
  json["exact_cell"] = depth.exact_cell;
  json["over_twin"] = depth.over_twin;
  json["depth_error_nm"] = depth.depth_error_nm;
  return json;
}

Json json_of(const ForecastSetting& setting) {
  return {{"energy_kev", setting.energy_kev},
          {"semiangle_mrad", setting.semiangle_mrad},
          {"defocus_nm", setting.defocus_nm},
          {"source_fwhm_angstrom", setting.source_fwhm_angstrom},
          {"thickness_nm", setting.thickness_nm},
          {"thickness_cells", setting.thickness_cells},
          {"across", setting.across},
          {"along", setting.along},
          {"step_angstrom", setting.step_angstrom},
          {"electrons_per_square_angstrom", setting.electrons_per_square_angstrom}};
}

}  // namespace

Json forecast_json(const Recipe& recipe, const ExperimentForecast& forecast) {
  Json json = {{"format", "terrace forecast"},
               {"recipe", recipe.study.name},
               {"recipe_hash", recipe_hash(recipe)},
               {"settling_ratio", settling_ratio},
               {"electrons_per_pattern", forecast.electrons_per_pattern},
               {"settings", Json::array()}};
  for (const auto& one : forecast.settings) {
    Json setting = {{"setting", json_of(one.setting)}, {"fitted", one.fitted}, {"depths", Json::array()}};
    for (const auto& depth : one.depths) setting["depths"].push_back(json_of(depth));
    json["settings"].push_back(std::move(setting));
  }
  return json;
}

}  // namespace terrace
