#include "inversion/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "dataset/depth_distribution.h"

namespace terrace {
namespace {

/// A candidate less probable than this is not written down.
constexpr double least_probability = 1e-6;

/// How many structures of this kind are as probable as it before any pattern is seen: one of so many.
double alternatives(const Hypothesis& h) {
  const double depths = std::max(1, h.thickness_cells - 1);
  if (!h.has_step()) return 1;
  if (h.second_step_depth_cells <= 0) return 2 * depths;
  return 4 * depths * std::max(1.0, depths - 1) / 2;
}

double log_prior_of(const Hypothesis& h, const StructurePrior& prior) {
  double share = prior.of_class[static_cast<int>(h.interface_class)] / alternatives(h);
  if (h.interface_class == InterfaceClass::diffuse) share *= h.has_width() ? prior.profile : 1 - prior.profile;
  if (h.interface_class == InterfaceClass::rough)
    share *= h.second_step_depth_cells > 0 ? prior.second_step : 1 - prior.second_step;
  return std::log(std::max(share, 1e-300));
}

double tempered(const Candidate& c, double tempering) {
  const double wider = c.continuous_numbers * std::log(tempering) / 2;
  return (c.log_evidence - c.log_occam) / tempering + std::min(0.0, c.log_occam + wider);
}

/// Mean and spread of a number of the structure over the posterior.
struct Moments {
  double mean = 0, error = 0;
};
template <class Value>
Moments moments(const std::vector<WeighedCandidate>& posterior, const Value& value) {
  double mean = 0, square = 0;
  for (const auto& [candidate, probability] : posterior) mean += probability * value(candidate.hypothesis);
  for (const auto& [candidate, probability] : posterior)
    square += probability * std::pow(value(candidate.hypothesis) - mean, 2);
  return {mean, std::sqrt(square)};
}

/// By the fit, wider where electrons count less.
double error_of(const Findings& findings, const std::string& name) {
  const double wider = std::sqrt(tempering_of(findings.goodness));
  for (std::size_t i = 0; i < findings.parameters.size(); ++i)
    if (findings.parameters[i].name == name && i < findings.best.errors.size()) return wider * findings.best.errors[i];
  return 0;
}

/// Of a number of the best structure's own, as far as the posterior is of that structure.
double own_error_of(const Findings& findings, const std::vector<WeighedCandidate>& posterior, const std::string& name) {
  double share = 0;
  for (const auto& [candidate, probability] : posterior)
    if (alike(candidate.hypothesis, findings.best.explanation.hypothesis)) share += probability;
  return std::sqrt(share) * error_of(findings, name);
}

double own_error_of_mixed_share(const Findings& findings, const std::vector<WeighedCandidate>& posterior) {
  return own_error_of(findings, posterior, "film in the mixed cell") /
         findings.best.explanation.hypothesis.thickness_cells;
}

void set_depth(const std::vector<WeighedCandidate>& posterior, int thickness_cells, Prediction& answer) {
  double steps = 0, up = 0;
  answer.depth_probability.assign(thickness_cells + 1, 0);
  for (const auto& [candidate, probability] : posterior) {
    const auto& h = candidate.hypothesis;
    if (!h.has_step()) continue;
    steps += probability;
    answer.depth_probability[std::min(h.step_depth_cells, thickness_cells)] += probability;
    if (h.step_height_cells > 0) up += probability;
  }
  if (steps > 0) {
    for (double& p : answer.depth_probability) p /= steps;
    answer.step_height_probability_up = up / steps;
  } else {
    std::ranges::fill(answer.depth_probability, 1.0 / static_cast<double>(answer.depth_probability.size()));
  }
  const auto depth_nm = [&](double share) {
    return answer.depth_bin_nm * std::max(0.0, depth_quantile(answer.depth_probability, share));
  };
  answer.depth_nm = depth_nm(0.5);
  answer.depth_half_low_nm = depth_nm(0.25), answer.depth_half_high_nm = depth_nm(0.75);
  answer.depth_low_nm = depth_nm(0.05), answer.depth_high_nm = depth_nm(0.95);
}

void set_widths(const Findings& findings, const std::vector<WeighedCandidate>& posterior, Prediction& answer) {
  // A mixed cell alone has the second moment of its share.
  const auto share_of = [](const Hypothesis& h) { return h.film_cells / h.thickness_cells; };
  const auto mixed = [&](const Hypothesis& h) {
    const double share = share_of(h);
    return h.interface_class == InterfaceClass::diffuse ? std::sqrt(share * (1 - share)) : 0.0;
  };
  const auto a = moments(posterior, [&](const Hypothesis& h) { return h.has_width() ? h.sigma_a_cells : mixed(h); });
  const auto b = moments(posterior, [&](const Hypothesis& h) { return h.has_width() ? h.sigma_b_cells : mixed(h); });
  const auto& best = findings.best.explanation.hypothesis;
  const double width = mixed(best), slope = width > 0 ? (1 - 2 * share_of(best)) / (2 * width) : 0;
  const double of_mixed = slope * own_error_of_mixed_share(findings, posterior);
  answer.sigma_a_cells = a.mean;
  answer.sigma_a_error = std::hypot(a.error, own_error_of(findings, posterior, "sigma_a"), of_mixed);
  answer.sigma_b_cells = b.mean;
  answer.sigma_b_error = std::hypot(b.error, own_error_of(findings, posterior, "sigma_b"), of_mixed);
}

/// What the best fit has though it was not to be expected.
struct Unexpected {
  std::vector<std::string> numbers;
  bool as_far_as_it_goes = false;  ///< one of them is at a limit: the fit wants what there is none of
};

Unexpected unexpected(const Findings& findings) {
  Unexpected found;
  for (const auto& p : findings.parameters) {
    if (p.unbounded) continue;
    const double value = p.value(findings.best.explanation), rounding = p.whole ? 0.5 : 0;
    const double off = std::max(0.0, std::abs(value - p.expected) - rounding);
    if (off <= noted_deviations * p.sigma) continue;
    found.numbers.push_back(fmt::format("{} {:.3g}{}{} ({:.3g} ± {:.2g})", p.name, value, p.unit.empty() ? "" : " ",
                                        p.unit, p.expected, p.sigma));
    const double room = p.whole ? 1 : 0.1 * p.sigma;
    found.as_far_as_it_goes |= value - room < p.least || value + room > p.most;
  }
  return found;
}

std::string summary_of(const Prediction& answer, const GoodnessOfFit& goodness) {
  const auto found = static_cast<int>(most_probable_class(answer));
  auto sentence = fmt::format("{} ({:.0f} %): {}.", interface_class_names[found], 100 * answer.class_probability[found],
                              finding_in_words(answer));
  if (!fits(goodness))
    return fmt::format("No hypothesis fits: the best one leaves {:.2f} times the noise of the counts. It would say: {}",
                       goodness.ratio, sentence);
  if (answer.abstains)
    return fmt::format("No hypothesis fits under what is expected of the scan (see the notes). It would say: {}",
                       sentence);
  sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
  return sentence;
}

std::string misfit_in_words(const GoodnessOfFit& goodness) {
  const bool shared = goodness.ratio < 1;
  return fmt::format(
      "the best fit leaves {:.2f} times the noise of the counts, {:.2f} times in sums of neighbouring values: {}, and "
      "probabilities are tempered by the larger factor",
      goodness.ratio, goodness.coherent,
      shared ? "neighbours on the standard grid share counts, as positions of the scan are averaged, or something is "
               "there that no hypothesis holds"
             : "something is there that no hypothesis holds, or values share their counts");
}

/// By more than neighbours make that share counts.
bool scatters_too_little(const GoodnessOfFit& goodness) {
  constexpr double least_ratio = 0.5;
  return goodness.ratio < least_ratio && goodness.deviations < -refused_deviations;
}

/// The probability of each thickness, whatever the structure. Each structure is kept at its likeliest thickness alone;
/// around that its evidence falls as a normal of the fit's own error does.
nlohmann::ordered_json thickness_json(const Findings& findings, const std::vector<WeighedCandidate>& posterior) {
  const double error = std::max(error_of(findings, "thickness"), 1e-3);
  const int reach = static_cast<int>(std::ceil(5 * error));
  std::map<int, double> of_cells;
  for (const auto& [candidate, probability] : posterior) {
    double sum = 0;
    const auto share = [&](int off) { return std::exp(-off * off / (2 * error * error)); };
    for (int off = -reach; off <= reach; ++off) sum += share(off);
    for (int off = -reach; off <= reach; ++off)
      of_cells[candidate.hypothesis.thickness_cells + off] += probability * share(off) / sum;
  }
  auto json = nlohmann::ordered_json::array();
  for (const auto& [cells, probability] : of_cells)
    if (probability > least_probability) json.push_back({{"cells", cells}, {"probability", probability}});
  return json;
}

nlohmann::ordered_json hypothesis_json(const Hypothesis& h) {
  nlohmann::ordered_json json = {{"class", interface_class_names[static_cast<int>(h.interface_class)]},
                                 {"thickness_cells", h.thickness_cells},
                                 {"plane", h.plane}};
  if (h.has_step()) json["steps"] = {{{"depth_cells", h.step_depth_cells}, {"height_cells", h.step_height_cells}}};
  if (h.second_step_depth_cells > 0)
    json["steps"].push_back({{"depth_cells", h.second_step_depth_cells}, {"height_cells", h.second_step_height_cells}});
  if (h.has_width()) {
    json["sigma_a_cells"] = h.sigma_a_cells;
    json["sigma_b_cells"] = h.sigma_b_cells;
    json["shift_cells"] = h.shift_cells;
  } else if (h.interface_class == InterfaceClass::diffuse) {
    json["film_share"] = h.film_cells / h.thickness_cells;
  }
  return json;
}

}  // namespace

std::vector<WeighedCandidate> weigh(const Findings& findings, const StructurePrior& prior, double tempering) {
  std::vector<WeighedCandidate> posterior;
  double most = -1e300, sum = 0;
  for (const auto& candidate : findings.candidates) {
    const double value = tempered(candidate, tempering) + log_prior_of(candidate.hypothesis, prior);
    posterior.push_back({candidate, value});
    most = std::max(most, value);
  }
  for (auto& weighed : posterior) sum += weighed.probability = std::exp(weighed.probability - most);
  for (auto& weighed : posterior) weighed.probability /= sum;
  std::ranges::stable_sort(posterior, std::ranges::greater{}, &WeighedCandidate::probability);
  return posterior;
}

double tempering_of(const GoodnessOfFit& goodness) { return std::max({1.0, goodness.ratio, goodness.coherent}); }

bool fits(const GoodnessOfFit& goodness) {
  return goodness.ratio < 1 + refused_excess || goodness.deviations < refused_deviations;
}

Prediction answer_of(const Findings& findings, const std::vector<WeighedCandidate>& posterior, const Recipe& recipe,
                     const Conditions& conditions) {
  const auto& best = findings.best.explanation;
  const double cell_nm = recipe.substrate.cell_angstrom / 10;
  Prediction answer;
  answer.depth_bin_nm = cell_nm;
  for (const auto& [candidate, probability] : posterior) {
    const auto& h = candidate.hypothesis;
    answer.class_probability[static_cast<int>(h.interface_class)] += probability;
    answer.step_count_probability[h.has_step() + (h.second_step_depth_cells > 0)] += probability;
  }
  set_depth(posterior, best.hypothesis.thickness_cells, answer);
  set_widths(findings, posterior, answer);
  const auto boundary = moments(posterior, mean_boundary);
  const auto thickness = moments(posterior, [](const Hypothesis& h) { return h.thickness_cells; });
  answer.interface_offset_cells = boundary.mean;
  answer.interface_offset_error = std::hypot(boundary.error, own_error_of(findings, posterior, "shift"),
                                             own_error_of_mixed_share(findings, posterior));
  answer.film_cell_angstrom = best.circumstances.film_cell_angstrom;
  answer.film_cell_error = error_of(findings, "film cell");
  answer.thickness_nm = conditions.thickness_nm;
  answer.estimated_thickness_nm = thickness.mean * cell_nm;
  answer.estimated_thickness_error = std::hypot(thickness.error, error_of(findings, "thickness")) * cell_nm;
  answer.abstains = !fits(findings.goodness);
  const auto far = unexpected(findings);
  answer.abstains |= far.as_far_as_it_goes;
  if (!far.numbers.empty())
    answer.reasons.push_back(fmt::format(
        "the best fit is far from what was expected (in brackets): {}. Are energy, angles, thickness and film side "
        "right, and the recipe's ranges wide enough?",
        fmt::join(far.numbers, ", ")));
  if (findings.goodness.deviations > refused_deviations || findings.goodness.coherent > 1)
    answer.reasons.push_back(misfit_in_words(findings.goodness));
  if (!fits(findings.goodness) || scatters_too_little(findings.goodness))
    answer.reasons.push_back(
        fmt::format("the counts scatter {:.2f} times as much as their dose says: is it right "
                    "(--electrons-per-standard-pattern, --counts-per-electron)?",
                    findings.goodness.ratio));
  answer.summary = summary_of(answer, findings.goodness);
  return answer;
}

nlohmann::ordered_json to_json(const Findings& findings, const std::vector<WeighedCandidate>& posterior) {
  nlohmann::ordered_json circumstances, candidates = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < findings.parameters.size(); ++i) {
    const auto& p = findings.parameters[i];
    circumstances.push_back({{"name", p.name},
                             {"unit", p.unit},
                             {"value", p.value(findings.best.explanation)},
                             {"error", i < findings.best.errors.size() ? findings.best.errors[i] : -1},
                             {"expected", p.expected}});
    if (std::isfinite(p.sigma))
      circumstances.back()["expected_error"] = p.sigma;
    else
      circumstances.back()["expected_within"] = {p.least, p.most};
  }
  for (const auto& [candidate, probability] : posterior) {
    if (probability < least_probability && !candidate.fitted) continue;
    auto json = hypothesis_json(candidate.hypothesis);
    json["probability"] = probability;
    json["log_evidence"] = candidate.log_evidence - findings.candidates.front().log_evidence;
    json["fitted"] = candidate.fitted;
    candidates.push_back(std::move(json));
  }
  return {{"thickness_cells", thickness_json(findings, posterior)},
          {"goodness_of_fit",
           {{"ratio", findings.goodness.ratio},
            {"deviations", findings.goodness.deviations},
            {"coherent", findings.goodness.coherent}}},
          {"candidates", candidates},
          {"fitted", circumstances}};
}

}  // namespace terrace
