#include "inversion/tangent.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace terrace {
namespace {

Explanation with(Explanation explanation, const Parameter& parameter, double value) {
  parameter.set(explanation, value);
  return explanation;
}

/// One step up, or down where up is out of range.
Explanation stepped(const Explanation& at, const Parameter& parameter) {
  const double up = parameter.value(at) + parameter.step;
  return with(at, parameter, up > parameter.most ? parameter.value(at) - parameter.step : up);
}

/// The other end of a difference quotient.
Explanation stepped_back(const Explanation& at, const Parameter& parameter) {
  return parameter.both_ways ? with(at, parameter, parameter.value(at) - parameter.step) : at;
}

void set_quotient(const Patterns& high, const Patterns& low, double step, Patterns& quotient) {
  quotient = Patterns(high.extents());
  for (std::int64_t i = 0; i < quotient.size(); ++i)
    quotient.data()[i] = (high.data()[i] - low.data()[i]) / static_cast<float>(step);
}

/// Solves for the parameters that `free` names, the others' changes being `fixed`.
void solve_for(const std::vector<int>& free, const Eigen::MatrixXd& information, const Eigen::VectorXd& gradient,
               Eigen::VectorXd& change) {
  const auto n = static_cast<Eigen::Index>(free.size());
  Eigen::MatrixXd part(n, n);
  Eigen::VectorXd right(n);
  Eigen::VectorXd fixed = change;
  for (const int i : free) fixed[i] = 0;
  const Eigen::VectorXd rest = gradient - information * fixed;
  for (Eigen::Index i = 0; i < n; ++i) {
    right[i] = rest[free[i]];
    for (Eigen::Index j = 0; j < n; ++j) part(i, j) = information(free[i], free[j]);
  }
  const Eigen::VectorXd solved = part.ldlt().solve(right);
  for (Eigen::Index i = 0; i < n; ++i) change[free[i]] = solved[i];
}

}  // namespace

Linearisation linearise(const PropagatedStructure& propagated, const ForwardModel& model, const Explanation& at,
                        const std::vector<Parameter>& parameters, Kept kept, const Linearisation* earlier) {
  if (kept == Kept::none) earlier = nullptr;
  std::vector<Circumstances> summed = {at.circumstances};  // all that need no propagation, at once
  std::vector<Explanation> propagated_anew;
  std::vector<std::size_t> summed_numbers, new_numbers;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto high = stepped(at, parameters[i]), low = stepped_back(at, parameters[i]);
    const bool of_specimen = parameters[i].reach == Reach::specimen || !propagated.covers(high.circumstances) ||
                             !propagated.covers(low.circumstances);
    const bool serves = kept == Kept::all || (of_specimen && !parameters[i].bends);
    if (earlier && i < earlier->derivatives.size() && serves) continue;
    if (of_specimen) {
      propagated_anew.push_back(high);
      new_numbers.push_back(i);
    } else {
      summed.insert(summed.end(), {high.circumstances, low.circumstances});
      summed_numbers.push_back(i);
    }
  }
  auto sums = propagated.expected(summed);
  Linearisation linearisation{at, earlier ? earlier->specimen_at : at, std::move(sums[0]), {}};
  if (earlier) linearisation.derivatives = earlier->derivatives;
  linearisation.derivatives.resize(parameters.size());
  const auto set = [&](std::size_t i, const Patterns& high, const Explanation& low_at, const Patterns& low) {
    const auto& p = parameters[i];
    set_quotient(high, low, p.value(stepped(at, p)) - p.value(low_at), linearisation.derivatives[i]);
  };
  for (std::size_t k = 0; k < summed_numbers.size(); ++k) {
    const auto i = summed_numbers[k];
    set(i, sums[2 * k + 1], stepped_back(at, parameters[i]), sums[2 * k + 2]);
  }
  const auto anew = model.expected(propagated_anew);
  for (std::size_t k = 0; k < new_numbers.size(); ++k) set(new_numbers[k], anew[k], at, linearisation.expected);
  return linearisation;
}

Tangent::Tangent(const Observation& observed, const std::vector<Parameter>& parameters, Linearisation linearisation)
    : observed_(&observed), parameters_(&parameters), linearisation_(std::move(linearisation)) {
  const auto& expected = linearisation_.expected;
  const auto count = expected.size(), n = std::ssize(parameters);
  linearisation_.derivatives.resize(parameters.size());
  const auto electrons = static_cast<float>(observed.electrons_per_pattern);
  roots_.resize(count);
  for (std::int64_t i = 0; i < count; ++i)
    roots_[i] =
        observed.compared.data()[i] ? 1 / std::sqrt(electrons * std::max(expected.data()[i], faintest_weighted)) : 0;
  weighted_.resize(count, n);
  for (std::int64_t j = 0; j < n; ++j) {
    const Eigen::Map<const Eigen::VectorXf> derivative(linearisation_.derivatives[j].data(), count);
    weighted_.col(j) = electrons * derivative.cwiseProduct(roots_);
  }
  information_ = (weighted_.transpose() * weighted_).cast<double>();
  for (std::int64_t j = 0; j < n; ++j) information_(j, j) += 1 / (parameters[j].sigma * parameters[j].sigma);
}

Eigen::VectorXf Tangent::weighted(const Patterns& counts) const {
  return Eigen::Map<const Eigen::VectorXf>(counts.data(), counts.size()).cwiseProduct(roots_);
}

Eigen::VectorXd Tangent::gradient(const Patterns& expected) const {
  const auto electrons = static_cast<float>(observed_->electrons_per_pattern);
  const Eigen::VectorXf residual = weighted(observed_->electrons) - electrons * weighted(expected);
  Eigen::VectorXd gradient = (weighted_.transpose() * residual).cast<double>();
  for (std::size_t j = 0; j < parameters_->size(); ++j) {
    const auto& p = (*parameters_)[j];
    gradient[j] -= (p.value(linearisation_.at) - p.expected) / (p.sigma * p.sigma);
  }
  return gradient;
}

bool Tangent::fix_at_limits(std::vector<int>& free, Eigen::VectorXd& change) const {
  return std::erase_if(free, [&](int j) {
           const auto& p = (*parameters_)[j];
           const double here = p.value(linearisation_.at), there = here + change[j];
           if (there >= p.least && there <= p.most) return false;
           change[j] = std::clamp(there, p.least, p.most) - here;
           return true;
         }) > 0;
}

bool Tangent::fix_a_whole_one(std::vector<int>& free, Eigen::VectorXd& change) const {
  const auto distance = [&](int j) {
    return (*parameters_)[j].whole ? std::abs(change[j] - std::round(change[j])) : 1.0;
  };
  const auto nearest = std::ranges::min_element(free, {}, distance);
  if (nearest == free.end() || !(*parameters_)[*nearest].whole) return false;
  change[*nearest] = std::round(change[*nearest]);
  free.erase(nearest);
  return true;
}

Tangent::Step Tangent::best_step(const Patterns& expected, std::string_view held) const {
  const Eigen::VectorXd gradient = this->gradient(expected);
  Eigen::VectorXd change = Eigen::VectorXd::Zero(gradient.size());
  std::vector<int> free(parameters_->size());
  std::iota(free.begin(), free.end(), 0);
  std::erase_if(free, [&](int j) { return (*parameters_)[j].name == held; });
  do solve_for(free, information_, gradient, change);
  while (fix_at_limits(free, change) || fix_a_whole_one(free, change));
  return {{change.begin(), change.end()}, gradient.dot(change) - change.dot(information_ * change) / 2};
}

std::vector<double> Tangent::standard_errors() const {
  const Eigen::MatrixXd covariance =
      information_.ldlt().solve(Eigen::MatrixXd::Identity(information_.rows(), information_.cols()));
  std::vector<double> errors;
  for (Eigen::Index j = 0; j < covariance.rows(); ++j) errors.push_back(std::sqrt(std::max(0.0, covariance(j, j))));
  return errors;
}

double Tangent::log_volume(std::size_t first, std::size_t last) const {
  std::vector<int> continuous, asked;
  for (std::size_t j = 0; j < parameters_->size(); ++j) {
    if ((*parameters_)[j].whole) continue;
    if (j >= first && j < last) asked.push_back(static_cast<int>(continuous.size()));
    continuous.push_back(static_cast<int>(j));
  }
  if (asked.empty()) return 0;
  const Eigen::MatrixXd information = information_(continuous, continuous);
  const Eigen::MatrixXd covariance =
      information.ldlt().solve(Eigen::MatrixXd::Identity(information.rows(), information.cols()));
  const Eigen::MatrixXd part = covariance(asked, asked);
  return part.ldlt().vectorD().array().log().sum() / 2;
}

}  // namespace terrace
