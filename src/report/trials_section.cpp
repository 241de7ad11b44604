#include "report/trials_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "inversion/trial_measures.h"

namespace terrace {
namespace {

constexpr std::size_t most_groups = 3, least_in_group = 10;
/// What multislice electron ptychography resolves along the beam (Chen et al., Science 372 (2021) 826).
constexpr double ptychography_nm[] = {2, 3};

/// Trials of sources of about one size, and their measures at each dose.
struct Group {
  std::string name;
  std::vector<std::vector<Measure>> at_dose{};
};

Group group_of(std::string name, const std::vector<TrialOutcome>& outcomes, const std::vector<double>& doses) {
  Group group{std::move(name)};
  for (const double dose : doses) group.at_dose.push_back(measures_of(outcomes, dose));
  return group;
}

std::string range_text(const std::vector<double>& sources) {
  return fmt::format("source {:.2f} to {:.2f} Å", sources.front(), sources.back());
}

/// Every structure is tried at each dose with one source.
std::vector<Group> groups_of(const std::vector<TrialOutcome>& outcomes, const std::vector<double>& doses) {
  std::set<std::pair<std::int64_t, int>> structures;
  std::vector<double> sources;
  for (const auto& o : outcomes)
    if (structures.insert({o.trial.family, o.trial.sample}).second) sources.push_back(o.source_fwhm_angstrom);
  std::ranges::sort(sources);
  const auto count = std::clamp<std::size_t>(sources.size() / least_in_group, 1, most_groups);
  std::vector<Group> groups;
  for (std::size_t i = 0; i < count; ++i) {
    // Sources that are equal are in one group.
    const auto from = [&](std::size_t part) {
      const auto at = part * sources.size() / count;
      return at < sources.size() ? std::ranges::lower_bound(sources, sources[at]) : sources.end();
    };
    const auto first = from(i), last = from(i + 1);
    if (first == last) continue;
    const std::vector<double> own(first, last);
    std::vector<TrialOutcome> inside;
    for (const auto& o : outcomes)
      if (o.source_fwhm_angstrom >= own.front() && o.source_fwhm_angstrom <= own.back()) inside.push_back(o);
    groups.push_back(group_of(range_text(own), inside, doses));
  }
  return groups;
}

/// One measure of a group over dose; empty where no trial has a part in it.
Curve curve_of(const Group& group, const std::vector<double>& doses, const std::string& measure, std::string name,
               double unit = 1) {
  Curve curve{.name = std::move(name)};
  for (std::size_t i = 0; i < doses.size(); ++i)
    for (const auto& m : group.at_dose[i])
      if (m.name == measure) {
        curve.x.push_back(doses[i]);
        curve.y.push_back(unit * m.value);
        curve.low.push_back(unit * m.low);
        curve.high.push_back(unit * m.high);
      }
  return curve;
}

void add(Curve curve, Chart& chart) {
  if (!curve.x.empty()) chart.curves.push_back(std::move(curve));
}

Chart over_dose(std::string title, std::string meaning, std::string y_name) {
  return {.title = std::move(title),
          .meaning = std::move(meaning),
          .x_name = "electrons a pattern",
          .y_name = std::move(y_name),
          .x_axis = Chart::Axis::logarithmic};
}

/// The network's, where one was asked.
void add_network(const Group& all, const std::vector<double>& doses, const std::string& measure, Chart& chart,
                 double unit = 1) {
  add(curve_of(all, doses, "network_" + measure, "the network alone, " + all.name, unit), chart);
}

/// A share of right answers, with the best possible reader's as dots.
Chart beside_the_bound(const std::vector<Group>& groups, const Group& all, const std::vector<double>& doses,
                       Chart chart, const std::string& measure) {
  for (const auto& group : groups) {
    add(curve_of(group, doses, measure, group.name), chart);
    auto bound = curve_of(group, doses, measure + "_bound", group.name + ", the best possible");
    bound.low.clear();
    bound.high.clear();
    bound.style = Curve::Style::dots;
    add(std::move(bound), chart);
  }
  add_network(all, doses, measure, chart);
  return chart;
}

Chart distance_chart(const std::vector<Group>& groups, const Group& all, const std::vector<double>& doses,
                     double cell_nm) {
  auto chart = over_dose("Distance from the true cell",
                         "Mean over single steps; the band is what multislice ptychography resolves along the beam.",
                         "distance (nm)");
  for (const auto& group : groups) add(curve_of(group, doses, "depth_error_cells", group.name, cell_nm), chart);
  add_network(all, doses, "depth_error_cells", chart, cell_nm);
  Curve band{.name = "multislice ptychography", .x = doses, .style = Curve::Style::band};
  for ([[maybe_unused]] const double dose : doses) {
    band.y.push_back((ptychography_nm[0] + ptychography_nm[1]) / 2);
    band.low.push_back(ptychography_nm[0]);
    band.high.push_back(ptychography_nm[1]);
  }
  add(std::move(band), chart);
  return chart;
}

Chart trust_chart(const Group& all, const std::vector<double>& doses) {
  auto chart =
      over_dose("How far to trust it",
                "Steps inside their 90 % interval; answers sure and wrong; scans that no hypothesis fits.", "share");
  add(curve_of(all, doses, "coverage_90", "inside the 90 % interval"), chart);
  add(curve_of(all, doses, "false_confidence", "falsely confident"), chart);
  add(curve_of(all, doses, "abstained", "withheld"), chart);
  return chart;
}

TextTable table_of(const Group& group, const std::vector<double>& doses) {
  TextTable table{.title = group.name,
                  .meaning = "With intervals that resample families (95 %), and how many structures count.",
                  .columns = {"measure"}};
  for (const double dose : doses) table.columns.push_back(fmt::format("{:g} electrons", dose));
  for (const auto& first : group.at_dose.front()) {
    auto name = first.name;
    std::ranges::replace(name, '_', ' ');
    auto& row = table.rows.emplace_back(1, name + "\n" + first.meaning);
    for (const auto& at_dose : group.at_dose) {
      const auto m = std::ranges::find(at_dose, first.name, &Measure::name);
      row.push_back(
          m == at_dose.end() ? "–" : fmt::format("{:.3g}\n{:.3g} to {:.3g}, n = {}", m->value, m->low, m->high, m->n));
    }
  }
  return table;
}

}  // namespace

std::vector<ReportSection> trials_sections(const std::vector<TrialOutcome>& outcomes,
                                           const std::vector<double>& electrons_per_pattern, double cell_nm) {
  auto doses = electrons_per_pattern;
  std::ranges::sort(doses);
  const auto groups = groups_of(outcomes, doses);
  const Group all = group_of("all sources", outcomes, doses);
  ReportSection charts{
      .title = "How often the inversion is right",
      .lead =
          "Simulated scans of known truth, everything that the recipe leaves open drawn and fitted. Doses "
          "are electrons a pattern of the standard grid."};
  charts.charts = {
      beside_the_bound(groups, all, doses,
                       over_dose("The exact cell", "Single steps placed at their very cell.", "share"), "exact_cell"),
      beside_the_bound(
          groups, all, doses,
          over_dose("A step or its twin", "Steps and mixed cells of the same projection, told apart.", "share"),
          "rough_vs_twin"),
      distance_chart(groups, all, doses, cell_nm), trust_chart(all, doses)};
  ReportSection tables{.title = "All measures", .tables = {table_of(all, doses)}};
  if (groups.size() > 1)
    for (const auto& group : groups) tables.tables.push_back(table_of(group, doses));
  return {std::move(charts), std::move(tables)};
}

}  // namespace terrace
