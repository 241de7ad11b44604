// An evaluation as evaluation.json keeps it.
#include <algorithm>
#include <cmath>

#include "learning/evaluation.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

Json measure_json(const Measure& m) {
  return {{"value", m.value},           {"low", m.low},           {"high", m.high},      {"n", m.n},
          {"structures", m.structures}, {"families", m.families}, {"meaning", m.meaning}};
}

void add_measures(const std::vector<Measure>& measures, Json& json) {
  for (const auto& measure : measures)
    if (std::isfinite(measure.value)) json[measure.name] = measure_json(measure);
}

Json blocks_json(const std::vector<MeasureBlock>& blocks) {
  auto json = Json::object();
  for (const auto& block : blocks) add_measures(block.measures, json[block.name]);
  return json;
}

Json reliability_json(const std::vector<ConfidenceBin>& bins) {
  auto list = Json::array();
  for (const auto& bin : bins)
    list.push_back({{"confidence", bin.confidence},
                    {"right", bin.right},
                    {"low", bin.right_low},
                    {"high", bin.right_high},
                    {"n", bin.n}});
  return list;
}

Json depths_json(const std::vector<JudgedDepth>& depths) {
  auto list = Json::array();
  for (const auto& d : depths)
    list.push_back({{"truth_nm", d.truth_nm},
                    {"answer_nm", d.answer_nm},
                    {"low_nm", d.low_nm},
                    {"high_nm", d.high_nm},
                    {"thickness_nm", d.thickness_nm}});
  return list;
}

Json point_json(const CurvePoint& p) {
  const auto& m = p.measure;
  return {{"from", p.from}, {"to", p.to}, {"middle", p.middle},         {"value", m.value},      {"low", m.low},
          {"high", m.high}, {"n", m.n},   {"structures", m.structures}, {"families", m.families}};
}

Json curves_json(const std::vector<MeasuredCurve>& curves) {
  auto json = Json::object();
  for (const auto& curve : curves) {
    auto& entry = json[curve.name] = {{"meaning", curve.meaning}, {"x", curve.x_name}, {"y", curve.y_name}};
    for (const auto& point : curve.points) entry["points"].push_back(point_json(point));
  }
  return json;
}

}  // namespace

const Measure* find_measure(const std::vector<Measure>& measures, std::string_view name) {
  const auto found = std::ranges::find(measures, name, &Measure::name);
  return found == measures.end() ? nullptr : &*found;
}

Json to_json(const std::vector<Measure>& measures) {
  auto json = Json::object();
  add_measures(measures, json);
  return json;
}

Json to_json(const Evaluation& evaluation) {
  Json json;
  add_measures(evaluation.measures, json);
  json["confusion_matrix"] = {{"names", interface_class_names}, {"counts", evaluation.confusion}};
  json["reliability"] = reliability_json(evaluation.reliability);
  json["depth_scatter"] = depths_json(evaluation.depths);
  json["curves"] = curves_json(evaluation.curves);
  json["by_dose"] = blocks_json(evaluation.by_dose);
  if (!evaluation.beside_limit.empty()) json["beside_limit"] = blocks_json(evaluation.beside_limit);
  json["held_out"] = blocks_json(evaluation.held_out);
  json["about"] = evaluation.record;
  return json;
}

}  // namespace terrace
