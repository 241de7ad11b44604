#include "learning/ensemble.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "dataset/depth_distribution.h"
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

/// The surprise of all cases for which `truth_of` names a logit, when `logits_of` their members are divided by
/// `temperature`.
template <class LogitsOf, class TruthOf>
double cost_of(std::span<const CalibrationCase> cases, double temperature, const LogitsOf& logits_of,
               const TruthOf& truth_of) {
  double cost = 0;
  for (const auto& one : cases) {
    const auto truth = truth_of(one.labels);
    if (truth < 0) continue;
    std::vector<double> probability(std::size(logits_of(one.members[0])));
    for (const auto& member : one.members)
      add_softmax(logits_of(member), temperature, 1.0 / one.members.size(), probability);
    cost += surprise(probability[std::min<std::size_t>(truth, probability.size() - 1)]);
  }
  return cost;
}

long class_of(const Labels& labels) { return static_cast<long>(labels.interface_class); }
long step_count_of(const Labels& labels) { return std::clamp(labels.step_count, 0, 2); }
long depth_bin_of(const Labels& labels) {
  return has_single_step(labels) ? std::max(0l, std::lround(labels.step_depth_cells)) : -1;
}

/// For each single step the central share of its depth distribution that just reaches the truth, rising.
std::vector<double> shares_to_the_truth(std::span<const CalibrationCase> cases, const Calibration& calibration,
                                        std::uint64_t seed) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!has_single_step(cases[i].labels)) continue;
    const auto answer = combine(cases[i].members, calibration);
    const double place = Random(seed, {i}).uniform();
    shares.push_back(central_share(depth_rank(answer.depth_probability, cases[i].labels.step_depth_cells, place)));
  }
  std::ranges::sort(shares);
  return shares;
}

/// The share that covers `wanted` of the truths.
double interval_share(const std::vector<double>& shares, double wanted) {
  // Too few steps say nothing better than the nominal share.
  if (shares.size() < 20) return wanted;
  const auto rank = static_cast<std::size_t>(std::ceil(wanted * (shares.size() + 1.0))) - 1;
  return std::min(shares[std::min(rank, shares.size() - 1)], 0.9999);
}

double error_scale(std::span<const CalibrationCase> cases, const Calibration& calibration, int regression) {
  std::vector<double> ratios;
  for (const auto& one : cases) {
    const auto answer = combine(one.members, calibration);
    const double error = answer.values[regression] - regressions[regression].truth(one.labels, one.conditions);
    ratios.push_back(std::abs(error) / std::max(answer.errors[regression], 1e-6 * regressions[regression].scale));
  }
  // 68.3 % of the errors shall lie within one predicted error.
  const auto rank = ratios.begin() + static_cast<std::ptrdiff_t>(0.683 * (ratios.size() - 1));
  std::nth_element(ratios.begin(), rank, ratios.end());
  return std::clamp(*rank, 0.1, 10.0);
}

}  // namespace

std::vector<std::vector<NetworkOutput>> outputs_of(std::span<const Network> members, std::span<const BothWays> scans,
                                                   int threads) {
  std::vector<const Features*> batch;
  for (const auto& scan : scans)
    for (const auto& features : scan) batch.push_back(&features);
  std::vector<std::vector<NetworkOutput>> outputs(scans.size());
  for (const auto& member : members) {
    auto answers = member.forward(batch, threads);
    for (std::size_t i = 0; i < answers.size(); ++i) outputs[i / 2].push_back(std::move(answers[i]));
  }
  return outputs;
}

nlohmann::ordered_json to_json(const Calibration& c) {
  nlohmann::ordered_json scales;
  for (int i = 0; i < regression_count; ++i) scales[regressions[i].name] = c.error_scale[i];
  return {{"class_temperature", c.class_temperature},           {"depth_temperature", c.depth_temperature},
          {"step_count_temperature", c.step_count_temperature}, {"interval_share", c.interval_share},
          {"half_interval_share", c.half_interval_share},       {"error_scale", scales}};
}

Calibration calibration_from_json(const nlohmann::ordered_json& json) {
  Calibration c;
  json.at("class_temperature").get_to(c.class_temperature);
  json.at("depth_temperature").get_to(c.depth_temperature);
  json.at("step_count_temperature").get_to(c.step_count_temperature);
  json.at("interval_share").get_to(c.interval_share);
  // Models of earlier versions did not fit it.
  c.half_interval_share = json.value("half_interval_share", c.half_interval_share);
  for (int i = 0; i < regression_count; ++i) json.at("error_scale").at(regressions[i].name).get_to(c.error_scale[i]);
  return c;
}

namespace {

void combine_regression(std::span<const NetworkOutput> members, int i, double error_scale, Answer& answer) {
  double mean = 0, squares = 0, variance = 0;
  const double share = 1.0 / members.size();
  for (const auto& member : members) {
    mean += share * member.values[i];
    squares += share * member.values[i] * member.values[i];
    variance += share * std::exp(member.log_variances[i]);
  }
  const auto& regression = regressions[i];
  const double spread = std::max(0.0, squares - mean * mean);
  answer.values[i] = std::max(regression.least, regression.middle + regression.scale * mean);
  answer.errors[i] = error_scale * regression.scale * std::sqrt(variance + spread);
}

}  // namespace

Answer combine(std::span<const NetworkOutput> members, const Calibration& calibration) {
  Answer answer;
  answer.up = 0;
  answer.depth_probability.resize(members[0].depth_logits.size());
  const double share = 1.0 / members.size();
  for (const auto& member : members) {
    add_softmax(member.class_logits, calibration.class_temperature, share, answer.class_probability);
    add_softmax(member.depth_logits, calibration.depth_temperature, share, answer.depth_probability);
    add_softmax(member.step_count_logits, calibration.step_count_temperature, share, answer.step_count_probability);
    answer.up += share / (1 + std::exp(-member.up_logit));
  }
  for (int i = 0; i < regression_count; ++i) combine_regression(members, i, calibration.error_scale[i], answer);
  return answer;
}

Calibration calibrate(std::span<const CalibrationCase> cases, std::uint64_t seed) {
  Calibration result;
  if (cases.empty()) return result;
  const auto class_logits = [](const NetworkOutput& o) -> auto& { return o.class_logits; };
  const auto depth_logits = [](const NetworkOutput& o) -> auto& { return o.depth_logits; };
  const auto step_count_logits = [](const NetworkOutput& o) -> auto& { return o.step_count_logits; };
  result.class_temperature = best_temperature([&](double t) { return cost_of(cases, t, class_logits, class_of); });
  result.step_count_temperature =
      best_temperature([&](double t) { return cost_of(cases, t, step_count_logits, step_count_of); });
  const bool steps = std::ranges::any_of(cases, [](const auto& one) { return has_single_step(one.labels); });
  if (steps)
    result.depth_temperature =
        best_temperature([&](double t) { return cost_of(cases, t, depth_logits, depth_bin_of); });
  const auto shares = shares_to_the_truth(cases, result, seed);
  result.interval_share = interval_share(shares, 0.9);
  result.half_interval_share = interval_share(shares, 0.5);
  for (int i = 0; i < regression_count; ++i) result.error_scale[i] = error_scale(cases, result, i);
  return result;
}

}  // namespace terrace
