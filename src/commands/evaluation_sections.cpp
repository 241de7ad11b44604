#include "commands/evaluation_sections.h"

#include <fmt/format.h>

#include <algorithm>

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

struct Named {
  const char* measure;
  const char* name;
};

constexpr std::array<Named, 7> compared = {{{"rough_vs_diffuse", "rough | diffuse"},
                                            {"rough_vs_diffuse_matched", "twins"},
                                            {"class_accuracy", "class"},
                                            {"step_within_one_cell", "step ±1 cell"},
                                            {"step_depth_mae_nm", "depth error (nm)"},
                                            {"depth_interval_coverage", "coverage of 90 %"},
                                            {"abstention_share", "abstains"}}};

std::string with_interval(const Json& block, const std::string& measure) {
  if (!block.contains(measure)) return "–";
  const auto& entry = block.at(measure);
  return fmt::format("{:.3f}\n{:.3f} to {:.3f}", entry.at("value").get<double>(), entry.at("low").get<double>(),
                     entry.at("high").get<double>());
}

/// What a block rests on, in smaller print.
std::string evidence(const Json& block) {
  if (!block.contains("class_accuracy")) return "";
  const auto& entry = block.at("class_accuracy");
  return fmt::format("\n{} samples\n{} structures\n{} families", entry.at("n").get<long>(),
                     entry.at("structures").get<long>(), entry.at("families").get<long>());
}

std::string words_of(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string dose_in_words(double electrons) {
  return electrons > 0 ? fmt::format("{:.0f} electrons a pattern", electrons) : "no noise";
}

double headline_dose(const Json& evaluation) { return evaluation.at("about").value("electrons_per_pattern", 0.0); }

void add_point(double x, const Json& entry, Curve& curve) {
  curve.x.push_back(x);
  curve.y.push_back(entry.at("value"));
  curve.low.push_back(entry.at("low"));
  curve.high.push_back(entry.at("high"));
}

void add_if_any(Chart chart, std::vector<Chart>& charts) {
  std::erase_if(chart.curves, [](const Curve& curve) { return curve.x.empty(); });
  if (!chart.curves.empty()) charts.push_back(std::move(chart));
}

void add_thickness(const Json& evaluation, ReportContent& report) {
  const auto trained = evaluation.at("about").value("trained_thickness_nm", Json());
  std::optional<MarkedRange> marked;
  if (trained.is_array()) marked = MarkedRange{"trained", trained.at(0), trained.at(1)};
  ReportSection section{.title = "Over thickness",
                        .lead =
                            "The test families, and those held-out sets that lie outside the trained thicknesses "
                            "(shaded). The answers are judged even where the model declined to give them."};
  const auto chart = [&](const char* title, const char* y_name, std::vector<Curve> curves) {
    add_if_any({.title = title,
                .meaning = "Slices of the true thickness; the bands are 95 % intervals.",
                .x_name = "true thickness (nm)",
                .y_name = y_name,
                .curves = std::move(curves),
                .marked = marked},
               section.charts);
  };
  chart("Class", "share right",
        {measured_curve(evaluation, "class_accuracy_over_thickness", "class of four"),
         measured_curve(evaluation, "matched_over_thickness", "rough | diffuse of twins")});
  chart("Step depth", "mean error (nm)", {measured_curve(evaluation, "depth_error_over_thickness", "depth error")});
  chart("Abstention", "share of scans", {measured_curve(evaluation, "abstention_over_thickness", "abstains")});
  if (!section.charts.empty()) report.sections.push_back(std::move(section));
}

/// A measure over the doses of `blocks`; noise-free has no place on a logarithmic axis.
Curve over_dose(const Json& blocks, const std::string& measure, const std::string& name) {
  Curve curve{.name = name};
  for (const auto& [dose, block] : blocks.items())
    if (std::stod(dose) > 0 && block.contains(measure)) add_point(std::stod(dose), block.at(measure), curve);
  return curve;
}

std::string noise_free_in_words(const Json& doses, const char* measure) {
  if (!doses.contains("0") || !doses.at("0").contains(measure)) return "";
  return fmt::format(" Without noise: {:.3f}.", doses.at("0").at(measure).at("value").get<double>());
}

void add_doses(const Json& evaluation, ReportContent& report) {
  const auto doses = evaluation.value("by_dose", Json::object()), exact = evaluation.value("exact", Json::object());
  if (doses.size() < 2) return;
  ReportSection section{.title = "Over dose",
                        .lead =
                            "The test families detected with other numbers of electrons. The exact limit, where it "
                            "is drawn, is what no method can beat on its samples"};
  // A limit that knows the thickness answers an easier question than the network.
  const auto thickness = evaluation.value("exact_thickness", std::string());
  section.lead += thickness == "known" ? "; it is told the true thickness, the network is not." : ".";
  const auto chart = [&](const char* title, const char* measure, const char* y_name) {
    auto network = over_dose(doses, measure, "network"), limit = over_dose(exact, measure, "exact limit");
    limit.style = Curve::Style::dots;
    auto beside =
        over_dose(evaluation.value("beside_limit", Json::object()), measure, "network, on the limit's samples");
    add_if_any({.title = title,
                .meaning = "The band is the 95 % interval." + noise_free_in_words(doses, measure),
                .x_name = "electrons per pattern",
                .y_name = y_name,
                .curves = {std::move(network), std::move(beside), std::move(limit)},
                .x_axis = Chart::Axis::logarithmic},
               section.charts);
  };
  chart("Twins told apart", "rough_vs_diffuse_matched", "share right");
  chart("Class", "class_accuracy", "share right");
  chart("Step within one cell", "step_within_one_cell", "share of steps");
  chart("Step depth", "step_depth_mae_nm", "mean error (nm)");
  report.sections.push_back(std::move(section));
}

void add_held_out(const Json& evaluation, ReportContent& report) {
  const auto sets = evaluation.value("held_out", Json::object());
  if (sets.empty()) return;
  TextTable table{.title = "Sets", .columns = {"set"}};
  table.meaning =
      "The answers are judged even where the model declined to give them. Recognised: how often a scan of the set "
      "looks "
      "stranger to the model than one of the test families (AUROC); a coin reaches 0.5.";
  for (const auto& [measure, name] : compared) table.columns.push_back(name);
  table.columns.push_back("recognised");
  const auto add_row = [&](const std::string& name, const Json& block) {
    auto& row = table.rows.emplace_back(1, name + evidence(block));
    for (const auto& [measure, unused] : compared) row.push_back(with_interval(block, measure));
    row.push_back(with_interval(block, "out_of_domain_auroc"));
  };
  add_row("in range (test)", evaluation);
  for (const auto& [name, block] : sets.items()) add_row(words_of(name), block);
  report.sections.push_back({.title = "Held-out sets",
                             .lead = "Families of their own, with a range pushed outside that of training; " +
                                     dose_in_words(headline_dose(evaluation)) + ".",
                             .tables = {std::move(table)}});
}

void add_baselines(const Json& evaluation, ReportContent& report) {
  constexpr std::array<Named, 4> asked = {{{"rough_vs_diffuse", "rough | diffuse"},
                                           {"matched", "twins"},
                                           {"step_within_one_cell", "step ±1 cell"},
                                           {"step_depth_mae_nm", "depth error (nm)"}}};
  constexpr std::array<Named, 4> methods = {{{"baseline_projected_profile_", "projected profile"},
                                             {"baseline_dark_field_", "dark-field profile"},
                                             {"baseline_linear_", "principal components, linear discriminant"},
                                             {"baseline_dictionary_", "nearest in a dictionary of patterns"}}};
  TextTable table{.title = "Methods", .columns = {"method"}};
  table.meaning =
      "The same families and the same electrons for all; the methods beside the network learn from 2,000 samples at "
      "most. A dash: the method names no depth.";
  for (const auto& [unused, name] : asked) table.columns.push_back(name);
  auto& network = table.rows.emplace_back(1, "this network");
  for (const auto& [measure, unused] : asked)
    network.push_back(with_interval(
        evaluation, std::string_view(measure) == "matched" ? "rough_vs_diffuse_matched" : std::string(measure)));
  for (const auto& [prefix, name] : methods) {
    std::vector<std::string> row = {name};
    for (const auto& [measure, unused] : asked) row.push_back(with_interval(evaluation, std::string(prefix) + measure));
    if (row[1] != "–") table.rows.push_back(std::move(row));
  }
  if (table.rows.size() < 2) return;
  report.sections.push_back({.title = "Baselines",
                             .lead = "What simpler methods make of the same patterns, trained on the same families; " +
                                     dose_in_words(headline_dose(evaluation)) + ".",
                             .tables = {std::move(table)}});
}

void add_sanity(const Json& evaluation, ReportContent& report) {
  TextTable table{.title = "Twins told apart", .columns = {"network", "share right"}};
  table.meaning = "A coin reaches 0.5.";
  const auto add_row = [&](const Json& block, const char* measure, const char* name) {
    if (block.contains(measure)) table.rows.push_back({name, with_interval(block, measure)});
  };
  const auto sanity = evaluation.value("sanity", Json::object());
  add_row(evaluation, "twins_in_a_single_slice", "trained and judged on specimens projected into one slice");
  add_row(sanity, "totals_matched_at_10000", "sees the sum of each pattern alone, 10,000 electrons");
  add_row(sanity, "totals_matched_at_1000", "the same, 1,000 electrons");
  add_row(sanity, "shuffled_labels_matched", "learnt labels exchanged at random");
  if (table.rows.empty()) return;
  report.sections.push_back({.title = "What must fail",
                             .lead = "Networks that are kept from what should tell twins apart.",
                             .tables = {std::move(table)}});
}

}  // namespace

Curve measured_curve(const Json& evaluation, const std::string& name, const std::string& legend) {
  Curve curve{.name = legend};
  const auto curves = evaluation.value("curves", Json::object());
  if (!curves.contains(name)) return curve;
  for (const auto& point : curves.at(name).at("points")) add_point(point.at("middle"), point, curve);
  return curve;
}

void add_evaluation_sections(const Json& evaluation, ReportContent& report) {
  add_baselines(evaluation, report);
  add_doses(evaluation, report);
  add_thickness(evaluation, report);
  add_held_out(evaluation, report);
  add_sanity(evaluation, report);
}

}  // namespace terrace
