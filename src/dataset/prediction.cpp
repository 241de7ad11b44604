#include "dataset/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace terrace {
namespace {

/// The only list of the members: calls visit(name, member) for each, in the order of the file.
template <class P, class Visit>
void for_each_member(P& p, const Visit& visit) {
  visit("summary", p.summary);
  visit("class_probability", p.class_probability);
  visit("depth_nm", p.depth_nm);
  visit("depth_low_nm", p.depth_low_nm);
  visit("depth_high_nm", p.depth_high_nm);
  visit("depth_half_low_nm", p.depth_half_low_nm);
  visit("depth_half_high_nm", p.depth_half_high_nm);
  visit("depth_bin_nm", p.depth_bin_nm);
  visit("depth_probability", p.depth_probability);
  visit("step_height_probability_up", p.step_height_probability_up);
  visit("step_count_probability", p.step_count_probability);
  visit("sigma_a_cells", p.sigma_a_cells);
  visit("sigma_a_error", p.sigma_a_error);
  visit("sigma_b_cells", p.sigma_b_cells);
  visit("sigma_b_error", p.sigma_b_error);
  visit("interface_offset_cells", p.interface_offset_cells);
  visit("interface_offset_error", p.interface_offset_error);
  visit("film_cell_angstrom", p.film_cell_angstrom);
  visit("film_cell_error", p.film_cell_error);
  visit("thickness_nm", p.thickness_nm);
  visit("estimated_thickness_nm", p.estimated_thickness_nm);
  visit("estimated_thickness_error", p.estimated_thickness_error);
  visit("covered_share", p.covered_share);
  visit("out_of_domain", p.out_of_domain);
  visit("abstains", p.abstains);
  visit("reasons", p.reasons);
}

/// What a prediction that is withheld before anything was read still holds.
bool says_why(const std::string& name) {
  constexpr std::array names = {"classes", "class_probability", "summary", "covered_share", "abstains", "reasons"};
  return std::ranges::find(names, name) != names.end();
}

std::string step_in_words(const Prediction& p) {
  const bool up = p.step_height_probability_up >= 0.5;
  const bool two = p.step_count_probability[2] > p.step_count_probability[1];
  return fmt::format("{} {:.1f} nm below the entrance surface (90 %: {:.1f} to {:.1f} nm), below which the {} advances",
                     two ? "two steps, the first" : "a step", p.depth_nm, p.depth_low_nm, p.depth_high_nm,
                     up ? "substrate" : "film");
}

std::string mixing_in_words(const Prediction& p) {
  return fmt::format("cations mixed over {:.1f} ± {:.1f} cells on the A site and {:.1f} ± {:.1f} on the B site",
                     p.sigma_a_cells, p.sigma_a_error, p.sigma_b_cells, p.sigma_b_error);
}

}  // namespace

Prediction withheld(const std::string& why, std::vector<std::string> reasons) {
  Prediction prediction;
  prediction.class_probability.fill(0.25);
  prediction.covered_share = 0;
  prediction.abstains = true;
  prediction.reasons = std::move(reasons);
  prediction.summary = "Cannot tell: " + why;
  return prediction;
}

InterfaceClass most_probable_class(const Prediction& prediction) {
  const auto& p = prediction.class_probability;
  return static_cast<InterfaceClass>(std::ranges::max_element(p) - p.begin());
}

std::string finding_in_words(const Prediction& p) {
  switch (most_probable_class(p)) {
    case InterfaceClass::abrupt:
      return "no step and no mixing";
    case InterfaceClass::rough:
      return step_in_words(p);
    case InterfaceClass::diffuse:
      return mixing_in_words(p);
    case InterfaceClass::both:
      break;
  }
  return step_in_words(p) + ", and " + mixing_in_words(p);
}

nlohmann::ordered_json to_json(const Prediction& prediction) {
  nlohmann::ordered_json json;
  json["classes"] = interface_class_names;
  for_each_member(prediction, [&](const char* name, const auto& member) { json[name] = member; });
  if (prediction.covered_share > 0) return json;
  for (auto& [name, value] : json.items())  // nothing was read: no number is an answer
    if (!says_why(name)) value = nullptr;
  return json;
}

Prediction prediction_from_json(const nlohmann::ordered_json& json) {
  Prediction prediction;
  for_each_member(prediction, [&](const char* name, auto& member) {
    if (const auto& value = json.at(name); !value.is_null()) value.get_to(member);
  });
  return prediction;
}

nlohmann::ordered_json to_json(const StretchPrediction& stretch) {
  nlohmann::ordered_json json = {{"from_angstrom", stretch.from_angstrom}, {"to_angstrom", stretch.to_angstrom}};
  json.update(to_json(stretch.prediction));
  return json;
}

StretchPrediction stretch_prediction_from_json(const nlohmann::ordered_json& json) {
  return {json.at("from_angstrom").get<double>(), json.at("to_angstrom").get<double>(), prediction_from_json(json)};
}

}  // namespace terrace
