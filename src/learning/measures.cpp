#include "learning/measures.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "dataset/bootstrap.h"
#include "learning/reliability.h"

namespace terrace {
namespace {

using Judge = std::function<double(const JudgedSample&)>;
using Choose = std::function<bool(const JudgedSample&)>;

bool all(const JudgedSample&) { return true; }
bool is_twin(const JudgedSample& s) { return s.origin.pair >= 0 && is_rough_or_diffuse(s); }

/// Collects measures over chosen samples; a measure without samples is left out.
class Table {
 public:
  explicit Table(std::span<const JudgedSample> judged) : judged_(judged) {}

  void add(const char* name, const char* meaning, const Choose& choose, const Judge& judge) {
    std::vector<Contribution> contributions;
    for (const auto& sample : judged_)
      if (choose(sample)) contributions.push_back({evidence_of(sample.origin), judge(sample)});
    if (!contributions.empty()) measures_.push_back(mean_over_families(name, meaning, contributions));
  }
  void add(Measure measure) { measures_.push_back(std::move(measure)); }
  std::vector<Measure> take() { return std::move(measures_); }

 private:
  std::span<const JudgedSample> judged_;
  std::vector<Measure> measures_;
};

void add_class_measures(Table& table) {
  table.add("rough_vs_diffuse", "rough and diffuse interfaces told apart; a coin would reach 0.5", is_rough_or_diffuse,
            rough_is_told_from_diffuse);
  table.add("rough_vs_diffuse_matched", "the same on twins with equal projections, which no projection tells apart",
            is_twin, rough_is_told_from_diffuse);
  table.add(
      "rough_vs_diffuse_random_cations", "the same where the diffuse interface is made of whole atoms at random",
      [](const auto& s) { return is_rough_or_diffuse(s) && s.origin.mixing == "random_cations"; },
      rough_is_told_from_diffuse);
  table.add("class_accuracy", "the right one of abrupt, rough, diffuse, both", all, class_is_right);
  table.add(
      "abrupt_recall", "abrupt interfaces that were called abrupt",
      [](const auto& s) { return s.labels.interface_class == InterfaceClass::abrupt; }, class_is_right);
}

/// Two steps or more are the last answer.
bool step_count_is_right(const JudgedSample& s) {
  const auto& p = s.prediction.step_count_probability;
  return std::ranges::max_element(p) - p.begin() == std::min<std::ptrdiff_t>(s.labels.step_count, std::ssize(p) - 1);
}

/// Steps in one part of the lamella, as shares of its thickness.
Choose step_between(double from, double to) {
  return [=](const JudgedSample& s) { return has_single_step(s) && step_place(s) >= from && step_place(s) < to; };
}

void add_step_measures(Table& table) {
  table.add("step_within_one_cell", "single steps placed in the true cell or one of its neighbours", has_single_step,
            [](const auto& s) { return depth_error_cells(s) <= 1; });
  table.add("step_exact_cell", "single steps placed in the true cell", has_single_step,
            [](const auto& s) { return depth_error_cells(s) == 0; });
  table.add("step_depth_mae_nm", "mean distance of the answered from the true depth of a single step, nm",
            has_single_step, depth_error_nm);
  table.add("step_depth_mae_near_entrance_nm", "the same for steps in the first third of the lamella",
            step_between(0, 1.0 / 3), depth_error_nm);
  table.add("step_depth_mae_middle_nm", "the same in its second third", step_between(1.0 / 3, 2.0 / 3), depth_error_nm);
  table.add("step_depth_mae_near_exit_nm", "the same in its last third", step_between(2.0 / 3, 2), depth_error_nm);
  table.add("step_count_accuracy", "scans whose number of steps, none, one or two, was right", all,
            step_count_is_right);
  table.add("step_direction", "single steps whose direction, up or down, was right", has_single_step,
            direction_is_right);
  table.add("mirror_confusion", "single steps taken for their mirror image (thickness - depth, other direction)",
            has_single_step, is_mirror_answer);
}

void add_width_measures(Table& table) {
  table.add("sigma_a_mae", "mean error of the width on the A site, cells", all,
            [](const auto& s) { return std::abs(s.prediction.sigma_a_cells - s.labels.sigma_a_cells); });
  table.add("sigma_b_mae", "mean error of the width on the B site, cells", all,
            [](const auto& s) { return std::abs(s.prediction.sigma_b_cells - s.labels.sigma_b_cells); });
}

void add_crystal_measures(Table& table) {
  table.add(
      "interface_offset_mae", "mean error of the mean boundary's place from the registered plane, cells", all,
      [](const auto& s) { return std::abs(s.prediction.interface_offset_cells - s.labels.interface_offset_cells); });
  table.add("film_cell_mae", "mean error of the film's cell across the interface, angstrom", all,
            [](const auto& s) { return std::abs(s.prediction.film_cell_angstrom - s.labels.film_cell_angstrom); });
  table.add("thickness_mae_nm", "mean error of the thickness, nm", all,
            [](const auto& s) { return std::abs(s.prediction.estimated_thickness_nm - s.labels.thickness_nm); });
  table.add("given_thickness_mae_nm", "mean error of the thickness that was given, nm", all,
            [](const auto& s) { return std::abs(s.conditions.thickness_nm - s.labels.thickness_nm); });
}

Measure calibration_measure(std::span<const JudgedSample> judged) {
  std::vector<Evidence> evidence;
  for (const auto& sample : judged) evidence.push_back(evidence_of(sample.origin));
  return statistic_over_families(
      "calibration_error", "mean difference between the confidence in the class and the share that was right", evidence,
      [&](std::span<const std::int64_t> drawn) { return expected_calibration_error(judged, drawn); });
}

void add_trust_measures(std::span<const JudgedSample> judged, Table& table) {
  if (!judged.empty()) table.add(calibration_measure(judged));
  table.add("depth_interval_coverage", "true depths inside the 90 % interval; 0.9 is right", has_single_step,
            interval_covers);
  table.add("depth_interval_width_nm", "mean width of the 90 % interval, nm", has_single_step,
            [](const auto& s) { return s.prediction.depth_high_nm - s.prediction.depth_low_nm; });
  table.add("abstention_share", "scans that the model declined to answer", all,
            [](const auto& s) { return s.prediction.abstains; });
}

std::vector<Contribution> strangeness(std::span<const JudgedSample> judged) {
  std::vector<Contribution> list;
  for (const auto& s : judged) list.push_back({evidence_of(s.origin), s.prediction.out_of_domain});
  return list;
}

}  // namespace

std::vector<Measure> measures_of(std::span<const JudgedSample> judged) {
  Table table(judged);
  add_class_measures(table);
  add_step_measures(table);
  add_width_measures(table);
  add_crystal_measures(table);
  add_trust_measures(judged, table);
  return table.take();
}

Measure recognition_of(std::span<const JudgedSample> known, std::span<const JudgedSample> strange) {
  return area_under_curve("out_of_domain_auroc",
                          "how often a scan of this set looks stranger than one of the test split; a coin reaches 0.5",
                          strangeness(known), strangeness(strange));
}

}  // namespace terrace
