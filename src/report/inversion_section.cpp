#include "report/inversion_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/forecast_section.h"

namespace terrace {
namespace {

constexpr std::size_t most_rows = 12;

std::string step_text(int depth, int height) {
  return fmt::format("{} cells deep, {}", depth, height > 0 ? "substrate advances" : "film advances");
}

std::string structure_text(const Hypothesis& h) {
  std::string text = interface_class_names[static_cast<int>(h.interface_class)];
  if (h.has_step()) text += ": " + step_text(h.step_depth_cells, h.step_height_cells);
  if (h.second_step_depth_cells > 0) text += "; " + step_text(h.second_step_depth_cells, h.second_step_height_cells);
  if (h.has_width())
    text += fmt::format("; mixed over {:.2f} (A) and {:.2f} cells (B)", h.sigma_a_cells, h.sigma_b_cells);
  else if (h.interface_class == InterfaceClass::diffuse)
    text += fmt::format(": one cell mixed, {:.0f} % film", 100 * h.film_cells / h.thickness_cells);
  return text;
}

TextTable structures_table(const Inversion& inversion) {
  TextTable table{.title = "Structures, best first",
                  .meaning =
                      "ln evidence counts from the best fit; fitted: with circumstances of its own, else scored at "
                      "those of another.",
                  .columns = {"structure", "probability", "ln evidence", "thickness (cells)", "fitted"}};
  const double most = inversion.findings.candidates.front().log_evidence;
  for (const auto& [candidate, probability] : inversion.posterior) {
    if (table.rows.size() == most_rows) break;
    table.rows.push_back({structure_text(candidate.hypothesis), fmt::format("{:.3f}", probability),
                          fmt::format("{:.1f}", candidate.log_evidence - most),
                          fmt::format("{}", candidate.hypothesis.thickness_cells), candidate.fitted ? "yes" : "no"});
  }
  return table;
}

std::string expectation_text(const Parameter& p) {
  return std::isfinite(p.sigma) ? fmt::format("{:.3g} ± {:.2g}", p.expected, p.sigma)
                                : fmt::format("{:.3g} to {:.3g}", p.least, p.most);
}

TextTable circumstances_table(const Findings& findings) {
  TextTable table{.title = "Fitted with it",
                  .meaning = "Errors are the fit's own (Fisher information), everything else fitted as well.",
                  .columns = {"", "value", "error", "expected before", "unit"}};
  for (std::size_t i = 0; i < findings.parameters.size(); ++i) {
    const auto& p = findings.parameters[i];
    const double error = i < findings.best.errors.size() ? findings.best.errors[i] : NAN;
    table.rows.push_back({p.name, fmt::format("{:.4g}", p.value(findings.best.explanation)),
                          fmt::format("{:.2g}", error), expectation_text(p), p.unit});
  }
  return table;
}

TextTable forecast_table(const Inversion& inversion) {
  TextTable table{.title = "What the dose was to settle, and did",
                  .meaning = fmt::format(
                      "The best structure against the hardest of its kind. This scan has {:.4g} electrons a pattern; a "
                      "question is settled by an ln ratio of {:g}. A rival far behind is not fitted to its end: then "
                      "less was reached.",
                      inversion.observed.electrons_per_pattern, settling_ratio),
                  .columns = {"rival", "settled by (electrons)", "expected ln ratio", "reached"}};
  for (const auto& one : inversion.forecast)
    table.rows.push_back({name_of(one.question), dose_text(one.settling_electrons),
                          fmt::format("{:.1f} ± {:.1f}", one.expected_ratio, std::sqrt(2 * one.expected_ratio)),
                          one.reached_ratio ? fmt::format("{:.1f}", *one.reached_ratio) : "not tried"});
  return table;
}

/// Sum of (n − m) over the root of the sum of m, over what `place` puts together.
template <class Place>
Image residual_image(const Inversion& inversion, std::int64_t rows, std::int64_t columns, const Place& place) {
  Image difference({rows, columns}), expected({rows, columns});
  const auto& observed = inversion.observed;
  const auto electrons = static_cast<float>(observed.electrons_per_pattern);
  for (std::int64_t p = 0; p < observed.electrons.extent(0); ++p)
    for (std::int64_t i = 0; i < observed.electrons.extent(1); ++i) {
      if (!observed.compared(p, i)) continue;
      const float m = electrons * inversion.findings.best.expected(p, i);
      difference.data()[place(p, i)] += observed.electrons(p, i) - m;
      expected.data()[place(p, i)] += m;
    }
  for (std::int64_t i = 0; i < difference.size(); ++i)
    difference.data()[i] /= std::sqrt(std::max(expected.data()[i], 1.0f));
  return difference;
}

Chart depth_chart(const Prediction& answer) {
  Curve curve{.name = "posterior"};
  for (std::size_t i = 0; i < answer.depth_probability.size(); ++i) {
    curve.x.push_back(static_cast<double>(i) * answer.depth_bin_nm);
    curve.y.push_back(answer.depth_probability[i]);
  }
  return {.title = "Depth of the step",
          .meaning = "Probability of each cell, given a step.",
          .x_name = "depth (nm)",
          .y_name = "probability",
          .curves = {curve}};
}

}  // namespace

ReportSection inversion_section(const Inversion& inversion, const StandardGrid& grid) {
  const auto& goodness = inversion.findings.goodness;
  ReportSection section{
      .title = "Inversion",
      .lead = fmt::format("The best fit leaves {:.3f} times the noise of the counts ({:+.1f} standard "
                          "deviations from a perfect model), {:.2f} times in sums of neighbouring values.",
                          goodness.ratio, goodness.deviations, goodness.coherent)};
  section.tables = {structures_table(inversion), circumstances_table(inversion.findings)};
  if (!inversion.forecast.empty()) section.tables.insert(section.tables.begin() + 1, forecast_table(inversion));
  section.charts = {depth_chart(inversion.answer)};
  section.pictures = {
      {.caption = "Residual of each pixel, all positions together, in standard deviations",
       .image = residual_image(inversion, grid.pixels, grid.pixels, [](std::int64_t, std::int64_t i) { return i; })},
      {.caption = "Residual of each position, all pixels together, in standard deviations",
       .image = residual_image(inversion, grid.along, grid.across, [](std::int64_t p, std::int64_t) { return p; })}};
  return section;
}

FittedPatterns fitted_patterns(const Inversion& inversion, const StandardGrid& grid) {
  const std::array<std::int64_t, 4> shape = {grid.along, grid.across, grid.pixels, grid.pixels};
  FittedPatterns patterns{Array<float, 4>(shape), Array<float, 4>(shape)};
  const auto& observed = inversion.observed;
  const auto& expected = inversion.findings.best.expected;
  for (std::int64_t i = 0; i < expected.size(); ++i) {
    patterns.fitted.data()[i] = expected.data()[i];
    patterns.measured.data()[i] =
        observed.compared.data()[i] ? observed.electrons.data()[i] / static_cast<float>(observed.electrons_per_pattern)
                                    : expected.data()[i];
  }
  return patterns;
}

}  // namespace terrace
