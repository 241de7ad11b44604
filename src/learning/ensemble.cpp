#include "learning/ensemble.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "learning/depth_distribution.h"
#include "learning/sample_source.h"

namespace terrace {
namespace {

template <class Logits, class Sum>
void add_softmax(const Logits& logits, double temperature, double share, Sum& sum) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  double total = 0;
  for (const double logit : logits) total += std::exp((logit - highest) / temperature);
  for (std::size_t i = 0; i < logits.size(); ++i)
    sum[i] += share * std::exp((logits[i] - highest) / temperature) / total;
}

// The least of `cost` over a temperature between 1/8 and 8, by golden section on its logarithm.
template <class Cost>
double best_temperature(const Cost& cost) {
  constexpr double golden = 0.6180339887498949;
  double low = std::log(0.125), high = std::log(8.0);
  for (int i = 0; i < 30; ++i) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (cost(std::exp(a)) < cost(std::exp(b)) ? high : low) = cost(std::exp(a)) < cost(std::exp(b)) ? b : a;
  }
  return std::exp(0.5 * (low + high));
}

double surprise(double probability) { return -std::log(std::max(probability, 1e-12)); }

double class_cost(std::span<const CalibrationCase> cases, double temperature) {
  double cost = 0;
  for (const auto& one : cases) {
    std::array<double, 4> probability{};
    for (const auto& member : one.members)
      add_softmax(member.class_logits, temperature, 1.0 / one.members.size(), probability);
    cost += surprise(probability[static_cast<int>(one.labels.interface_class)]);
  }
  return cost;
}

double depth_cost(std::span<const CalibrationCase> cases, double temperature) {
  double cost = 0;
  for (const auto& one : cases) {
    if (!has_step(one.labels)) continue;
    std::vector<double> probability(one.members[0].depth_logits.size());
    for (const auto& member : one.members)
      add_softmax(member.depth_logits, temperature, 1.0 / one.members.size(), probability);
    const auto bin = std::clamp<long>(std::lround(one.labels.step_depth_cells), 0, std::ssize(probability) - 1);
    cost += surprise(probability[bin]);
  }
  return cost;
}

double interval_share(std::span<const CalibrationCase> cases, const Calibration& calibration, std::uint64_t seed) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!has_step(cases[i].labels)) continue;
    const auto answer = combine(cases[i].members, calibration);
    const double place = Random(seed, {i}).uniform();
    shares.push_back(central_share(depth_rank(answer.depth_probability, cases[i].labels.step_depth_cells, place)));
  }
  // Too few steps say nothing better than the nominal share.
  if (shares.size() < 20) return 0.9;
  std::ranges::sort(shares);
  const auto rank = static_cast<std::size_t>(std::ceil(0.9 * (shares.size() + 1.0))) - 1;
  return std::min(shares[std::min(rank, shares.size() - 1)], 0.9999);
}

double error_scale(std::span<const CalibrationCase> cases, const Calibration& calibration, int site) {
  std::vector<double> ratios;
  for (const auto& one : cases) {
    const auto answer = combine(one.members, calibration);
    const double truth = site == 0 ? one.labels.sigma_a_cells : one.labels.sigma_b_cells;
    ratios.push_back(std::abs(answer.sigma[site] - truth) / std::max(answer.sigma_error[site], 1e-6));
  }
  // 68.3 % of the errors shall lie within one predicted error.
  const auto rank = ratios.begin() + static_cast<std::ptrdiff_t>(0.683 * (ratios.size() - 1));
  std::nth_element(ratios.begin(), rank, ratios.end());
  return std::clamp(*rank, 0.1, 10.0);
}

}  // namespace

nlohmann::ordered_json to_json(const Calibration& c) {
  return {{"class_temperature", c.class_temperature},
          {"depth_temperature", c.depth_temperature},
          {"interval_share", c.interval_share},
          {"sigma_error_scale", c.sigma_error_scale}};
}

Calibration calibration_from_json(const nlohmann::ordered_json& json) {
  Calibration c;
  json.at("class_temperature").get_to(c.class_temperature);
  json.at("depth_temperature").get_to(c.depth_temperature);
  json.at("interval_share").get_to(c.interval_share);
  json.at("sigma_error_scale").get_to(c.sigma_error_scale);
  return c;
}

Answer combine(std::span<const NetworkOutput> members, const Calibration& calibration) {
  Answer answer;
  answer.up = 0;
  answer.depth_probability.resize(members[0].depth_logits.size());
  const double share = 1.0 / members.size();
  std::array<double, 2> variance{}, squares{};
  for (const auto& member : members) {
    add_softmax(member.class_logits, calibration.class_temperature, share, answer.class_probability);
    add_softmax(member.depth_logits, calibration.depth_temperature, share, answer.depth_probability);
    answer.up += share / (1 + std::exp(-member.up_logit));
    for (int site = 0; site < 2; ++site) {
      answer.sigma[site] += share * member.sigma[site];
      squares[site] += share * member.sigma[site] * member.sigma[site];
      variance[site] += share * std::exp(member.sigma_log_variance[site]);
    }
  }
  for (int site = 0; site < 2; ++site) {
    const double spread = std::max(0.0, squares[site] - answer.sigma[site] * answer.sigma[site]);
    answer.sigma_error[site] = calibration.sigma_error_scale[site] * std::sqrt(variance[site] + spread);
    answer.sigma[site] = std::max(0.0, answer.sigma[site]);  // a width is never negative
  }
  return answer;
}

Calibration calibrate(std::span<const CalibrationCase> cases, std::uint64_t seed) {
  Calibration result;
  if (cases.empty()) return result;
  result.class_temperature = best_temperature([&](double t) { return class_cost(cases, t); });
  const bool steps = std::ranges::any_of(cases, [](const auto& one) { return has_step(one.labels); });
  if (steps) result.depth_temperature = best_temperature([&](double t) { return depth_cost(cases, t); });
  result.interval_share = interval_share(cases, result, seed);
  for (int site = 0; site < 2; ++site) result.sigma_error_scale[site] = error_scale(cases, result, site);
  return result;
}

}  // namespace terrace
