#include "learning/measures.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/random.h"
#include "dataset/bootstrap.h"

namespace terrace {
namespace {

using Judge = std::function<double(const JudgedSample&)>;
using Choose = std::function<bool(const JudgedSample&)>;

constexpr int confidence_bins = 10;

InterfaceClass truth(const JudgedSample& s) { return s.labels.interface_class; }
bool class_is_right(const JudgedSample& s) { return most_probable_class(s.prediction) == truth(s); }
bool stepped(const JudgedSample& s) { return has_step(s.labels); }
bool paired(const JudgedSample& s) { return s.origin.pair >= 0; }
bool rough_or_diffuse(const JudgedSample& s) {
  return truth(s) == InterfaceClass::rough || truth(s) == InterfaceClass::diffuse;
}

bool rough_told_from_diffuse(const JudgedSample& s) {
  const auto& p = s.prediction.class_probability;
  return (p[1] > p[2]) == (truth(s) == InterfaceClass::rough);
}

double confidence_of(const JudgedSample& s) { return *std::ranges::max_element(s.prediction.class_probability); }

int bin_of(double confidence) { return std::min(static_cast<int>(confidence * confidence_bins), confidence_bins - 1); }

/// Collects measures over chosen samples; a measure without samples is left out.
class Table {
 public:
  explicit Table(std::span<const JudgedSample> judged) : judged_(judged) {}

  void add(const char* name, const char* meaning, const Choose& choose, const Judge& judge) {
    std::vector<Contribution> contributions;
    for (const auto& sample : judged_)
      if (choose(sample)) contributions.push_back({sample.origin.family, judge(sample)});
    if (!contributions.empty()) measures_.push_back(mean_over_families(name, meaning, contributions));
  }
  void add(Measure measure) { measures_.push_back(std::move(measure)); }
  std::vector<Measure> take() { return std::move(measures_); }

 private:
  std::span<const JudgedSample> judged_;
  std::vector<Measure> measures_;
};

void add_class_measures(Table& table) {
  const auto all = [](const JudgedSample&) { return true; };
  table.add("rough_vs_diffuse", "rough and diffuse interfaces told apart; a coin would reach 0.5", rough_or_diffuse,
            rough_told_from_diffuse);
  table.add(
      "rough_vs_diffuse_matched", "the same on twins with equal projections, which no image can tell apart",
      [](const auto& s) { return paired(s) && rough_or_diffuse(s); }, rough_told_from_diffuse);
  table.add(
      "rough_vs_diffuse_random_cations", "the same where the diffuse interface is made of whole atoms at random",
      [](const auto& s) { return rough_or_diffuse(s) && s.origin.mixing == "random_cations"; },
      rough_told_from_diffuse);
  table.add("class_accuracy", "the right one of abrupt, rough, diffuse, both", all, class_is_right);
  table.add(
      "abrupt_recall", "abrupt interfaces that were called abrupt",
      [](const auto& s) { return truth(s) == InterfaceClass::abrupt; }, class_is_right);
}

void add_step_measures(Table& table) {
  table.add("step_within_one_cell", "steps placed in the true cell or one of its neighbours", stepped,
            [](const auto& s) { return depth_error_cells(s) <= 1; });
  table.add("step_exact_cell", "steps placed in the true cell", stepped,
            [](const auto& s) { return depth_error_cells(s) == 0; });
  table.add("step_depth_mae_nm", "mean distance of the answered from the true depth, nm", stepped,
            [](const auto& s) { return std::abs(s.prediction.depth_nm - s.labels.step_depth_nm); });
  table.add("step_direction", "steps whose direction, up or down, was right", stepped, [](const auto& s) {
    return (s.prediction.step_height_probability_up >= 0.5) == (s.labels.step_height_cells > 0);
  });
  table.add("mirror_confusion", "steps taken for their mirror image (thickness - depth, other direction)", stepped,
            is_mirror_answer);
  table.add("depth_interval_coverage", "true depths inside the 90 % interval; 0.9 is right", stepped, interval_covers);
  table.add("depth_interval_width_nm", "mean width of the 90 % interval, nm", stepped,
            [](const auto& s) { return s.prediction.depth_high_nm - s.prediction.depth_low_nm; });
}

void add_width_measures(Table& table) {
  const auto all = [](const JudgedSample&) { return true; };
  table.add("sigma_a_mae", "mean error of the width on the A site, cells", all,
            [](const auto& s) { return std::abs(s.prediction.sigma_a_cells - s.labels.sigma_a_cells); });
  table.add("sigma_b_mae", "mean error of the width on the B site, cells", all,
            [](const auto& s) { return std::abs(s.prediction.sigma_b_cells - s.labels.sigma_b_cells); });
}

Measure calibration_measure(std::span<const JudgedSample> judged) {
  std::vector<std::int64_t> families;
  for (const auto& sample : judged) families.push_back(sample.origin.family);
  return statistic_over_families(
      "calibration_error", "mean difference between the confidence in the class and the share that was right", families,
      [&](std::span<const std::int64_t> drawn) { return expected_calibration_error(judged, drawn); });
}

}  // namespace

std::vector<Measure> measures_of(std::span<const JudgedSample> judged) {
  Table table(judged);
  add_class_measures(table);
  add_step_measures(table);
  add_width_measures(table);
  if (!judged.empty()) table.add(calibration_measure(judged));
  table.add(
      "abstention_share", "scans that the model declined to answer", [](const auto&) { return true; },
      [](const auto& s) { return s.prediction.abstains; });
  return table.take();
}

std::vector<ConfidenceBin> reliability_of(std::span<const JudgedSample> judged) {
  std::vector<ConfidenceBin> bins;
  for (int bin = 0; bin < confidence_bins; ++bin) {
    std::vector<Contribution> right;
    double confidence = 0;
    for (const auto& sample : judged) {
      if (bin_of(confidence_of(sample)) != bin) continue;
      confidence += confidence_of(sample);
      right.push_back({sample.origin.family, class_is_right(sample) ? 1.0 : 0.0});
    }
    if (right.empty()) continue;
    const auto share = mean_over_families("", "", right);
    bins.push_back({confidence / right.size(), share.value, share.low, share.high, share.n});
  }
  return bins;
}

double expected_calibration_error(std::span<const JudgedSample> judged, std::span<const std::int64_t> positions) {
  std::array<double, confidence_bins> excess{};
  for (const auto position : positions) {
    const double confidence = confidence_of(judged[position]);
    excess[bin_of(confidence)] += confidence - (class_is_right(judged[position]) ? 1 : 0);
  }
  double sum = 0;
  for (const double value : excess) sum += std::abs(value);
  return sum / static_cast<double>(positions.size());
}

bool interval_covers(const JudgedSample& s) {
  const auto& p = s.prediction;
  const double place = Random(0x706c616365, {static_cast<std::uint64_t>(s.origin.index)}).uniform() - 0.5;
  const double spread = std::max(0.0, (std::round(s.labels.step_depth_cells) + place) * p.depth_bin_nm);
  return spread >= p.depth_low_nm && spread <= p.depth_high_nm;
}

long depth_error_cells(const JudgedSample& s) {
  return std::abs(std::lround(s.prediction.depth_nm / s.prediction.depth_bin_nm) -
                  std::lround(s.labels.step_depth_cells));
}

bool is_mirror_answer(const JudgedSample& s) {
  const auto& p = s.prediction;
  const bool wrong_way = (p.step_height_probability_up >= 0.5) != (s.labels.step_height_cells > 0);
  const double mirrored = s.conditions.thickness_nm - s.labels.step_depth_nm;
  return wrong_way && depth_error_cells(s) > 1 && std::abs(p.depth_nm - mirrored) < 1.5 * p.depth_bin_nm;
}

}  // namespace terrace
