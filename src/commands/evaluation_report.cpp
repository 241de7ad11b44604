#include "commands/evaluation_report.h"

#include <fmt/format.h>

#include <map>

#include "commands/evaluation_sections.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

void add_measures(const Json& evaluation, ReportContent& report) {
  for (const auto& [name, entry] : evaluation.items()) {
    if (!entry.is_object() || !entry.contains("low") || name.starts_with("baseline_")) continue;
    report.measures.push_back({.name = name,
                               .value = entry.at("value"),
                               .low = entry.at("low"),
                               .high = entry.at("high"),
                               .n = entry.at("n"),
                               .structures = entry.at("structures"),
                               .families = entry.at("families"),
                               .meaning = entry.at("meaning")});
  }
  report.measures_note =
      "Measured on families of structures that training never saw; the intervals (95 %) resample families.";
}

void add_confusion(const Json& evaluation, ReportContent& report) {
  if (!evaluation.contains("confusion_matrix")) return;
  const auto& matrix = evaluation.at("confusion_matrix");
  report.confusion = ConfusionMatrix{.names = matrix.at("names"), .counts = matrix.at("counts")};
}

void add_reliability(const Json& evaluation, ReportContent& report) {
  for (const auto& bin : evaluation.value("reliability", Json::array()))
    report.reliability.push_back({.confidence = bin.at("confidence"),
                                  .right = bin.at("right"),
                                  .right_low = bin.at("low"),
                                  .right_high = bin.at("high"),
                                  .n = bin.at("n")});
}

void add_depths(const Json& evaluation, ReportContent& report) {
  for (const auto& depth : evaluation.value("depth_scatter", Json::array()))
    report.depths.push_back({.truth_nm = depth.at("truth_nm"),
                             .answer_nm = depth.at("answer_nm"),
                             .low_nm = depth.at("low_nm"),
                             .high_nm = depth.at("high_nm")});
}

void add_learning_curve(const Json& evaluation, ReportContent& report) {
  std::map<int, std::array<Curve, 2>> members;
  for (const auto& epoch : evaluation.value("learning_curve", Json::array())) {
    auto& [training, validation] = members[epoch.at("member")];
    for (auto* curve : {&training, &validation}) curve->x.push_back(epoch.at("epoch"));
    training.y.push_back(epoch.at("training_loss"));
    validation.y.push_back(epoch.at("validation_loss"));
  }
  if (members.empty()) return;
  Chart chart{.title = "Learning curve",
              .meaning = "Loss on the families that training sees, and on calibration families that it does not.",
              .x_name = "epoch",
              .y_name = "loss",
              .curves = {}};
  for (auto& [member, curves] : members) {
    const std::string of = members.size() > 1 ? fmt::format(" (member {})", member + 1) : "";
    curves[0].name = "training" + of;
    curves[1].name = "calibration" + of;
    chart.curves.insert(chart.curves.end(), curves.begin(), curves.end());
  }
  report.learning_curve = chart;
}

void add_curves_over_depth(const Json& evaluation, ReportContent& report) {
  const auto add = [&](Chart chart) {
    std::erase_if(chart.curves, [](const Curve& curve) { return curve.x.empty(); });
    if (!chart.curves.empty()) report.charts.push_back(std::move(chart));
  };
  add({.title = "Depth error over depth",
       .meaning = "Mean distance of the answered from the true depth of single steps; the band is its 95 % interval.",
       .x_name = "true depth (nm)",
       .y_name = "mean error (nm)",
       .curves = {measured_curve(evaluation, "depth_error_over_depth", "depth error")}});
  add({.title = "Mirror confusion",
       .meaning = "A step seen from below has the depth that is left and the other direction: how often the answer is "
                  "that one, and how often the direction alone is wrong.",
       .x_name = "true depth / thickness",
       .y_name = "share of steps",
       .curves = {measured_curve(evaluation, "mirror_confusion_over_place", "mirror image"),
                  measured_curve(evaluation, "wrong_direction_over_place", "wrong direction")}});
}

Image pattern_of(const Sample& sample, int column) {
  const auto pixels = sample.patterns.extent(2);
  Image image({pixels, pixels});
  std::copy_n(sample.patterns[0].begin() + column * pixels * pixels, pixels * pixels, image.begin());
  return image;
}

/// The first test pair of which the step lies near the middle: rough and diffuse, as positions in the data set.
std::pair<std::int64_t, std::int64_t> find_twins(const DataSet& data) {
  std::map<std::int64_t, std::int64_t> rough;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const auto& origin = data.origin(i);
    if (origin.pair < 0 || origin.split != "test") continue;
    const double place = data.labels(i).step_depth_nm / data.labels(i).thickness_nm;
    if (data.labels(i).interface_class == InterfaceClass::rough && place > 0.35 && place < 0.65)
      rough[origin.pair] = i;
    else if (rough.contains(origin.pair))
      return {rough[origin.pair], i};
  }
  return {-1, -1};
}

}  // namespace

void add_evaluation(const Json& evaluation, ReportContent& report) {
  add_measures(evaluation, report);
  add_confusion(evaluation, report);
  add_reliability(evaluation, report);
  add_depths(evaluation, report);
  add_learning_curve(evaluation, report);
  add_curves_over_depth(evaluation, report);
  add_evaluation_sections(evaluation, report);
  report.provenance["evaluation"] = evaluation.value("about", Json::object());
}

void add_twins(const DataSet& data, ReportContent& report) {
  const auto [rough, diffuse] = find_twins(data);
  if (rough < 0) return;
  const auto one = data.read(rough), other = data.read(diffuse);
  const auto& grid = data.grid();
  for (const int column : {grid.across / 4, grid.across / 2, 3 * grid.across / 4})
    report.twins.push_back(
        {.caption = fmt::format("{:+.2f} cells from the registered plane; {:.1f} nm thick, step at {:.1f} nm",
                                grid.offset_x(column), one.labels.thickness_nm, one.labels.step_depth_nm),
         .rough = pattern_of(one, column),
         .diffuse = pattern_of(other, column)});
}

}  // namespace terrace
