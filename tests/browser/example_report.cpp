// Writes a report with every part filled, for the browser test and for looking at: example_report FILE [prediction].
#include <cmath>
#include <cstdio>
#include <string>

#include "core/error.h"
#include "core/random.h"
#include "example_scan.h"
#include "report/prediction_map.h"
#include "report/registration_section.h"
#include "report/report.h"

namespace terrace {
namespace {

Prediction prediction() {
  Prediction p;
  p.class_probability = {0.02, 0.91, 0.04, 0.03};
  p.depth_probability.resize(51);
  double total = 0;
  for (int i = 0; i < 51; ++i)
    total += p.depth_probability[i] =
        std::exp(-0.5 * std::pow((i - 19.6) / 1.7, 2)) + 0.06 * std::exp(-0.5 * std::pow((i - 31) / 2.0, 2));
  for (double& share : p.depth_probability) share /= total;
  p.depth_nm = 7.9;
  p.depth_low_nm = 6.6;
  p.depth_high_nm = 12.1;
  p.depth_half_low_nm = 7.2;
  p.depth_half_high_nm = 8.5;
  p.step_height_probability_up = 0.93;
  p.sigma_a_cells = 0.2;
  p.sigma_a_error = 0.15;
  p.sigma_b_error = 0.1;
  p.thickness_nm = 19.9;
  p.covered_share = 0.94;
  p.out_of_domain = 0.41;
  p.reasons = {"6 % of the grid's positions lie outside the scan and were masked."};
  p.summary =
      "This interface has a step inside the specimen (91 % sure), about 7.9 nm below the entrance surface (90 %: 6.6 "
      "to "
      "12.1 nm); below the step the substrate reaches one cell further into the film.";
  return p;
}

/// Fourteen stretches: rough, then diffuse; the thickness rises; two give no answer.
std::vector<StretchPrediction> stretches() {
  std::vector<StretchPrediction> map;
  for (int i = 0; i < 14; ++i) {
    const double share = 0.94 - 0.9 / (1 + std::exp(9.5 - i));
    StretchPrediction stretch{13.2 * i, 13.2 * (i + 1), prediction()};
    auto& p = stretch.prediction;
    p.class_probability = {0.03, 0.95 * share, 0.97 - share, 0.05 * share};
    const double shift = 0.25 * i + 0.3 * std::sin(2.3 * i), width = 1 + 0.1 * i;
    p.depth_nm += shift;
    p.depth_low_nm = p.depth_nm - 1.4 * width, p.depth_high_nm = p.depth_nm + 2.2 * width;
    p.depth_half_low_nm = p.depth_nm - 0.6 * width, p.depth_half_high_nm = p.depth_nm + 0.7 * width;
    p.sigma_a_cells = 0.2 + 1.1 * (0.94 - share), p.sigma_b_cells = 0.1 + 0.6 * (0.94 - share);
    p.estimated_thickness_nm = 19.2 + 0.14 * i + 0.1 * std::sin(3.1 * i), p.estimated_thickness_error = 0.4;
    p.out_of_domain = 0.4 + 0.03 * i + (i == 5 || i == 6 ? 0.9 : 0);
    p.abstains = p.out_of_domain > 1;
    map.push_back(stretch);
  }
  return map;
}

std::vector<Measure> measures() {
  return {
      {"rough_vs_diffuse", 0.986, 0.971, 0.994, 4800, 1200, 96, "Share of rough and diffuse interfaces told apart."},
      {"rough_vs_diffuse_twins", 0.957, 0.921, 0.978, 1600, 400, 96,
       "The same on pairs with equal projected composition."},
      {"depth_within_one_cell", 0.931, 0.902, 0.952, 2400, 600, 96, "Step depth found to one cell (0.39 nm)."},
      {"depth_mean_error_nm", 0.31, 0.26, 0.38, 2400, 600, 96, "Mean absolute error of the step depth, in nm."},
      {"coverage_90", 0.894, 0.881, 0.907, 2400, 600, 96, "Share of 90 % intervals that hold the true depth."},
      {"projected_profile", 0.641, 0.612, 0.668, 4800, 1200, 96, "Baseline: the projected profile alone."}};
}

std::vector<DepthAnswer> depth_answers() {
  std::vector<DepthAnswer> answers;
  Random random(3);
  for (int i = 0; i < 400; ++i) {
    const double truth = 0.3905 * (3 + random.below(44)), width = 0.25 + 0.02 * truth;
    const double answer = std::max(0.2, truth + width * random.normal());
    answers.push_back({truth, answer, answer - 1.65 * width, answer + 1.65 * width});
  }
  return answers;
}

std::vector<ReliabilityBin> reliability() {
  std::vector<ReliabilityBin> bins;
  const long counts[] = {60, 95, 120, 160, 240, 410, 1315};
  for (int i = 0; i < 7; ++i) {
    const double confidence = 0.36 + 0.1 * i, right = confidence + 0.03 * std::sin(2.2 * i);
    const double error = 1.96 * std::sqrt(right * (1 - right) / counts[i]);
    bins.push_back({confidence, right, right - error, std::min(1.0, right + error), counts[i]});
  }
  return bins;
}

Chart learning_curve() {
  Curve train{.name = "training"}, held_out{.name = "held out"};
  for (int epoch = 1; epoch <= 60; ++epoch) {
    train.x.push_back(epoch);
    held_out.x.push_back(epoch);
    train.y.push_back(0.06 + 1.3 * std::exp(-epoch / 9.0) + 0.01 * std::sin(epoch * 1.7));
    held_out.y.push_back(0.13 + 1.25 * std::exp(-epoch / 10.0) + 0.015 * std::sin(epoch * 2.3));
  }
  return {"Learning", "Loss after each pass through the training data.", "epoch", "loss", {train, held_out}};
}

Chart thickness_curve() {
  Curve network{.name = "network"}, profile{.name = "projected profile"};
  for (int t = 5; t <= 40; t += 5) {
    for (auto* curve : {&network, &profile}) curve->x.push_back(t);
    network.y.push_back(0.985 - 0.00006 * (t - 18) * (t - 18));
    network.low.push_back(network.y.back() - 0.015);
    network.high.push_back(network.y.back() + 0.01);
    profile.y.push_back(0.6 + 0.001 * t);
    profile.low.push_back(profile.y.back() - 0.03);
    profile.high.push_back(profile.y.back() + 0.03);
  }
  return {"Thickness transfer", "Share of rough and diffuse told apart; trained on 10 to 30 nm.",
          "thickness (nm)",     "share right",
          {network, profile},   Chart::Axis::linear,
          Chart::Axis::linear,  MarkedRange{"trained", 10, 30}};
}

Chart dose_curve() {
  Curve limit{.name = "exact limit"}, network{.name = "network", .style = Curve::Style::dots};
  for (double dose = 100; dose <= 1e6; dose *= 2.1544) {
    limit.x.push_back(dose);
    limit.y.push_back(20 / std::sqrt(dose));
  }
  network.x = {300, 1000, 10000, 100000};
  network.y = {2.1, 1.2, 0.42, 0.3};
  return {"Depth error over dose", "The exact limit under the same nuisances, and this network.",
          "electrons per pattern", "depth error (nm)",
          {limit, network},        Chart::Axis::logarithmic,
          Chart::Axis::logarithmic};
}

TwinPatterns twins(double x_cells) {
  TwinPatterns pair{
      .caption = "Probe " + std::to_string(x_cells).substr(0, 4) + " cells past the plane; step 7.9 nm deep",
      .rough = Image({32, 32}),
      .diffuse = Image({32, 32})};
  fill_pattern(x_cells, 0.1, 0.42, 32, 2.5, pair.rough.span());
  fill_pattern(x_cells + 0.02, 0.1, 0.47, 32, 2.5, pair.diffuse.span());
  return pair;
}

Picture mean_picture(const Scan& scan, const std::string& caption, Picture::Scale scale) {
  Picture picture{caption, Image({scan.info().detector_height, scan.info().detector_width}), scale};
  scan.read(3, 5, picture.image.span());
  return picture;
}

/// Sixteen by two positions, the fit a little off where the film begins.
FittedPatterns fitted_patterns() {
  FittedPatterns fit{Array<float, 4>({2, 16, 24, 24}), Array<float, 4>({2, 16, 24, 24})};
  for (int row = 0; row < 2; ++row)
    for (int column = 0; column < 16; ++column) {
      const double x = column / 4.0 - 2, film = 0.5 * (1 + std::erf(x / 0.9));
      const auto at = [&](Array<float, 4>& patterns) { return patterns[row].subspan(column * 24 * 24, 24 * 24); };
      fill_pattern(x, 0.5 * row, film, 24, 3.4, at(fit.measured));
      fill_pattern(x, 0.5 * row, film + 0.1 * std::exp(-x * x), 24, 3.4, at(fit.fitted));
    }
  return fit;
}

ReportContent everything(const Scan& scan) {
  ReportContent content;
  content.title = "Example: LaAlO3 on SrTiO3";
  content.subtitle = "Invented numbers that show what a report looks like";
  content.prediction = prediction();
  content.scan = &scan;
  const auto map = stretches();
  content.map = map_section(map);
  content.fit = fitted_patterns();
  const auto registration = register_scan(scan, {});
  content.interface_line = interface_line(scan.info(), registration);
  content.registration = registration_section(scan.info(), registration);
  content.measures = measures();
  content.measures_note = "A step less than one cell from a surface, or a width below 0.3 cell, counts as abrupt.";
  content.confusion = ConfusionMatrix{{"abrupt", "rough", "diffuse", "both"},
                                      {{1165, 21, 12, 2}, {18, 1149, 22, 11}, {25, 31, 1120, 24}, {3, 46, 61, 1090}}};
  content.reliability = reliability();
  content.depths = depth_answers();
  content.learning_curve = learning_curve();
  content.charts = {thickness_curve(), dose_curve()};
  content.sections = {{.title = "Held-out sets",
                       .lead = "Families with one range pushed outside that of training.",
                       .tables = {{.title = "At 10,000 electrons a pattern",
                                   .columns = {"set", "rough | diffuse", "AUROC"},
                                   .rows = {{"thicker", "0.91", "0.97"}, {"tilted", "0.83", "0.99"}}}},
                       .charts = {dose_curve()},
                       .pictures = {mean_picture(scan, "A pattern of them", Picture::Scale::logarithmic)}}};
  content.twins = {twins(0.25), twins(0.75)};
  content.provenance = {
      {"program", {{"name", "terrace"}, {"version", "0.1.0"}}},
      {"microscope", {{"energy_kev", 200}, {"semiangle_mrad", 20}, {"defocus_nm", 0}}},
      {"recipe",
       {{"name", "quick"}, {"seed", 1}, {"text", "[family]\ncount = 96\n\n[specimen]\nthickness_nm = [10, 30]\n"}}},
      {"hostile", "</script><script>document.title = 'broken'</script>"}};
  return content;
}

ReportContent prediction_alone() {
  ReportContent content;
  content.title = "Prediction alone";
  content.prediction = prediction();
  content.prediction->class_probability = {0.05, 0.06, 0.72, 0.17};
  content.prediction->sigma_a_cells = 1.8;
  content.prediction->sigma_b_cells = 0.6;
  content.prediction->abstains = true;
  content.prediction->reasons = {
      "The patterns lie outside the training data (distance 1.8; 1 is its 99th percentile)."};
  content.prediction->summary = "No answer: these patterns are unlike the training data.";
  return content;
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  if (count < 2) return std::fputs("usage: example_report FILE [prediction]\n", stderr), 2;
  try {
    const terrace::ExampleScan scan(24, 48, 64);
    terrace::write_report(count > 2 ? terrace::prediction_alone() : terrace::everything(scan), arguments[1]);
  } catch (const terrace::Error& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
  }
}
