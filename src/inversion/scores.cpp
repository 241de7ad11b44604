#include "inversion/scores.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace terrace {
namespace {

constexpr double settled_ratio = 5;

using Scores = std::map<std::string, double>;

bool is_rough(const Hypothesis& h) { return h.interface_class == InterfaceClass::rough; }
bool is_diffuse(const Hypothesis& h) { return h.interface_class == InterfaceClass::diffuse; }

void add_class_scores(const Posterior& posterior, const Hypothesis& truth, Scores& scores) {
  const bool right = most_probable_class(posterior) == truth.interface_class;
  scores["class_accuracy"] = right;
  if (truth.interface_class == InterfaceClass::abrupt) {
    scores["abrupt_recall"] = right;
    return;
  }
  const auto& p = posterior.class_probability;
  const double rough = p[static_cast<int>(InterfaceClass::rough)],
               diffuse = p[static_cast<int>(InterfaceClass::diffuse)];
  scores["rough_vs_diffuse_matched"] = (rough > diffuse) == is_rough(truth);
}

void add_step_scores(const Posterior& posterior, const Hypothesis& truth, double cell_nm, Scores& scores) {
  const int depth = truth.step_depth_cells, median = median_depth(posterior);
  const bool right_way = (posterior.step_height_probability_up >= 0.5) == (truth.step_height_cells > 0);
  const bool near_mirror = std::abs(median - (truth.thickness_cells - depth)) <= 1;
  scores["step_exact_cell"] = most_probable_depth(posterior) == depth;
  scores["step_within_one_cell"] = std::abs(depth_with_most_neighbours(posterior) - depth) <= 1;
  scores["step_depth_mae_nm"] = std::abs(median - depth) * cell_nm;
  scores["step_direction"] = right_way;
  scores["mirror_confusion"] = !right_way && std::abs(median - depth) > 1 && near_mirror;
}

/// Whether `h` is `truth` with its step in the next cell.
bool is_next_cell(const Hypothesis& h, const Hypothesis& truth) {
  return is_rough(h) && h.plane == truth.plane && h.step_height_cells == truth.step_height_cells &&
         std::abs(h.step_depth_cells - truth.step_depth_cells) == 1;
}

/// Whether `h` is `truth` seen from below: the same projection, reversed order.
bool is_mirror(const Hypothesis& h, const Hypothesis& truth) {
  return is_rough(h) && h.step_height_cells == -truth.step_height_cells &&
         h.plane == truth.plane + truth.step_height_cells &&
         h.step_depth_cells == truth.thickness_cells - truth.step_depth_cells;
}

}  // namespace

const std::vector<LimitMeasure>& limit_measures() {
  static const std::vector<LimitMeasure> measures = {
      {"rough_vs_diffuse_matched", "rough and diffuse twins of equal projection told apart; a coin would reach 0.5"},
      {"class_accuracy", "the right one of abrupt, rough, diffuse"},
      {"abrupt_recall", "abrupt interfaces that were called abrupt"},
      {"step_within_one_cell", "steps placed in the true cell or one of its neighbours"},
      {"step_exact_cell", "steps placed in the true cell"},
      {"step_depth_mae_nm", "mean distance of the median from the true depth, nm"},
      {"step_direction", "steps whose direction, up or down, was right"},
      {"mirror_confusion", "steps taken for their mirror image (thickness - depth, other direction)"},
  };
  return measures;
}

const std::vector<LimitMeasure>& settling_measures() {
  static const std::vector<LimitMeasure> measures = {
      {"rough_from_diffuse", "rough against its nearest diffuse rival, and diffuse against rough"},
      {"step_from_next_cell", "a step against one in the next cell"},
      {"step_from_mirror", "a step against its mirror image"},
  };
  return measures;
}

std::map<std::string, double> scores_of(const Posterior& posterior, const Hypothesis& truth, double cell_nm) {
  Scores scores;
  add_class_scores(posterior, truth, scores);
  if (is_rough(truth)) add_step_scores(posterior, truth, cell_nm, scores);
  return scores;
}

std::map<std::string, double> settling_electrons(std::span<const Hypothesis> hypotheses, const Hypothesis& truth,
                                                 std::span<const double> divergences) {
  Scores electrons;
  const auto add = [&](const char* name, const std::function<bool(const Hypothesis&)>& is_rival) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < hypotheses.size(); ++i)
      if (is_rival(hypotheses[i])) least = std::min(least, divergences[i]);
    if (least > 0 && std::isfinite(least)) electrons[name] = settled_ratio / least;
  };
  if (is_diffuse(truth)) add("rough_from_diffuse", is_rough);
  if (!is_rough(truth)) return electrons;
  add("rough_from_diffuse", is_diffuse);
  add("step_from_next_cell", [&](const Hypothesis& h) { return is_next_cell(h, truth); });
  add("step_from_mirror", [&](const Hypothesis& h) { return is_mirror(h, truth); });
  return electrons;
}

}  // namespace terrace
