#include "inversion/exact_posterior.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

/// exp of each value over their sum, safe from overflow; nothing where there are no values.
std::vector<double> normalised_exp(std::vector<double> logs) {
  if (logs.empty()) return logs;
  const double largest = *std::ranges::max_element(logs);
  double sum = 0;
  for (double& value : logs) sum += value = std::exp(value - largest);
  for (double& value : logs) value /= sum;
  return logs;
}

/// From the steps alone, so that they are known even where a step is all but excluded.
void set_step_marginals(std::span<const Hypothesis> hypotheses, std::span<const double> logs, Posterior& posterior) {
  std::vector<double> logs_of_steps;
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    if (hypotheses[i].interface_class == InterfaceClass::rough) logs_of_steps.push_back(logs[i]);
  const auto probabilities = normalised_exp(std::move(logs_of_steps));
  if (probabilities.empty()) return;
  posterior.step_height_probability_up = 0;
  auto probability = probabilities.begin();
  for (const auto& hypothesis : hypotheses) {
    if (hypothesis.interface_class != InterfaceClass::rough) continue;
    const std::size_t depth = hypothesis.step_depth_cells;
    if (posterior.depth_probability.size() <= depth) posterior.depth_probability.resize(depth + 1);
    posterior.depth_probability[depth] += *probability;
    if (hypothesis.step_height_cells > 0) posterior.step_height_probability_up += *probability;
    ++probability;
  }
}

}  // namespace

Posterior posterior_of(std::span<const Hypothesis> hypotheses, std::span<const double> log_likelihoods) {
  std::vector<double> logs;
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    logs.push_back(log_likelihoods[i] + std::log(hypotheses[i].prior));
  Posterior posterior{.probability = normalised_exp(logs)};
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    posterior.class_probability[static_cast<int>(hypotheses[i].interface_class)] += posterior.probability[i];
  set_step_marginals(hypotheses, logs, posterior);
  return posterior;
}

InterfaceClass most_probable_class(const Posterior& posterior) {
  const auto& p = posterior.class_probability;
  return static_cast<InterfaceClass>(std::ranges::max_element(p) - p.begin());
}

int most_probable_depth(const Posterior& posterior) {
  const auto& p = posterior.depth_probability;
  return static_cast<int>(std::ranges::max_element(p) - p.begin());
}

int depth_with_most_neighbours(const Posterior& posterior) {
  const auto& p = posterior.depth_probability;
  const auto at = [&](int depth) { return depth >= 0 && depth < std::ssize(p) ? p[depth] : 0.0; };
  int best = 0;
  double most = -1;
  for (int depth = 0; depth < std::ssize(p); ++depth) {
    const double sum = at(depth - 1) + at(depth) + at(depth + 1);
    if (sum > most) most = sum, best = depth;
  }
  return best;
}

int median_depth(const Posterior& posterior) {
  double below = 0;
  for (int depth = 0; depth < std::ssize(posterior.depth_probability); ++depth)
    if ((below += posterior.depth_probability[depth]) >= 0.5) return depth;
  return static_cast<int>(posterior.depth_probability.size()) - 1;
}

}  // namespace terrace
