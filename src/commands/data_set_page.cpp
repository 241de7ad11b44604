#include "commands/data_set_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "dataset/data_set.h"
#include "dataset/partial_name.h"
#include "report/report.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;
using Number = std::function<double(std::int64_t position)>;

constexpr int pictures_of_a_class = 2, bars = 24;

/// The study's own splits, then the held-out sets in the order of their samples.
std::vector<std::string> splits_of(const DataSet& data) {
  std::vector<std::string> splits = {"train", "calibration", "test"};
  for (std::int64_t i = 0; i < data.size(); ++i)
    if (std::ranges::find(splits, data.origin(i).split) == splits.end()) splits.push_back(data.origin(i).split);
  return splits;
}

TextTable splits_table(const DataSet& data, const Json& statistics) {
  TextTable table{.title = "Splits",
                  .meaning =
                      "A family is in one split only. Microscope states of a structure are samples, but no new "
                      "structures.",
                  .columns = {"split", "families", "structures", "samples"}};
  table.columns.insert(table.columns.end(), interface_class_names.begin(), interface_class_names.end());
  table.columns.insert(table.columns.end(), {"matched pairs", "random cations"});
  for (const auto& name : splits_of(data)) {
    const auto& split = statistics.at(name);
    std::vector<std::string> row = {name};
    for (const char* key : {"families", "structures", "samples"})
      row.push_back(fmt::format("{}", split.at(key).get<long>()));
    for (const char* key : interface_class_names) row.push_back(fmt::format("{}", split.at("classes").value(key, 0L)));
    row.push_back(fmt::format("{}", split.at("pairs").get<long>()));
    row.push_back(fmt::format("{:.0f} %", 100 * split.at("random_cation_share").get<double>()));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string drawn_in_words(const Json& split, const std::string& label) {
  const auto drawn = split.value("drawn", Json::object());
  if (!drawn.contains(label)) return "–";
  const auto& one = drawn.at(label);
  const double least = one.at("least"), most = one.at("most");
  if (least == most) return fmt::format("{:.3g}", least);
  return fmt::format("{:.3g}\n{:.3g} to {:.3g}", one.at("mean").get<double>(), least, most);
}

std::string words_of(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

TextTable ranges_table(const DataSet& data, const Json& statistics) {
  TextTable table{.title = "What was drawn",
                  .meaning = "Mean, least and most of every label, and of what is given beside the patterns.",
                  .columns = {"number"}};
  const auto splits = splits_of(data);
  table.columns.insert(table.columns.end(), splits.begin(), splits.end());
  std::map<std::string, bool> labels;
  for (const auto& split : splits)
    for (const auto& [label, unused] : statistics.at(split).at("drawn").items()) labels[label] = true;
  for (const auto& [label, unused] : labels) {
    auto& row = table.rows.emplace_back(1, words_of(label));
    for (const auto& split : splits) row.push_back(drawn_in_words(statistics.at(split), label));
  }
  return table;
}

/// What a histogram calls the samples of a split: all held-out sets are one there.
std::string kind_of(const std::string& split) {
  return split == "train" || split == "calibration" || split == "test" ? split : "held-out sets";
}

/// Counts in equal bars as a line over their middles, one for each kind of split; NaN is left out.
Chart histogram(const DataSet& data, const char* title, const char* x_name, const Number& number) {
  std::map<std::string, std::vector<double>> numbers;
  double least = 1e300, most = -1e300;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const double value = number(i);
    if (std::isnan(value)) continue;
    numbers[kind_of(data.origin(i).split)].push_back(value);
    least = std::min(least, value), most = std::max(most, value);
  }
  Chart chart{.title = title, .meaning = "Share of the samples of each kind.", .x_name = x_name, .y_name = "share"};
  const double width = most > least ? (most - least) / bars : 1;
  for (const char* name : {"train", "calibration", "test", "held-out sets"}) {
    const auto& values = numbers[name];
    if (values.empty()) continue;
    Curve curve{.name = name, .y = std::vector<double>(bars, 0)};
    for (int bar = 0; bar < bars; ++bar) curve.x.push_back(least + (bar + 0.5) * width);
    for (const double value : values)
      curve.y[std::min(bars - 1, static_cast<int>((value - least) / width))] += 1.0 / values.size();
    chart.curves.push_back(std::move(curve));
  }
  return chart;
}

std::vector<Chart> histograms(const DataSet& data) {
  const auto label = [&](auto member) {
    return [&data, member](std::int64_t i) { return static_cast<double>(data.labels(i).*member); };
  };
  const auto step_depth = [&](std::int64_t i) {
    return data.labels(i).step_count > 0 ? data.labels(i).step_depth_nm : std::nan("");
  };
  const auto step_place = [&](std::int64_t i) {
    const auto& labels = data.labels(i);
    return labels.step_count == 1 ? labels.step_depth_nm / labels.thickness_nm : std::nan("");
  };
  const auto width_of = [&](auto member) {
    return [&data, member](std::int64_t i) {
      const double width = data.labels(i).*member;
      return width > 0 ? width : std::nan("");
    };
  };
  std::vector<Chart> charts = {
      histogram(data, "Thickness", "true thickness (nm)", label(&Labels::thickness_nm)),
      histogram(data, "Step depth", "depth of the first step (nm)", step_depth),
      histogram(data, "Step in its lamella", "depth of a single step (share of the thickness)", step_place),
      histogram(data, "Width on A sites", "σ_A (cells), where there is mixing", width_of(&Labels::sigma_a_cells)),
      histogram(data, "Width on B sites", "σ_B (cells), where there is mixing", width_of(&Labels::sigma_b_cells))};
  std::erase_if(charts, [](const Chart& chart) { return chart.curves.empty(); });
  return charts;
}

Image mean_pattern(const Sample& sample) {
  const auto pixels = sample.patterns.extent(2);
  Image mean({pixels, pixels});
  const auto positions = sample.patterns.extent(0) * sample.patterns.extent(1);
  for (std::int64_t i = 0; i < sample.patterns.size(); ++i)
    mean.data()[i % mean.size()] += sample.patterns.data()[i] / static_cast<float>(positions);
  return mean;
}

enum class Field { bright, dark };

/// Intensity inside, or outside, the aperture at each position across, averaged along the interface.
Curve field_profile(const Sample& sample, const StandardGrid& grid, Field field, const std::string& name) {
  const double radius = grid.semiangle_in_pixels(sample.conditions.semiangle_mrad);
  Curve curve{.name = name};
  for (int column = 0; column < grid.across; ++column) {
    double sum = 0;
    for (int row = 0; row < grid.along; ++row)
      for (int y = 0; y < grid.pixels; ++y)
        for (int x = 0; x < grid.pixels; ++x) {
          const bool inside = std::hypot(y - grid.pixels / 2, x - grid.pixels / 2) <= 1.1 * radius;
          if (inside == (field == Field::bright)) sum += sample.patterns(row, column, y, x);
        }
    curve.x.push_back(grid.offset_x(column));
    curve.y.push_back(sum / grid.along);
  }
  return curve;
}

std::string caption_of(const Sample& sample) {
  const auto& l = sample.labels;
  std::string text =
      fmt::format("{}, {:.1f} nm thick", interface_class_names[static_cast<int>(l.interface_class)], l.thickness_nm);
  if (l.step_count > 0) text += fmt::format(", step at {:.1f} nm", l.step_depth_nm);
  if (l.sigma_a_cells > 0) text += fmt::format(", σ_A {:.1f}, σ_B {:.1f} cells", l.sigma_a_cells, l.sigma_b_cells);
  return text;
}

/// The first samples of each class, from different families as far as there are.
std::vector<std::int64_t> shown_samples(const DataSet& data) {
  std::vector<std::int64_t> shown;
  for (int found = 0; found < 4; ++found) {
    std::map<std::int64_t, std::int64_t> by_family;
    for (std::int64_t i = 0; i < data.size() && std::ssize(by_family) < pictures_of_a_class; ++i)
      if (static_cast<int>(data.labels(i).interface_class) == found && data.origin(i).split == "train")
        by_family.emplace(data.origin(i).family, i);
    for (const auto& [family, position] : by_family) shown.push_back(position);
  }
  return shown;
}

ReportSection samples_section(const DataSet& data) {
  ReportSection section{.title = "Some samples",
                        .lead =
                            "Mean patterns over all positions, and what the inside and the outside of the aperture "
                            "show across the interface (substrate left, film right); without noise."};
  Chart bright{.title = "Bright field", .x_name = "cells from the registered plane", .y_name = "share of the beam"};
  Chart dark = bright;
  dark.title = "Dark field";
  bright.meaning = "Inside the aperture; the first sample of each class.";
  dark.meaning = "Outside it.";
  std::map<InterfaceClass, bool> drawn;
  for (const auto position : shown_samples(data)) {
    const auto sample = data.read(position);
    section.pictures.push_back({caption_of(sample), mean_pattern(sample), Picture::Scale::logarithmic});
    if (std::exchange(drawn[sample.labels.interface_class], true)) continue;
    const std::string name = interface_class_names[static_cast<int>(sample.labels.interface_class)];
    bright.curves.push_back(field_profile(sample, data.grid(), Field::bright, name));
    dark.curves.push_back(field_profile(sample, data.grid(), Field::dark, name));
  }
  if (!drawn.empty()) section.charts = {std::move(bright), std::move(dark)};
  return section;
}

std::string size_in_words(const DataSet& data) {
  const auto& manifest = data.manifest();
  const auto& duplicates = manifest.at("statistics").at("duplicates");
  const auto& dose = manifest.at("recipe").at("detection").at("electrons_per_pattern");
  const std::string detection = dose.at(1).get<double>() > 0
                                    ? fmt::format("shown to networks with {:.0f} to {:.0f} electrons a pattern",
                                                  dose.at(0).get<double>(), dose.at(1).get<double>())
                                    : std::string("shown to networks without noise");
  return fmt::format(
      "{} samples in {} families, {}. Samples whose patterns equal an earlier one's bit by bit: {}, of which in "
      "another split: {}.",
      data.size(), manifest.at("families").get<long>(), detection, duplicates.at("samples").get<long>(),
      duplicates.at("between_splits").get<long>());
}

}  // namespace

void write_data_set_page(const std::filesystem::path& folder) {
  const DataSet data(folder);
  const auto& manifest = data.manifest();
  const auto& statistics = manifest.at("statistics");
  ReportContent report{.title = "Data set: " + manifest.at("recipe").at("study").at("name").get<std::string>(),
                       .subtitle = "recipe " + manifest.at("recipe_hash").get<std::string>()};
  report.sections = {
      {.title = "What it holds", .lead = size_in_words(data), .tables = {splits_table(data, statistics)}},
      samples_section(data),
      {.title = "Ranges",
       .lead = "Held-out sets lie outside on purpose.",
       .tables = {ranges_table(data, statistics)},
       .charts = histograms(data)}};
  report.provenance["recipe"] = manifest.at("recipe");
  // Two parts may end at the same moment: each writes a file of its own, and both hold the same bytes.
  const auto partial = own_partial_of(folder / "data.html");
  write_report(report, partial);
  std::filesystem::rename(partial, folder / "data.html");
}

}  // namespace terrace
