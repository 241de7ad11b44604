#include "inversion/limit_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto hypotheses_text =
    "abrupt; rough: one step of +-1 cell at every depth where it counts; diffuse: the virtual crystal of equal "
    "projection of each of these; on every plane that the registration allows";
constexpr auto prior_text =
    "a third for each class; in each class equal for each possible thickness, at each thickness equal for each "
    "structure";
constexpr auto left_out_text =
    "two steps, steps with mixing, error-function profiles, random cations, steps too near to a surface to count; "
    "background, point spread and faulty pixels";

Json json_of(const std::vector<Measure>& measures) {
  auto json = Json::object();
  for (const auto& m : measures)
    json[m.name] = {{"value", m.value},           {"low", m.low},           {"high", m.high},      {"n", m.n},
                    {"structures", m.structures}, {"families", m.families}, {"meaning", m.meaning}};
  return json;
}

Json json_of(const JudgedStructure& judged, const Exposure& exposure) {
  Json json = {{"index", judged.index},
               {"family", judged.family},
               {"structure", judged.structure},
               {"truth", interface_class_names[static_cast<int>(judged.truth)]},
               {"settled_at", judged.settling_electrons}};
  for (std::size_t dose = 0; dose < judged.scores.size(); ++dose)
    json["scores"][dose_name(exposure.electrons_per_pattern[dose])] = judged.scores[dose];
  return json;
}

InterfaceClass class_called(const std::string& name) {
  return static_cast<InterfaceClass>(std::ranges::find(interface_class_names, name) - interface_class_names.begin());
}

}  // namespace

std::string dose_name(double electrons) { return fmt::format("{:.15g}", electrons); }

Json question_json(const Recipe& recipe, const LimitRequest& request) {
  return {{"format", "terrace limit"},
          {"recipe", recipe.study.name},
          {"recipe_hash", recipe_hash(recipe)},
          {"split", request.split},
          {"pairs_per_family", request.subset.pairs_per_family},
          {"abrupt_per_family", request.subset.abrupt_per_family},
          {"thickness", request.subset.thickness == ThicknessKnowledge::exact ? "known" : "as given"},
          {"electrons_per_pattern", request.exposure.electrons_per_pattern},
          {"draws", request.exposure.draws}};
}

Json limit_json(const Recipe& recipe, const LimitRequest& request, const std::vector<JudgedStructure>& judged) {
  Json json = question_json(recipe, request);
  json["hypotheses"] = hypotheses_text;
  json["prior"] = prior_text;
  json["left_out"] = left_out_text;
  json["samples"] = Json::array();
  for (const auto& one : judged) json["samples"].push_back(one.index);
  json["exact"] = Json::object();
  for (std::size_t dose = 0; dose < request.exposure.electrons_per_pattern.size(); ++dose)
    json["exact"][dose_name(request.exposure.electrons_per_pattern[dose])] =
        json_of(limit_at(judged, static_cast<int>(dose)));
  json["settled_at"] = json_of(settling_doses(judged));
  json["judged"] = Json::array();
  for (const auto& one : judged) json["judged"].push_back(json_of(one, request.exposure));
  return json;
}

std::vector<JudgedStructure> judged_from_json(const Json& json, const Exposure& exposure) {
  std::vector<JudgedStructure> judged;
  for (const auto& entry : json.at("judged")) {
    JudgedStructure one{.index = entry.at("index").get<std::int64_t>(),
                        .family = entry.at("family").get<std::int64_t>(),
                        .structure = entry.value("structure", entry.at("index").get<std::int64_t>()),
                        .truth = class_called(entry.at("truth").get<std::string>())};
    one.settling_electrons = entry.at("settled_at").get<std::map<std::string, double>>();
    for (const double electrons : exposure.electrons_per_pattern)
      one.scores.push_back(entry.at("scores").at(dose_name(electrons)).get<std::map<std::string, double>>());
    judged.push_back(std::move(one));
  }
  return judged;
}

}  // namespace terrace
