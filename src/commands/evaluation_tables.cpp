#include "commands/evaluation_tables.h"

#include <fmt/format.h>

namespace terrace {
namespace {

struct Column {
  const char* head;
  const char* measure;
};

constexpr std::array<Column, 7> columns = {{{"rough|diffuse", "rough_vs_diffuse"},
                                            {"twins", "rough_vs_diffuse_matched"},
                                            {"class", "class_accuracy"},
                                            {"+-1 cell", "step_within_one_cell"},
                                            {"depth/nm", "step_depth_mae_nm"},
                                            {"coverage", "depth_interval_coverage"},
                                            {"abstains", "abstention_share"}}};

std::string cell(const MeasureBlock& block, const char* name) {
  const auto* measure = find_measure(block.measures, name);
  return measure ? fmt::format("{:.3f}", measure->value) : "-";
}

void print_head(const char* what, int width) {
  fmt::print("\n{:<{}}", what, width);
  for (const auto& column : columns) fmt::print(" {:>13}", column.head);
}

void print_row(const std::string& name, const MeasureBlock& block, int width) {
  fmt::print("{:<{}}", name, width);
  for (const auto& column : columns) fmt::print(" {:>13}", cell(block, column.measure));
}

}  // namespace

void print_measures(const std::vector<Measure>& measures) {
  fmt::print("{:<42} {:>8}   {:<17} {:>6} {:>10} {:>8}\n", "measure", "value", "95 % interval", "n", "structures",
             "families");
  for (const auto& m : measures)
    fmt::print("{:<42} {:>8.4f}   {:.4f} … {:.4f}   {:>6} {:>10} {:>8}\n", m.name, m.value, m.low, m.high, m.n,
               m.structures, m.families);
}

void print_doses(const Evaluation& evaluation) {
  if (evaluation.by_dose.size() < 2) return;
  print_head("electrons", 12);
  fmt::print("\n");
  for (const auto& block : evaluation.by_dose) {
    print_row(block.name == "0" ? "noise-free" : block.name, block, 12);
    fmt::print("\n");
  }
}

void print_held_out(const Evaluation& evaluation) {
  if (evaluation.held_out.empty()) return;
  print_head("held out", 24);
  fmt::print(" {:>13}\n", "AUROC");
  for (const auto& block : evaluation.held_out) {
    print_row(block.name, block, 24);
    fmt::print(" {:>13}\n", cell(block, "out_of_domain_auroc"));
  }
}

}  // namespace terrace
