// What can be told apart at a dose: laws on made-up patterns, drawn counts, and the rivals of a step.
#include "inversion/forecast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "inversion/count_likelihood.h"
#include "inversion/small_study.h"

namespace terrace {
namespace {

constexpr int positions = 2, pixels = 9;

/// Each value times 1 + share · normal.
Patterns disturbed(const Patterns& patterns, double share, std::uint64_t seed) {
  Random random(seed);
  Patterns result = patterns;
  for (float& value : result) value *= static_cast<float>(1 + share * random.normal());
  return result;
}

/// Patterns that sum to about 1 each, and derivatives by `parameters`.
Linearisation made_up(int parameters) {
  Random random(1);
  Linearisation made{{}, {}, Patterns({positions, pixels}), {}};
  for (float& value : made.expected) value = static_cast<float>(random.uniform(0.5, 1.5) / pixels);
  for (int j = 0; j < parameters; ++j) {
    made.derivatives.push_back(made.expected);
    for (float& value : made.derivatives.back()) value *= static_cast<float>(random.normal());
  }
  return made;
}

std::vector<Patterns> made_rivals(const Linearisation& truth) {
  return {disturbed(truth.expected, 0.05, 2), disturbed(truth.expected, 0.05, 3), disturbed(truth.expected, 0.02, 4)};
}

std::vector<Parameter> of_sigma(double sigma, int count) {
  return std::vector<Parameter>(count, Parameter{.name = "", .unit = "", .sigma = sigma, .value = {}, .set = {}});
}

TEST(Separation, its_gram_matrix_is_symmetric_and_no_square_is_negative) {
  const auto truth = made_up(3);
  const auto gram = Separation(truth, of_sigma(0.1, 3), made_rivals(truth)).at(1000).gram;
  EXPECT_EQ(gram, gram.transpose());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(gram);
  EXPECT_GT(eigen.eigenvalues().minCoeff(), -1e-12 * eigen.eigenvalues().maxCoeff());  // rounding of double
}

TEST(Separation, ratio_grows_in_proportion_to_dose_where_priors_do_not_matter) {
  const auto truth = made_up(3);
  // The prior's share of the information is 1 / (dose · sigma² · derivative²), 1e-10 at most here.
  for (const auto& parameters : {of_sigma(1, 0), of_sigma(1e5, 3)}) {
    const Separation separation(truth, parameters, made_rivals(truth));
    for (const std::size_t rival : {0, 1, 2})
      EXPECT_NEAR(separation.at(5000).expected_ratio(rival) / separation.at(50).expected_ratio(rival), 100, 1e-5);
  }
}

TEST(Separation, every_number_that_has_to_be_fitted_makes_a_question_harder) {
  const auto truth = made_up(3);
  for (const double electrons : {1.0, 100.0, 1e5})
    for (const std::size_t rival : {0, 1, 2}) {
      double easier = INFINITY;
      for (int count = 0; count <= 3; ++count) {
        const Separation separation(truth, of_sigma(0.1, count), made_rivals(truth));
        const double ratio = separation.at(electrons).expected_ratio(rival);
        EXPECT_LT(ratio, easier) << count << " fitted at " << electrons << " electrons";
        easier = ratio;
      }
    }
}

TEST(Separation, what_is_known_better_is_told_apart_more_easily) {
  const auto truth = made_up(3);
  double harder = 0;
  for (const double sigma : {10.0, 0.3, 0.01}) {
    const double ratio = Separation(truth, of_sigma(sigma, 3), made_rivals(truth)).at(1000).expected_ratio(0);
    EXPECT_GT(ratio, harder);
    harder = ratio;
  }
}

TEST(Separation, a_difference_along_a_derivative_is_what_the_prior_leaves_of_it) {
  auto truth = made_up(1);
  for (float& value : truth.derivatives[0]) value *= 0.1f;
  Patterns rival = truth.expected;
  for (std::int64_t i = 0; i < rival.size(); ++i) rival.data()[i] += truth.derivatives[0].data()[i];
  const double known = Separation(truth, {}, {rival}).at(1000).expected_ratio(0);
  // With f = dᵀd and W = d the definition gives f / (1 + σ² f). The rival is rounded to float: 6e-8 of the pattern, so
  // 1e-6 of a difference of a tenth of it, against which f's share grows by σ² f.
  for (const double sigma : {0.01, 0.3, 3.0}) {
    const double f = 2 * known, left = f / (1 + sigma * sigma * f);
    const double found = 2 * Separation(truth, of_sigma(sigma, 1), {rival}).at(1000).expected_ratio(0);
    EXPECT_NEAR(found / left, 1, 2e-6 * (1 + sigma * sigma * f)) << sigma;
  }
}

TEST(Separation, more_electrons_never_tell_less) {
  auto truth = made_up(1);
  Patterns rival = disturbed(truth.expected, 1e-3, 7);  // nearly all along the derivative
  for (std::int64_t i = 0; i < rival.size(); ++i) rival.data()[i] += 0.1f * truth.derivatives[0].data()[i];
  const Separation separation(truth, of_sigma(0.1, 1), {rival});
  for (double electrons = 1; electrons < 1e8; electrons *= 2)
    EXPECT_LT(separation.at(electrons).expected_ratio(0), separation.at(2 * electrons).expected_ratio(0));
}

TEST(Separation, settling_dose_is_where_the_expected_ratio_settles) {
  const auto truth = made_up(3);
  const Separation separation(truth, of_sigma(0.1, 3), made_rivals(truth));
  for (const std::size_t rival : {0, 1, 2}) {
    const double electrons = separation.settling_electrons(rival);
    ASSERT_LT(electrons, most_electrons);
    // Found to 1e-4 in ln dose, in which ln ratio grows by 1 at most (concave, from 0).
    EXPECT_NEAR(separation.at(electrons).expected_ratio(rival) / settling_ratio, 1, 1.1e-4);
  }
}

TEST(Separation, a_rival_equal_to_the_truth_is_a_coin_toss_at_any_dose) {
  const auto truth = made_up(2);
  const Separation separation(truth, of_sigma(0.1, 2), {truth.expected});
  EXPECT_EQ(separation.at(1e6).preferred_to(0), 0.5);
  EXPECT_EQ(separation.settling_electrons(0), most_electrons);
}

/// How often drawn counts of `truth` are likelier under it than under each of `rivals`.
double share_preferred(const Patterns& truth, const std::vector<Patterns>& rivals, double electrons, int draws) {
  auto logs = rivals;
  Patterns log_truth = truth;
  const auto truth_pattern = take_logarithms(log_truth.span());
  std::vector<LogPattern> patterns;
  for (auto& rival : logs) patterns.push_back(take_logarithms(rival.span()));
  Random random(11);
  int won = 0;
  for (int draw = 0; draw < draws; ++draw) {
    const auto counts = draw_counts(truth.span(), electrons, random);
    const double own = log_likelihood(counts, truth_pattern, electrons);
    won += std::ranges::all_of(patterns, [&](const auto& p) { return log_likelihood(counts, p, electrons) < own; });
  }
  return static_cast<double>(won) / draws;
}

TEST(Discernment, agrees_with_drawn_counts) {
  const auto truth = made_up(0);
  const auto rivals = made_rivals(truth);
  const Separation separation(truth, {}, rivals);
  constexpr int draws = 4000;
  for (const double electrons : {100.0, 1000.0}) {
    const auto found = separation.at(electrons);
    // Four standard errors of a share, √(¼ / draws) at most: 0.032. The second order neglects a third of the relative
    // difference (0.05) of a unit of ln L, 0.02 of a standard deviation, hence less than 0.01 in probability.
    for (const std::size_t rival : {0, 1})
      EXPECT_NEAR(found.preferred_to(rival), share_preferred(truth.expected, {rivals[rival]}, electrons, draws), 0.042);
    // Here the bound is a share of drawn numbers itself: its error comes on top.
    EXPECT_NEAR(found.likeliest({0, 1, 2}, draws).front(), share_preferred(truth.expected, rivals, electrons, draws),
                0.055);
  }
}

TEST(Discernment, preferring_to_several_is_no_likelier_than_to_the_nearest) {
  const auto truth = made_up(0);
  const auto found = Separation(truth, {}, made_rivals(truth)).at(1000);
  const double all = found.preferred_to_all({0, 1, 2});
  for (const std::size_t rival : {0, 1, 2}) EXPECT_LT(all, found.preferred_to(rival));
  EXPECT_EQ(found.preferred_to_all({}), 1);
}

TEST(Discernment, one_of_them_is_the_likeliest_and_of_two_alike_neither_more_often) {
  const auto truth = made_up(0);
  const auto found = Separation(truth, {}, made_rivals(truth)).at(1000);
  const auto shares = found.likeliest({0, 1, 2});
  ASSERT_EQ(shares.size(), 4u);
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-12);
  EXPECT_EQ(shares[0], found.preferred_to_all({0, 1, 2}));
  // Two rivals at right angles and as far from the truth: either is ahead as often, and the truth, with both behind,
  // more.
  const Discernment even{(Eigen::MatrixXd(2, 2) << 1, 0, 0, 1).finished()};
  const auto of_even = even.likeliest({0, 1});
  EXPECT_NEAR(of_even[1], of_even[2], 4 * std::sqrt(2 * 0.25 / 4000));
  EXPECT_GT(of_even[0], of_even[1]);
}

TEST(Separation, counts_that_are_not_compared_are_not_seen) {
  const auto truth = made_up(0);
  const auto rivals = made_rivals(truth);
  Array<std::uint8_t, 2> all({truth.expected.extent(0), truth.expected.extent(1)}), some = all;
  std::ranges::fill(all, std::uint8_t{1});
  some = all;
  for (std::int64_t i = 0; i < some.size(); i += 2) some.data()[i] = 0;
  const auto ratio = [&](const Array<std::uint8_t, 2>* compared) {
    return Separation(truth, {}, rivals, compared).at(1000).expected_ratio(0);
  };
  EXPECT_EQ(ratio(&all), ratio(nullptr));
  auto others = all;
  for (std::int64_t i = 0; i < some.size(); ++i) others.data()[i] = 1 - some.data()[i];
  EXPECT_LT(ratio(&some), ratio(&all));
  EXPECT_NEAR(ratio(&some) + ratio(&others), ratio(&all), 1e-9 * ratio(&all));
}

Interface small_crystal() {
  const auto recipe = small_study();
  Interface interface;
  interface.substrate_cells = interface.film_cells = recipe.window.columns / 2;
  interface.cells_along = recipe.window.cells_along;
  return interface;
}

/// Film cells in each column, summed along the beam; in thousandths, so that they compare.
std::vector<long> projection(const PlannedStructure& structure) {
  std::vector<long> sums(structure.sites.columns());
  for (int column = 0; column < structure.sites.columns(); ++column) {
    double sum = 0;
    for (int depth = 0; depth < structure.sites.depth_cells(); ++depth) sum += structure.sites.film_a(depth, 0, column);
    sums[column] = std::lround(1000 * sum);
  }
  return sums;
}

/// In how many cells the two hold another share of film.
int cells_apart(const PlannedStructure& one, const PlannedStructure& other) {
  int count = 0;
  for (int depth = 0; depth < one.sites.depth_cells(); ++depth)
    for (int column = 0; column < one.sites.columns(); ++column)
      count += std::abs(one.sites.film_a(depth, 0, column) - other.sites.film_a(depth, 0, column)) > 1e-9;
  return count;
}

/// Every single step of a lamella of ten cells.
std::vector<Hypothesis> steps() {
  std::vector<Hypothesis> all;
  for (const int height : {-1, 1})
    for (int depth = 1; depth < 10; ++depth)
      all.push_back({.interface_class = InterfaceClass::rough,
                     .thickness_cells = 10,
                     .plane = height > 0 ? -1 : 0,
                     .step_depth_cells = depth,
                     .step_height_cells = height});
  return all;
}

TEST(Rivals, all_but_the_moved_steps_project_like_the_step) {
  const auto crystal = small_crystal();
  for (const auto& truth : steps()) {
    const auto own = structure_of(truth, crystal);
    for (const auto& [question, rival] : rivals_of(truth, 2)) {
      const auto structure = structure_of(rival, crystal);
      EXPECT_EQ(projection(structure) == projection(own), question != NamedRival::Question::adjacent);
      EXPECT_EQ(structure.registered_x, own.registered_x);
      EXPECT_GT(cells_apart(structure, own), 0);
    }
  }
}

TEST(Rivals, neighbours_of_the_mirrored_step_have_its_direction_and_nearly_its_boundary) {
  for (const auto& truth : steps()) {
    const auto neighbours = neighbours_of_mirrored(truth, 2);
    EXPECT_GE(neighbours.size(), 2u);
    for (const auto& [question, rival] : neighbours) {
      EXPECT_EQ(question, NamedRival::Question::mirrored);
      EXPECT_EQ(rival.step_height_cells, -truth.step_height_cells);
      const double apart = std::abs(mean_boundary(rival) - mean_boundary(truth)) * truth.thickness_cells;
      EXPECT_EQ(std::lround(apart), std::abs(rival.step_depth_cells + truth.step_depth_cells - truth.thickness_cells));
      EXPECT_GE(std::lround(apart), 1);
    }
  }
}

TEST(Rivals, two_steps_differ_from_one_in_the_cells_at_a_surface_and_as_many_at_the_step) {
  const auto crystal = small_crystal();
  for (const int margin : {1, 3})
    for (const auto& truth : steps()) {
      int found = 0;
      for (const auto& [question, rival] : rivals_of(truth, 2, margin)) {
        if (question != NamedRival::Question::two_steps) continue;
        // Film moves from the step to a surface; where the two stretches meet, only what they do not share differs.
        const int whole =
            rival.plane == truth.plane ? truth.thickness_cells - truth.step_depth_cells : truth.step_depth_cells;
        EXPECT_EQ(cells_apart(structure_of(rival, crystal), structure_of(truth, crystal)), 2 * std::min(margin, whole));
        ++found;
      }
      const int depth = truth.step_depth_cells;
      EXPECT_EQ(found, (depth > margin) + (depth + margin < truth.thickness_cells)) << depth;
    }
}

TEST(Rivals, the_steps_of_a_mixed_cell_have_it_as_their_twin) {
  const auto crystal = small_crystal();
  for (const auto& truth : steps())
    for (const auto& [question, twin] : rivals_of(truth, 0)) {
      if (question != NamedRival::Question::twin) continue;
      for (const auto& [unused, step] : rivals_of(twin, 0))
        EXPECT_EQ(projection(structure_of(step, crystal)), projection(structure_of(twin, crystal)));
      EXPECT_EQ(rivals_of(twin, 0).size(), 2u);
    }
}

}  // namespace
}  // namespace terrace
