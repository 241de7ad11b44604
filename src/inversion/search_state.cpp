#include "inversion/search_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

/// A fit that leaves this many standard deviations more than noise does not explain the counts.
constexpr double explained_deviations = 5;

}  // namespace

SearchState::SearchState(const ForwardModel& model, const Observation& observed, const SearchEffort& effort,
                         const Progress& progress)
    : model_(model),
      observed_(observed),
      effort_(effort),
      progress_(progress),
      nuisances_(nuisances_of(model.recipe(), model.conditions())) {}

void SearchState::report(int percent) {
  percent_ = std::max(percent_, percent);
  if (progress_) progress_("trying structures", percent_, 100);
}

Fit SearchState::fitted(const Explanation& start, const FitEffort& effort, const Linearisation* earlier) const {
  return fit_parameters(model_, observed_, parameters(start.hypothesis), start, effort, earlier);
}

FitEffort SearchState::nearby() const {
  return {.renewed = FitEffort::Renewed::of_probe,
          .earlier_serves = true,
          .most_steps = 6,
          .ripple = FitEffort::Ripple::followed,
          .hopeless_below = hopeless(),
          .hope = 1.5};
}

std::vector<Parameter> SearchState::parameters(const Hypothesis& hypothesis) const {
  return parameters_of(model_.recipe(), model_.conditions(), hypothesis);
}

void SearchState::add(const Fit& fit) {
  if (fit.given_up) return;
  const auto all = parameters(fit.explanation.hypothesis);
  const double occam = log_occam(fit, all), evidence = fit.log_posterior + occam;
  candidates.add({.hypothesis = fit.explanation.hypothesis,
                  .log_evidence = evidence,
                  .fitted = true,
                  .log_occam = occam,
                  .continuous_numbers = static_cast<int>(all.size() - nuisances_.size())});
  if (!most_evident_ || evidence > most_evidence_of_fits_) most_evident_ = fit, most_evidence_of_fits_ = evidence;
  if (!best_ || fit.log_posterior > best_->log_posterior) best_ = fit;
}

Fit SearchState::at_next_thickness_if_better(Fit fit) const {
  const Tangent around(observed_, nuisances_, fit.linearisation);
  std::vector<Hypothesis> next;
  const int own = fit.explanation.hypothesis.thickness_cells;
  for (const int thickness : near_thicknesses(own)) {
    if (thickness == own) continue;
    next.push_back(fit.explanation.hypothesis);
    next.back().film_cells *= static_cast<double>(thickness) / next.back().thickness_cells;
    next.back().thickness_cells = thickness;
  }
  if (next.empty()) return fit;
  const auto best = scan(next, around).front();
  if (best.log_evidence <= fit.log_posterior) return fit;
  auto other = fitted({best.hypothesis, fit.explanation.circumstances}, nearby(), &fit.linearisation);
  return !other.given_up && other.log_posterior > fit.log_posterior ? std::move(other) : std::move(fit);
}

std::vector<Candidate> SearchState::scan(const std::vector<Hypothesis>& hypotheses, const Tangent& around) const {
  std::vector<Candidate> scored;
  if (hypotheses.empty()) return scored;
  std::vector<Explanation> explanations;
  for (const auto& hypothesis : hypotheses)
    explanations.push_back({hypothesis, around.linearisation().at.circumstances});
  const auto patterns = model_.expected(explanations);
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    scored.push_back({hypotheses[i], log_likelihood(observed_, patterns[i]) + log_prior(nuisances_, explanations[i]) +
                                         around.best_step(patterns[i], "thickness").gain});
  std::ranges::sort(scored, std::ranges::greater{}, &Candidate::log_evidence);
  return scored;
}

void SearchState::fit_if_interesting(const Candidate& scored) {
  if (scored.log_evidence < most_evidence() - effort_.interesting) return;
  add(fitted({scored.hypothesis, circumstances()}, nearby(), nuisance_part()));
  candidates.raise(scored, trusted_score_error);
}

void SearchState::take_tangent(const Fit& fit) { tangent_.emplace(observed_, nuisances_, fit.linearisation); }

std::vector<int> SearchState::near_thicknesses(int cells) const {
  const auto open = std::ranges::find(nuisances_, "thickness", &Parameter::name);
  if (open == nuisances_.end()) return {cells};
  std::vector<int> near = {cells - 1, cells, cells + 1};
  std::erase_if(near, [&](int one) { return one != cells && (one < open->least || one > open->most); });
  return near;
}

bool SearchState::is_explained() const {
  const auto fitted = std::ssize(parameters(best_->explanation.hypothesis));
  return goodness_of_fit(observed_, best_->expected, static_cast<int>(fitted)).deviations < explained_deviations;
}

Findings SearchState::findings() {
  Findings findings{candidates.all(), std::move(*most_evident_), {}, {}};
  findings.parameters = parameters(findings.best.explanation.hypothesis);
  findings.goodness = goodness_of_fit(observed_, findings.best.expected, std::ssize(findings.parameters));
  return findings;
}

/// Of the structure's own numbers, which come last in `all`: ln of the share of their prior's volume that the counts
/// leave; half of that for each one at a limit, and never more than all.
double SearchState::log_occam(const Fit& fit, const std::vector<Parameter>& all) const {
  if (all.size() == nuisances_.size()) return 0;
  double sum = Tangent(observed_, all, fit.linearisation).log_volume(nuisances_.size(), all.size());
  for (std::size_t i = nuisances_.size(); i < all.size(); ++i) {
    const double value = all[i].value(fit.explanation);
    sum -= log_prior_width(all[i]) + (value <= all[i].least || value >= all[i].most ? std::log(2.0) : 0);
  }
  return std::min(sum, 0.0);
}

}  // namespace terrace
