#include "inversion/search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "inversion/steps_near.h"

namespace terrace {
namespace {

constexpr int first_look_steps = 2;
/// A share of film nearer to 0 or 1 than this may belong to the next column.
constexpr double share_at_the_end = 0.04;
/// Fits of a profile begin at the best of these. In the narrowest, neighbouring columns still project as film alone,
/// which what milling made of them depends on (specimen/build.cpp): a fit does not come across that.
constexpr std::array first_widths_cells = {0.2, 0.5};
/// A mixed cell that others are to be scored around is fitted until a step promises less.
constexpr double enough_to_start = 3;
constexpr int most_fits = 6, most_looks = 3;
/// A fit that comes as near as this to what its score said bears out those of its neighbours.
constexpr double trusted_score_error = 1;
/// In log-evidence: one in a thousand.
constexpr double out_of_the_question = 7;
/// In cells: within it lies one step of each depth and direction, which is what a step's prior counts.
constexpr double most_boundary_distance = 0.5;

class Search {
 public:
  Search(const ForwardModel& model, const Observation& observed, const SearchEffort& effort, const Progress& progress)
      : model_(model),
        observed_(observed),
        effort_(effort),
        progress_(progress),
        nuisances_(nuisances_of(model.recipe(), model.conditions())) {}

  Findings run() {
    report(0);
    find_mean_boundary();
    report(40);
    look_for_one_step();
    confirm();
    report(65);
    if (effort_.two_step_depths > 0) look_for_two_steps();
    report(80);
    finish_mixed_cell();
    look_for_profiles();
    look_for_abrupt();
    look_again_if_the_boundary_has_moved();
    report(100);
    return findings();
  }

 private:
  /// Shares of the usual time.
  void report(int percent) {
    percent_ = std::max(percent_, percent);
    if (progress_) progress_("trying structures", percent_, 100);
  }

  // 1. The mixed cell.

  void find_mean_boundary() {
    const int thickness = known_thickness();
    Fit best;
    for (const int plane : {-1, 0}) {
      const Hypothesis mixed{.interface_class = InterfaceClass::diffuse,
                             .thickness_cells = thickness,
                             .plane = plane,
                             .film_cells = thickness / 2.0};
      auto fit = first_look({mixed, expected_circumstances(model_.recipe(), model_.conditions())});
      if (plane == -1 || fit.log_posterior > best.log_posterior) best = std::move(fit);
      report(plane == -1 ? 8 : 16);
    }
    best = fitted(best.explanation, from_afar(12), nullptr);
    mixed_ = at_next_column_if_better(std::move(best));
    add(mixed_);
    take_tangent(mixed_);
  }

  /// The mixed cell that projects like what the tangent is of.
  Hypothesis twin_here() const {
    const double boundary = boundary_here(), plane = std::floor(boundary);
    return {.interface_class = InterfaceClass::diffuse,
            .thickness_cells = best_thickness(),
            .plane = static_cast<int>(plane),
            .film_cells = (1 - (boundary - plane)) * best_thickness()};
  }

  /// To its end, if it may yet be the answer: from afar it may have stopped in another valley (as far as 260 below the
  /// truth), so it begins anew beside the best step.
  void finish_mixed_cell() {
    auto twin = fitted({twin_here(), circumstances()}, nearby(), nuisance_part());
    if (twin.log_posterior > mixed_.log_posterior) mixed_ = std::move(twin);
    if (mixed_.log_posterior + 2 * enough_to_start < hopeless()) return;
    mixed_ = at_next_thickness_if_better(fitted(mixed_.explanation, {}, &mixed_.linearisation));
    add(mixed_);
    if (candidates_.best().hypothesis.interface_class == InterfaceClass::diffuse) take_tangent(mixed_);
  }

  /// A few steps without what needs a propagation each and says little from afar: film cell, B factors, milling.
  Fit first_look(const Explanation& start) const {
    auto few = parameters(start.hypothesis);
    std::erase_if(few, [](const Parameter& p) {
      return p.reach == Reach::specimen && p.name != "thickness" && p.name != "film in the mixed cell";
    });
    return fit_parameters(model_, observed_, few, start,
                          {.renewed = FitEffort::Renewed::of_probe,
                           .most_steps = first_look_steps,
                           .ripple = FitEffort::Ripple::smoothed},
                          nullptr);
  }

  /// Near enough to score others around.
  static FitEffort from_afar(int most_steps) {
    return {.most_steps = most_steps, .ripple = FitEffort::Ripple::smoothed, .least_gain = enough_to_start};
  }

  int known_thickness() const {
    const double cell_nm = model_.recipe().substrate.cell_angstrom / 10;
    return std::max(4, static_cast<int>(std::lround(model_.conditions().thickness_nm / cell_nm)));
  }

  Fit at_next_column_if_better(Fit fit) const {
    auto next = fit.explanation;
    auto& h = next.hypothesis;
    const double share = h.film_cells / h.thickness_cells;
    if (share > share_at_the_end && share < 1 - share_at_the_end) return fit;
    h.plane += share < 0.5 ? 1 : -1;
    h.film_cells = (share < 0.5 ? 0.9 : 0.1) * h.thickness_cells;
    auto effort = from_afar(6);
    effort.hopeless_below = fit.log_posterior;
    auto other = fitted(next, effort, &fit.linearisation);
    return other.log_posterior > fit.log_posterior ? std::move(other) : std::move(fit);
  }

  /// Few electrons leave the thickness open, and a fit may be held a cell beside its best one.
  Fit at_next_thickness_if_better(Fit fit) const {
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

  // 2. One step.

  void look_for_one_step() {
    const double boundary = boundary_here(), tolerance = boundary_tolerance();
    for (const auto& scored : scored_steps(boundary, tolerance)) candidates_.add(scored);
    // The first one comes from a mixed cell and from afar.
    auto ripple = FitEffort::Ripple::smoothed_then_followed;
    if (const auto suggested = suggested_step(boundary, tolerance))
      fit_step(*suggested, std::exchange(ripple, FitEffort::Ripple::followed));
    fit_until_the_best_stays(ripple);
  }

  /// A score may promise more than a fit keeps, so whatever comes first is fitted until what comes first has been.
  void fit_until_the_best_stays(FitEffort::Ripple ripple) {
    for (int fits = 0; fits < most_fits && !candidates_.best().fitted; ++fits)
      fit_step(Hypothesis(candidates_.best().hypothesis), std::exchange(ripple, FitEffort::Ripple::followed));
  }

  /// Of the candidates; what its fit shows better than all before, and not as its score said, is looked around from.
  void fit_step(const Hypothesis& step, FitEffort::Ripple ripple) {
    report(std::min(40 + 3 * steps_fitted_++, 62));
    const double before = best_->log_posterior;
    const FitEffort effort{.renewed = FitEffort::Renewed::of_probe,
                           .earlier_serves = ripple == FitEffort::Ripple::followed,
                           .most_steps = 6,
                           .ripple = ripple,
                           .hopeless_below = hopeless()};
    const auto fit = fitted({step, circumstances()}, effort, nuisance_part());
    const auto score = candidates_.take_score(step);
    const bool as_scored = score && std::abs(*score - fit.log_posterior) < trusted_score_error;
    add(fit);
    if (fit.given_up || fit.log_posterior <= before) return;
    take_tangent(fit);
    if (as_scored) return;
    candidates_.drop_scores();
    for (const auto& scored : scored_steps(boundary_here(), 2.5 / best_thickness())) candidates_.add(scored);
  }

  /// Fits that were spared derivatives may end short of their best, most of all where no structure is right (as far as
  /// 20 below it). The best one goes on by new ones, and there all steps are scored once more: such scores came within
  /// 0.3 of what fits to their end did, where spared ones were off by 3 either way.
  void confirm() {
    for (int looks = 0; looks < most_looks; ++looks) {
      const double before = best_->log_posterior;
      const auto fit = fitted(best_->explanation, {.most_steps = 6, .ripple = FitEffort::Ripple::followed}, nullptr);
      add(fit);
      if (fit.log_posterior >= before) take_tangent(fit);
      candidates_.drop_scores();
      for (const auto& scored : scored_steps_of_near_thicknesses()) candidates_.raise(scored, trusted_score_error);
      if (candidates_.best().fitted || looks + 1 == most_looks) return;
      fit_until_the_best_stays(FitEffort::Ripple::followed);
    }
  }

  std::vector<Candidate> scored_steps(double boundary, double tolerance) {
    scored_boundary_ = boundary;
    return scan(steps_near(boundary, tolerance, best_thickness()));
  }

  /// The thickness of a fit may be a cell off, and steps beside its own be better at another, where it is open. Few
  /// electrons leave the mean boundary open, too: farther and farther steps are scored, until the farthest ones are out
  /// of the question.
  std::vector<Candidate> scored_steps_of_near_thicknesses() {
    scored_boundary_ = boundary_here();
    std::vector<Candidate> scored;
    double nearest = -1, farthest = boundary_tolerance();
    do {
      const auto ring = scan(steps_of_near_thicknesses(nearest, farthest));
      scored.insert(scored.end(), ring.begin(), ring.end());
      nearest = std::exchange(farthest, std::min(2 * farthest, most_boundary_distance));
    } while (nearest < most_boundary_distance && !is_settled(scored));
    return scored;
  }

  /// Farther than `nearest` from the mean boundary here, and no farther than `farthest`.
  std::vector<Hypothesis> steps_of_near_thicknesses(double nearest, double farthest) const {
    std::vector<Hypothesis> steps;
    for (const int thickness : near_thicknesses(best_thickness()))
      for (const auto& step : steps_near(scored_boundary_, farthest, thickness))
        if (std::abs(mean_boundary(step) - scored_boundary_) > nearest) steps.push_back(step);
    return steps;
  }

  /// Whether the farthest steps on either side are far behind.
  bool is_settled(const std::vector<Candidate>& scored) const {
    double most = most_evidence();
    for (const auto& step : scored) most = std::max(most, step.log_evidence);
    for (const int side : {-1, 1}) {
      const auto distance = [&](const Candidate& c) { return side * (mean_boundary(c.hypothesis) - scored_boundary_); };
      double farthest = 0;
      for (const auto& step : scored) farthest = std::max(farthest, distance(step));
      for (const auto& step : scored)
        if (distance(step) > farthest - 1.0 / best_thickness() && step.log_evidence > most - out_of_the_question)
          return false;
    }
    return true;
  }

  double boundary_tolerance() const { return std::max(effort_.boundary_tolerance_cells, 3.0 / best_thickness()); }

  /// What came later may be better, and lie elsewhere than where steps were tried.
  void look_again_if_the_boundary_has_moved() {
    const double boundary = mean_boundary(best_->explanation.hypothesis);
    if (std::abs(boundary - scored_boundary_) <= boundary_tolerance() / 2) return;
    take_tangent(*best_);
    candidates_.drop_scores();
    look_for_one_step();
    confirm();
    if (effort_.two_step_depths > 0) look_for_two_steps();
    look_for_abrupt();
  }

  /// In the column that lets it have the mean boundary, if one does.
  std::optional<Hypothesis> suggested_step(double boundary, double tolerance) const {
    if (!effort_.suggested) return std::nullopt;
    Hypothesis step = *effort_.suggested;
    step.thickness_cells = best_thickness();
    if (step.step_depth_cells < 1 || step.step_depth_cells >= step.thickness_cells) return std::nullopt;
    step.plane = static_cast<int>(std::lround(boundary - mean_boundary(step)));
    if (std::abs(mean_boundary(step) - boundary) > tolerance) return std::nullopt;
    return step;
  }

  // 3. Two steps, profiles, no step.

  void look_for_two_steps() {
    auto scanned = scan(pairs_near(boundary_here(), effort_.two_step_depths, best_thickness()));
    if (scanned.empty()) return;
    auto best = scanned.front();
    for (const auto& candidate : scanned) candidates_.add(candidate);
    while (best.log_evidence > hopeless()) {
      scanned = scan(neighbours_of_pair(best.hypothesis));
      for (const auto& candidate : scanned) candidates_.add(candidate);
      if (scanned.empty() || scanned.front().log_evidence <= best.log_evidence) break;
      best = scanned.front();
    }
    fit_if_interesting(best);
  }

  void look_for_profiles() {
    const double boundary = boundary_here();
    Hypothesis profile{.interface_class = InterfaceClass::diffuse,
                       .thickness_cells = best_thickness(),
                       .plane = static_cast<int>(std::lround(boundary))};
    profile.shift_cells = boundary - profile.plane;
    fit_widths(profile);
    auto both = candidates_.best_fitted_step();
    if (!both) return;
    both->interface_class = InterfaceClass::both;
    fit_widths(*both);
  }

  void fit_widths(Hypothesis profile) {
    std::vector<Hypothesis> starts;
    for (const double width : first_widths_cells) {
      profile.sigma_a_cells = profile.sigma_b_cells = width;
      starts.push_back(profile);
    }
    auto fit = fitted({scan(starts).front().hypothesis, circumstances()}, nearby(), nuisance_part());
    if (!profile.has_step() && !fit.given_up) fit = at_next_thickness_if_better(std::move(fit));
    add(fit);
  }

  void look_for_abrupt() {
    const int plane = static_cast<int>(std::lround(boundary_here()));
    std::vector<Hypothesis> planes;
    for (const int thickness : near_thicknesses(best_thickness()))
      planes.push_back({.thickness_cells = thickness, .plane = plane});
    const auto abrupt = scan(planes).front();
    candidates_.add(abrupt);
    fit_if_interesting(abrupt);
  }

  // Scores and bookkeeping.

  /// The score is as good as the fit, and both may be short of the best.
  void fit_if_interesting(const Candidate& scored) {
    if (scored.log_evidence < most_evidence() - effort_.interesting) return;
    add(fitted({scored.hypothesis, circumstances()}, nearby(), nuisance_part()));
    candidates_.raise(scored, trusted_score_error);
  }

  /// By efficient score at the tangent's circumstances, each at its own thickness, best first.
  std::vector<Candidate> scan(const std::vector<Hypothesis>& hypotheses) const { return scan(hypotheses, *tangent_); }

  std::vector<Candidate> scan(const std::vector<Hypothesis>& hypotheses, const Tangent& around) const {
    std::vector<Candidate> candidates;
    if (hypotheses.empty()) return candidates;
    std::vector<Explanation> explanations;
    const auto& circumstances = around.linearisation().at.circumstances;
    for (const auto& hypothesis : hypotheses) explanations.push_back({hypothesis, circumstances});
    const auto patterns = model_.expected(explanations);
    for (std::size_t i = 0; i < hypotheses.size(); ++i)
      candidates.push_back({hypotheses[i], log_likelihood(observed_, patterns[i]) +
                                               log_prior(nuisances_, explanations[i]) +
                                               around.best_step(patterns[i], "thickness").gain});
    std::ranges::sort(candidates, std::ranges::greater{}, &Candidate::log_evidence);
    return candidates;
  }

  /// From circumstances that nearly fit.
  FitEffort nearby() const {
    return {.renewed = FitEffort::Renewed::of_probe,
            .earlier_serves = true,
            .most_steps = 6,
            .ripple = FitEffort::Ripple::followed,
            .hopeless_below = hopeless(),
            .hope = 1.5};
  }

  Fit fitted(const Explanation& start, const FitEffort& effort, const Linearisation* earlier) const {
    return fit_parameters(model_, observed_, parameters(start.hypothesis), start, effort, earlier);
  }

  std::vector<Parameter> parameters(const Hypothesis& hypothesis) const {
    return parameters_of(model_.recipe(), model_.conditions(), hypothesis);
  }

  /// Of the structure's own numbers, which come last in `all`: ln of the share of their prior's volume that the counts
  /// leave; half of that for each one at a limit, and never more than all.
  double log_occam(const Fit& fit, const std::vector<Parameter>& all) const {
    if (all.size() == nuisances_.size()) return 0;
    double sum = Tangent(observed_, all, fit.linearisation).log_volume(nuisances_.size(), all.size());
    for (std::size_t i = nuisances_.size(); i < all.size(); ++i) {
      const double value = all[i].value(fit.explanation);
      sum -= log_prior_width(all[i]) + (value <= all[i].least || value >= all[i].most ? std::log(2.0) : 0);
    }
    return std::min(sum, 0.0);
  }

  void add(const Fit& fit) {
    if (fit.given_up) return;
    const auto all = parameters(fit.explanation.hypothesis);
    const double occam = log_occam(fit, all), evidence = fit.log_posterior + occam;
    candidates_.add({.hypothesis = fit.explanation.hypothesis,
                     .log_evidence = evidence,
                     .fitted = true,
                     .log_occam = occam,
                     .continuous_numbers = static_cast<int>(all.size() - nuisances_.size())});
    if (!most_evident_ || evidence > most_evidence_of_fits_) most_evident_ = fit, most_evidence_of_fits_ = evidence;
    if (!best_ || fit.log_posterior > best_->log_posterior) best_ = fit;
  }

  void take_tangent(const Fit& fit) { tangent_.emplace(observed_, nuisances_, fit.linearisation); }

  const Circumstances& circumstances() const { return tangent_->linearisation().at.circumstances; }
  const Linearisation* nuisance_part() const { return &tangent_->linearisation(); }
  double boundary_here() const { return mean_boundary(tangent_->linearisation().at.hypothesis); }
  /// It and, where it is open, the next ones.
  std::vector<int> near_thicknesses(int cells) const {
    const auto open = std::ranges::find(nuisances_, "thickness", &Parameter::name);
    if (open == nuisances_.end()) return {cells};
    std::vector<int> near = {cells - 1, cells, cells + 1};
    std::erase_if(near, [&](int one) { return one != cells && (one < open->least || one > open->most); });
    return near;
  }
  int best_thickness() const { return tangent_->linearisation().at.hypothesis.thickness_cells; }
  double most_evidence() const { return candidates_.best().log_evidence; }
  double hopeless() const { return best_->log_posterior - 1.5 * effort_.interesting; }

  Findings findings() {
    Findings findings{candidates_.all(), std::move(*most_evident_), {}, {}};
    findings.parameters = parameters(findings.best.explanation.hypothesis);
    findings.goodness = goodness_of_fit(observed_, findings.best.expected, std::ssize(findings.parameters));
    return findings;
  }

  const ForwardModel& model_;
  const Observation& observed_;
  SearchEffort effort_;
  Progress progress_;
  std::vector<Parameter> nuisances_;
  Fit mixed_;
  Candidates candidates_;
  std::optional<Fit> best_;          ///< the highest log-posterior: what fits best, to look around from
  std::optional<Fit> most_evident_;  ///< the highest evidence: what is most probable
  double most_evidence_of_fits_ = 0;
  std::optional<Tangent> tangent_;
  int percent_ = 0, steps_fitted_ = 0;
  double scored_boundary_ = 0;  ///< around which steps were tried last
};

}  // namespace

Findings search(const ForwardModel& model, const Observation& observed, const SearchEffort& effort,
                const Progress& progress) {
  return Search(model, observed, effort, progress).run();
}

}  // namespace terrace
