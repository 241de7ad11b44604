#include "report/prediction_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "registration/least_squares.h"

namespace terrace {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double middle_nm(const StretchPrediction& stretch) { return (stretch.from_angstrom + stretch.to_angstrom) / 20; }

double probability_of(const Prediction& p, InterfaceClass one, InterfaceClass other) {
  return p.class_probability[static_cast<int>(one)] + p.class_probability[static_cast<int>(other)];
}
bool step_is_likely(const Prediction& p) {
  return probability_of(p, InterfaceClass::rough, InterfaceClass::both) >= 0.5;
}

std::vector<const StretchPrediction*> answered(std::span<const StretchPrediction> map) {
  std::vector<const StretchPrediction*> stretches;
  for (const auto& stretch : map)
    if (!stretch.prediction.abstains) stretches.push_back(&stretch);
  return stretches;
}
using Answered = std::vector<const StretchPrediction*>;

/// Stretches of each class, and how many the probabilities expect, with the standard deviation if stretches were
/// independent.
struct ClassCount {
  int found = 0;
  double expected = 0, variance = 0;
};

std::array<ClassCount, 4> count_classes(const Answered& stretches) {
  std::array<ClassCount, 4> counts;
  for (const auto* stretch : stretches) {
    const auto& probability = stretch->prediction.class_probability;
    ++counts[std::ranges::max_element(probability) - probability.begin()].found;
    for (int i = 0; i < 4; ++i) {
      counts[i].expected += probability[i];
      counts[i].variance += probability[i] * (1 - probability[i]);
    }
  }
  return counts;
}

/// "Rough along 12 of 14 stretches (11.6 ± 0.9 by their probabilities), abrupt along 1."
std::string classes_in_words(const Answered& stretches, std::size_t all) {
  const auto counts = count_classes(stretches);
  std::array<int, 4> order = {0, 1, 2, 3};
  std::ranges::stable_sort(order, [&](int a, int b) { return counts[a].found > counts[b].found; });
  std::string text;
  for (const int i : order) {
    if (!counts[i].found) continue;
    const auto& name = interface_class_names[i];
    if (text.empty())
      text = fmt::format("{} along {} of {} stretches ({:.1f} ± {:.1f} by their probabilities)", name, counts[i].found,
                         all, counts[i].expected, std::sqrt(counts[i].variance));
    else
      text += fmt::format(", {} along {}", name, counts[i].found);
  }
  text[0] = static_cast<char>(std::toupper(text[0]));
  return text + ".";
}

std::string steps_in_words(const Answered& stretches) {
  std::vector<double> depths;
  double half_widths = 0;
  int up = 0;
  for (const auto* stretch : stretches) {
    const auto& p = stretch->prediction;
    if (!step_is_likely(p)) continue;
    depths.push_back(p.depth_nm);
    half_widths += (p.depth_high_nm - p.depth_low_nm) / 2;
    up += p.step_height_probability_up >= 0.5;
  }
  if (depths.empty()) return "";
  std::ranges::sort(depths);
  const auto steps = static_cast<int>(depths.size());
  const char* who = 2 * up >= steps ? "substrate" : "film";
  return fmt::format(
      " Where there is a step it lies {:.1f} to {:.1f} nm deep (median {:.1f}, each known to ± {:.1f} nm with 90 %); "
      "below it the {} advances along {} of {}.",
      depths.front(), depths.back(), depths[depths.size() / 2], half_widths / steps, who, std::max(up, steps - up),
      steps);
}

/// Change of the estimated thickness from end to end by a weighted straight line; error < 0 where nothing can be said.
struct Drift {
  double change_nm = 0, error_nm = -1;
};

Drift thickness_drift(const Answered& stretches) {
  if (stretches.size() < 3) return {};
  LeastSquares line(2);
  for (const auto* stretch : stretches) {
    const auto& p = stretch->prediction;
    line.add({1, middle_nm(*stretch)}, p.estimated_thickness_nm, 1 / std::pow(p.estimated_thickness_error + 1e-6, 2));
  }
  const auto fit = line.solve();
  if (fit.empty()) return {};
  const double length = middle_nm(*stretches.back()) - middle_nm(*stretches.front());
  return {fit[1] * length, std::sqrt(line.variances()[1]) * length};
}

std::string thickness_in_words(const Answered& stretches) {
  const auto drift = thickness_drift(stretches);
  if (drift.error_nm < 0) return "";
  const char* meaning = std::abs(drift.change_nm) > 2 * drift.error_nm ? "a wedge, or bending that passes for one"
                                                                       : "no more than its error, so no wedge is seen";
  return fmt::format(" The estimated thickness changes by {:+.1f} ± {:.1f} nm from end to end: {}.", drift.change_nm,
                     drift.error_nm, meaning);
}

using Value = std::function<double(const Prediction&)>;

/// A value over the position, with a band where `low` and `high` are given.
Curve curve_along(std::span<const StretchPrediction> map, const std::string& name, const Value& value,
                  const Value& low = {}, const Value& high = {}) {
  Curve curve{.name = name};
  for (const auto& stretch : map) {
    curve.x.push_back(middle_nm(stretch));
    curve.y.push_back(value(stretch.prediction));
    if (low) curve.low.push_back(low(stretch.prediction));
    if (high) curve.high.push_back(high(stretch.prediction));
  }
  return curve;
}

Curve with_error(std::span<const StretchPrediction> map, const std::string& name, double Prediction::*value,
                 double Prediction::*error) {
  return curve_along(
      map, name, [=](const auto& p) { return p.*value; }, [=](const auto& p) { return p.*value - p.*error; },
      [=](const auto& p) { return p.*value + p.*error; });
}

Chart chart_along(std::span<const StretchPrediction> map, const std::string& title, const std::string& meaning,
                  const std::string& y_name) {
  Chart chart{.title = title,
              .meaning = meaning,
              .x_name = "position along the interface (nm)",
              .y_name = y_name,
              .cursor = "map"};
  for (const auto& stretch : map)
    if (stretch.prediction.abstains)
      chart.withheld.push_back({"no answer", stretch.from_angstrom / 10, stretch.to_angstrom / 10});
  return chart;
}

Chart class_chart(std::span<const StretchPrediction> map) {
  auto chart = chart_along(map, "Class", "Probability of each class in each stretch.", "probability");
  for (int i = 0; i < 4; ++i)
    chart.curves.push_back(
        curve_along(map, interface_class_names[i], [i](const auto& p) { return p.class_probability[i]; }));
  return chart;
}

Chart depth_chart(std::span<const StretchPrediction> map) {
  auto chart = chart_along(
      map, "Step depth", "Below the entrance surface, where a step is likely (rough and both together at least 50 %).",
      "depth (nm)");
  chart.y_axis = Chart::Axis::downwards;
  const auto if_likely = [](double Prediction::*member) {
    return [member](const Prediction& p) { return step_is_likely(p) ? p.*member : nothing; };
  };
  const auto median = if_likely(&Prediction::depth_nm);
  chart.curves = {curve_along(map, "median, with the 50 % interval", median, if_likely(&Prediction::depth_half_low_nm),
                              if_likely(&Prediction::depth_half_high_nm)),
                  curve_along(map, "90 % interval", median, if_likely(&Prediction::depth_low_nm),
                              if_likely(&Prediction::depth_high_nm))};
  chart.curves[1].style = Curve::Style::band;
  return chart;
}

Chart thickness_chart(std::span<const StretchPrediction> map) {
  auto chart = chart_along(map, "Thickness", "Estimated from the patterns, with its standard error, and as given.",
                           "thickness (nm)");
  chart.curves = {
      with_error(map, "estimated", &Prediction::estimated_thickness_nm, &Prediction::estimated_thickness_error),
      curve_along(map, "given", [](const auto& p) { return p.thickness_nm; })};
  return chart;
}

Chart width_chart(std::span<const StretchPrediction> map) {
  auto chart = chart_along(map, "Cation mixing", "Widths of the profiles on both sites, with their standard errors.",
                           "width (cells)");
  chart.curves = {with_error(map, "A sites", &Prediction::sigma_a_cells, &Prediction::sigma_a_error),
                  with_error(map, "B sites", &Prediction::sigma_b_cells, &Prediction::sigma_b_error)};
  return chart;
}

Chart distance_chart(std::span<const StretchPrediction> map) {
  auto chart = chart_along(map, "Distance from training", "Above 1 the patterns are unlike all that was trained on.",
                           "distance");
  chart.curves = {curve_along(map, "distance", [](const auto& p) { return p.out_of_domain; }),
                  curve_along(map, "limit", [](const auto&) { return 1.0; })};
  return chart;
}

}  // namespace

std::string map_in_words(std::span<const StretchPrediction> map) {
  const auto stretches = answered(map);
  const auto withheld = map.size() - stretches.size();
  if (stretches.empty()) return fmt::format("None of the {} stretches is answered for.", map.size());
  std::string text = classes_in_words(stretches, map.size());
  if (withheld) text += fmt::format(" No answer along {}.", withheld);
  return text + steps_in_words(stretches) + thickness_in_words(stretches);
}

ReportSection map_section(std::span<const StretchPrediction> map) {
  return {.title = "Along the interface",
          .lead = map_in_words(map),
          .charts = {class_chart(map), depth_chart(map), thickness_chart(map), width_chart(map), distance_chart(map)}};
}

}  // namespace terrace
