#include "inversion/forecast.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace terrace {
namespace {

constexpr std::uint64_t draws_seed = 0x666f7265;
constexpr double least_electrons = 1, most_electrons = 1e9;

/// Noise-free counts of the truth.
Observation as_observed(const Patterns& expected, double electrons) {
  Observation observed{expected, Array<std::uint8_t, 2>(expected.extents()), electrons};
  for (auto& value : observed.electrons) value *= static_cast<float>(electrons);
  std::ranges::fill(observed.compared, std::uint8_t{1});
  return observed;
}

Patterns difference(const Patterns& a, const Patterns& b, double scale) {
  Patterns result(a.extents());
  for (std::int64_t i = 0; i < a.size(); ++i)
    result.data()[i] = static_cast<float>(scale) * (a.data()[i] - b.data()[i]);
  return result;
}

double normal_probability(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

Hypothesis moved_step(const Hypothesis& truth, int depth) {
  Hypothesis h = truth;
  h.step_depth_cells = depth;
  return h;
}

/// The step of opposite height with the same projection, deep where this one is shallow.
Hypothesis mirrored_step(const Hypothesis& truth) {
  Hypothesis h = truth;
  h.plane += truth.step_height_cells;
  h.step_height_cells = -truth.step_height_cells;
  h.step_depth_cells = truth.thickness_cells - truth.step_depth_cells;
  return h;
}

Hypothesis twin_of_step(const Hypothesis& truth) {
  const bool up = truth.step_height_cells > 0;
  return {
      .interface_class = InterfaceClass::diffuse,
      .thickness_cells = truth.thickness_cells,
      .plane = std::min(truth.plane, truth.plane + truth.step_height_cells),
      .film_cells = static_cast<double>(up ? truth.step_depth_cells : truth.thickness_cells - truth.step_depth_cells)};
}

Hypothesis step_of_twin(const Hypothesis& twin, int height) {
  const int film = static_cast<int>(std::lround(twin.film_cells));
  return {.interface_class = InterfaceClass::rough,
          .thickness_cells = twin.thickness_cells,
          .plane = height > 0 ? twin.plane : twin.plane + 1,
          .step_depth_cells = height > 0 ? film : twin.thickness_cells - film,
          .step_height_cells = height};
}

}  // namespace

double Discernment::preferred_to(std::size_t rival) const {
  return normal_probability(std::sqrt(expected_ratio(rival) / 2));
}

double Discernment::preferred_to_all(const std::vector<std::size_t>& chosen, int draws) const {
  if (chosen.empty()) return 1;
  const auto n = static_cast<Eigen::Index>(chosen.size());
  Eigen::MatrixXd part(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      part(i, j) = gram(static_cast<Eigen::Index>(chosen[i]), static_cast<Eigen::Index>(chosen[j]));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(part);
  const Eigen::MatrixXd root = eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal();
  Random random(draws_seed, {0});
  long won = 0;
  for (int draw = 0; draw < draws; ++draw) {
    Eigen::VectorXd normal(n);
    for (double& value : normal) value = random.normal();
    const Eigen::VectorXd ratio = root * normal - part.diagonal() / 2;
    won += ratio.maxCoeff() < 0;
  }
  return static_cast<double>(won) / draws;
}

Discernment discern(const Linearisation& truth, const std::vector<Parameter>& parameters,
                    const std::vector<Hypothesis>& rivals, const std::vector<Patterns>& patterns, double electrons) {
  const auto observed = as_observed(truth.expected, electrons);
  const Tangent tangent(observed, parameters, truth);
  Eigen::MatrixXf unexplained(truth.expected.size(), std::ssize(rivals));
  for (std::size_t i = 0; i < rivals.size(); ++i)
    unexplained.col(static_cast<Eigen::Index>(i)) =
        tangent.unexplained(difference(patterns[i], truth.expected, electrons));
  return {rivals, (unexplained.transpose() * unexplained).cast<double>()};
}

double settling_electrons(const Linearisation& truth, const std::vector<Parameter>& parameters, const Hypothesis& rival,
                          const Patterns& patterns) {
  double low = std::log(least_electrons), high = std::log(most_electrons);
  while (high - low > 0.01) {
    const double middle = (low + high) / 2;
    const auto found = discern(truth, parameters, {rival}, {patterns}, std::exp(middle));
    (found.expected_ratio(0) < settling_ratio ? low : high) = middle;
  }
  return std::exp(high);
}

std::vector<NamedRival> rivals_of(const Hypothesis& truth, int reach) {
  using Question = NamedRival::Question;
  std::vector<NamedRival> rivals;
  if (truth.interface_class == InterfaceClass::rough && truth.second_step_depth_cells <= 0) {
    for (int depth = truth.step_depth_cells - reach; depth <= truth.step_depth_cells + reach; ++depth)
      if (depth > 0 && depth < truth.thickness_cells && depth != truth.step_depth_cells)
        rivals.push_back({Question::adjacent, moved_step(truth, depth)});
    rivals.push_back({Question::mirrored, mirrored_step(truth)});
    rivals.push_back({Question::twin, twin_of_step(truth)});
  } else if (truth.interface_class == InterfaceClass::diffuse && !truth.has_width()) {
    for (const int height : {-1, 1}) rivals.push_back({Question::twin, step_of_twin(truth, height)});
  }
  std::erase_if(rivals, [](const NamedRival& rival) {
    const auto& h = rival.hypothesis;
    return h.interface_class == InterfaceClass::rough &&
           (h.step_depth_cells <= 0 || h.step_depth_cells >= h.thickness_cells);
  });
  return rivals;
}

}  // namespace terrace
