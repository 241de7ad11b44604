#include "inversion/candidates.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace terrace {
bool alike(const Hypothesis& a, const Hypothesis& b) {
  return a.interface_class == b.interface_class && a.plane == b.plane && a.step_depth_cells == b.step_depth_cells &&
         a.step_height_cells == b.step_height_cells && a.second_step_depth_cells == b.second_step_depth_cells &&
         a.second_step_height_cells == b.second_step_height_cells && a.has_width() == b.has_width();
}

void Candidates::sort() { std::ranges::sort(all_, std::ranges::greater{}, &Candidate::log_evidence); }

std::vector<Candidate>::iterator Candidates::find(const Hypothesis& hypothesis) {
  return std::ranges::find_if(all_, [&](const Candidate& c) { return alike(c.hypothesis, hypothesis); });
}

Candidate Candidates::better_of_set_aside(const Candidate& candidate) {
  const auto aside =
      std::ranges::find_if(set_aside_, [&](const Candidate& c) { return alike(c.hypothesis, candidate.hypothesis); });
  if (aside == set_aside_.end()) return candidate;
  const Candidate earlier = *aside;
  set_aside_.erase(aside);
  return earlier.log_evidence > candidate.log_evidence ? earlier : candidate;
}

void Candidates::add(const Candidate& candidate) {
  const auto known = find(candidate.hypothesis);
  const auto better = candidate.fitted ? better_of_set_aside(candidate) : candidate;
  if (known == all_.end())
    all_.push_back(better);
  else if (better.fitted != known->fitted ? better.fitted : better.log_evidence > known->log_evidence)
    *known = better;
  sort();
}

void Candidates::raise(const Candidate& score, double trusted_error) {
  const auto known = find(score.hypothesis);
  if (known == all_.end() || !known->fitted) return add(score);
  if (score.log_evidence > known->log_evidence + trusted_error)
    set_aside_.push_back(std::exchange(*known, score));
  else
    known->log_evidence = std::max(known->log_evidence, score.log_evidence);
  sort();
}

void Candidates::drop_scores() {
  std::erase_if(all_, [](const Candidate& c) { return !c.fitted; });
  all_.insert(all_.end(), set_aside_.begin(), set_aside_.end());
  set_aside_.clear();
  sort();
}

std::optional<double> Candidates::take_score(const Hypothesis& hypothesis) {
  const auto scored =
      std::ranges::find_if(all_, [&](const Candidate& c) { return !c.fitted && alike(c.hypothesis, hypothesis); });
  if (scored == all_.end()) return std::nullopt;
  const double log_evidence = scored->log_evidence;
  all_.erase(scored);
  return log_evidence;
}

std::optional<Hypothesis> Candidates::best_fitted_step() const {
  const auto step = std::ranges::find_if(all_, [](const Candidate& c) {
    return c.fitted && c.hypothesis.has_step() && c.hypothesis.second_step_depth_cells <= 0;
  });
  return step == all_.end() ? std::nullopt : std::optional(step->hypothesis);
}

std::optional<Candidate> Candidates::best_fitted_profile() const {
  const auto profile =
      std::ranges::find_if(all_, [](const Candidate& c) { return c.fitted && c.hypothesis.has_width(); });
  return profile == all_.end() ? std::nullopt : std::optional(*profile);
}

}  // namespace terrace
