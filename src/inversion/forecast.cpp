#include "inversion/forecast.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace terrace {
namespace {

constexpr std::uint64_t draws_seed = 0x666f7265;
constexpr double least_electrons = 1;

/// The counts of one electron a pattern at one position over the root of the expected ones, [pixel][column]:
/// derivatives by `parameters` first, then the differences to the rivals; 0 where nothing is compared.
Eigen::MatrixXd weighted_at(std::int64_t position, const Linearisation& truth, Eigen::Index parameters,
                            const std::vector<Patterns>& rivals, const Array<std::uint8_t, 2>* compared) {
  const auto expected = truth.expected[position];
  Eigen::MatrixXd weighted(std::ssize(expected), parameters + std::ssize(rivals));
  for (Eigen::Index i = 0; i < weighted.rows(); ++i) {
    const bool seen = !compared || (*compared)(position, i);
    const double root = seen ? 1 / std::sqrt(std::max(expected[i], faintest_weighted)) : 0;
    for (Eigen::Index j = 0; j < parameters; ++j) weighted(i, j) = root * truth.derivatives[j](position, i);
    for (Eigen::Index j = parameters; j < weighted.cols(); ++j)
      weighted(i, j) = root * (double{rivals[j - parameters](position, i)} - double{expected[i]});
  }
  return weighted;
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

/// Near the truth but for a terrace that ends `margin` cells above the exit surface, so that the step is that much
/// higher.
Hypothesis ending_terrace(const Hypothesis& truth, int margin) {
  Hypothesis h = moved_step(truth, truth.step_depth_cells - margin);
  h.second_step_depth_cells = truth.thickness_cells - margin;
  h.second_step_height_cells = -truth.step_height_cells;
  return h;
}

/// The same with a terrace that begins `margin` cells below the entrance surface.
Hypothesis beginning_terrace(const Hypothesis& truth, int margin) {
  Hypothesis h = moved_step(truth, margin);
  h.plane += truth.step_height_cells;
  h.step_height_cells = -truth.step_height_cells;
  h.second_step_depth_cells = truth.step_depth_cells + margin;
  h.second_step_height_cells = truth.step_height_cells;
  return h;
}

/// Whether its steps are inside the lamella, the second below the first.
bool fits(const Hypothesis& h) {
  if (h.interface_class != InterfaceClass::rough) return true;
  const int last = h.second_step_height_cells != 0 ? h.second_step_depth_cells : h.step_depth_cells;
  return h.step_depth_cells > 0 && last < h.thickness_cells &&
         (h.second_step_height_cells == 0 || last > h.step_depth_cells);
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

std::vector<double> Discernment::likeliest(const std::vector<std::size_t>& chosen, int draws) const {
  std::vector<double> shares(chosen.size() + 1, 0.0);
  if (chosen.empty()) return {1};
  const auto n = static_cast<Eigen::Index>(chosen.size());
  Eigen::MatrixXd part(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      part(i, j) = gram(static_cast<Eigen::Index>(chosen[i]), static_cast<Eigen::Index>(chosen[j]));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(part);
  const Eigen::MatrixXd root = eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal();
  Random random(draws_seed, {0});
  for (int draw = 0; draw < draws; ++draw) {
    Eigen::VectorXd normal(n);
    for (double& value : normal) value = random.normal();
    const Eigen::VectorXd ratio = root * normal - part.diagonal() / 2;
    Eigen::Index best = 0;
    shares[ratio.maxCoeff(&best) < 0 ? 0 : best + 1] += 1;
  }
  for (double& share : shares) share /= draws;
  return shares;
}

Separation::Separation(const Linearisation& truth, const std::vector<Parameter>& parameters,
                       const std::vector<Patterns>& rivals, const Array<std::uint8_t, 2>* compared) {
  const Eigen::Index p = std::ssize(parameters), r = std::ssize(rivals);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(p + r, p + r);
  for (std::int64_t position = 0; position < truth.expected.extent(0); ++position) {
    const auto weighted = weighted_at(position, truth, p, rivals, compared);
    products.noalias() += weighted.transpose() * weighted;
  }
  information_ = products.topLeftCorner(p, p);
  along_ = products.topRightCorner(p, r);
  differences_ = products.bottomRightCorner(r, r);
  prior_.resize(p);
  for (Eigen::Index j = 0; j < p; ++j) prior_[j] = 1 / (parameters[j].sigma * parameters[j].sigma);
}

Discernment Separation::at(double electrons) const {
  if (prior_.size() == 0) return {electrons * differences_};
  Eigen::MatrixXd information = electrons * information_;
  information.diagonal() += prior_;
  const Eigen::MatrixXd along = electrons * along_;
  const Eigen::MatrixXd explained = along.transpose() * information.ldlt().solve(along);
  return {electrons * differences_ - (explained + explained.transpose()) / 2};
}

double Separation::settling_electrons(std::size_t rival) const {
  if (at(most_electrons).expected_ratio(rival) < settling_ratio) return most_electrons;
  double low = std::log(least_electrons), high = std::log(most_electrons);
  while (high - low > 1e-4) {
    const double middle = (low + high) / 2;
    (at(std::exp(middle)).expected_ratio(rival) < settling_ratio ? low : high) = middle;
  }
  return std::exp(high);
}

const char* name_of(NamedRival::Question question) {
  switch (question) {
    case NamedRival::Question::adjacent:
      return "next cell";
    case NamedRival::Question::mirrored:
      return "mirrored";
    case NamedRival::Question::twin:
      return "mixed cell";
    case NamedRival::Question::two_steps:
      break;
  }
  return "two steps";
}

std::vector<NamedRival> rivals_of(const Hypothesis& truth, int reach, int margin) {
  using Question = NamedRival::Question;
  std::vector<NamedRival> rivals;
  if (truth.interface_class == InterfaceClass::rough && truth.second_step_depth_cells <= 0) {
    for (int depth = truth.step_depth_cells - reach; depth <= truth.step_depth_cells + reach; ++depth)
      if (depth != truth.step_depth_cells) rivals.push_back({Question::adjacent, moved_step(truth, depth)});
    rivals.push_back({Question::mirrored, mirrored_step(truth)});
    rivals.push_back({Question::twin, twin_of_step(truth)});
    rivals.push_back({Question::two_steps, ending_terrace(truth, margin)});
    rivals.push_back({Question::two_steps, beginning_terrace(truth, margin)});
  } else if (truth.interface_class == InterfaceClass::diffuse && !truth.has_width()) {
    for (const int height : {-1, 1}) rivals.push_back({Question::twin, step_of_twin(truth, height)});
  }
  std::erase_if(rivals, [](const NamedRival& rival) { return !fits(rival.hypothesis); });
  return rivals;
}

std::vector<NamedRival> neighbours_of_mirrored(const Hypothesis& truth, int reach) {
  std::vector<NamedRival> neighbours;
  if (truth.interface_class != InterfaceClass::rough || truth.second_step_depth_cells > 0) return neighbours;
  for (const auto& rival : rivals_of(mirrored_step(truth), reach))
    if (rival.question == NamedRival::Question::adjacent)
      neighbours.push_back({NamedRival::Question::mirrored, rival.hypothesis});
  return neighbours;
}

}  // namespace terrace
