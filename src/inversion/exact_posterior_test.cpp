#include "inversion/exact_posterior.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "inversion/count_likelihood.h"
#include "inversion/small_study.h"

namespace terrace {
namespace {

/// The hypotheses of the small study with patterns drawn at random: all that Bayes' rule needs.
class RandomPatterns {
 public:
  RandomPatterns() {
    HypothesisSpace space{
        .thicknesses = {8}, .thinnest = 8, .thickest = 8, .farthest_boundary_cells = 0.75, .rules = {}};
    hypotheses = hypotheses_of(space);
    for (std::size_t h = 0; h < hypotheses.size(); ++h) {
      Random random(21, {h});
      std::vector<float> fractions(pixels);
      for (float& fraction : fractions) fraction = static_cast<float>(random.uniform(0.5, 1.5) / pixels);
      patterns.push_back(fractions);
      values_.push_back(fractions);
    }
    for (auto& values : values_) logs_.push_back(take_logarithms(values));
  }

  Posterior posterior(int truth, double electrons, std::uint64_t draw) const {
    Random random(22, {draw});
    const auto counts = draw_counts(patterns[truth], electrons, random);
    std::vector<double> log_likelihoods;
    for (const auto& expected : logs_) log_likelihoods.push_back(log_likelihood(counts, expected, electrons));
    return posterior_of(hypotheses, log_likelihoods);
  }

  int draw_truth(Random& random) const {
    double left = random.uniform();
    for (int h = 0; h < std::ssize(hypotheses); ++h)
      if ((left -= hypotheses[h].prior) < 0) return h;
    return static_cast<int>(hypotheses.size()) - 1;
  }

  static constexpr int pixels = 40;
  std::vector<Hypothesis> hypotheses;
  std::vector<std::vector<float>> patterns;

 private:
  std::vector<std::vector<float>> values_;
  std::vector<LogPattern> logs_;
};

TEST(ExactPosterior, without_electrons_it_is_the_prior) {
  const RandomPatterns study;
  const auto posterior = study.posterior(3, 0, 0);
  for (std::size_t h = 0; h < study.hypotheses.size(); ++h)
    EXPECT_NEAR(posterior.probability[h], study.hypotheses[h].prior, 1e-12);
  EXPECT_NEAR(posterior.step_height_probability_up, 0.5, 1e-12);
}

TEST(ExactPosterior, with_endless_electrons_it_is_the_truth) {
  const RandomPatterns study;
  for (int truth = 0; truth < std::ssize(study.hypotheses); ++truth) {
    const auto posterior = study.posterior(truth, 1e7, truth);
    // The nearest rival diverges by some 0.05 an electron: e^-500000.
    EXPECT_GT(posterior.probability[truth], 1 - 1e-9);
    EXPECT_EQ(most_probable_class(posterior), study.hypotheses[truth].interface_class);
  }
}

TEST(ExactPosterior, confidence_is_the_share_that_is_right) {
  const RandomPatterns study;
  for (const double electrons : {3.0, 30.0, 100.0}) {
    double excess = 0, excess_of_depth = 0, squares = 0, squares_of_depth = 0;
    std::array<double, 4> said{}, so{};
    const int draws = 4000;
    int steps = 0;
    for (int draw = 0; draw < draws; ++draw) {
      Random random(23, {static_cast<std::uint64_t>(draw)});
      const int truth = study.draw_truth(random);
      const auto& is = study.hypotheses[truth];
      const auto posterior = study.posterior(truth, electrons, draw);
      const auto answer = most_probable_class(posterior);
      const double gap = posterior.class_probability[static_cast<int>(answer)] - (answer == is.interface_class);
      excess += gap, squares += gap * gap;
      for (int c = 0; c < 4; ++c) said[c] += posterior.class_probability[c];
      so[static_cast<int>(is.interface_class)] += 1;
      if (is.interface_class != InterfaceClass::rough) continue;
      const int depth = most_probable_depth(posterior);
      // Given a step: the depth distribution needs the class to be known, and here it is.
      const double gap_of_depth = posterior.depth_probability[depth] - (depth == is.step_depth_cells);
      excess_of_depth += gap_of_depth, squares_of_depth += gap_of_depth * gap_of_depth, ++steps;
    }
    // Four standard errors of a mean over independent draws.
    EXPECT_NEAR(excess / draws, 0, 4 * std::sqrt(squares) / draws) << electrons;
    EXPECT_NEAR(excess_of_depth / steps, 0, 4 * std::sqrt(squares_of_depth) / steps) << electrons;
    for (int c = 0; c < 4; ++c) EXPECT_NEAR(said[c] / draws, so[c] / draws, 4 * std::sqrt(0.25 / draws)) << electrons;
  }
}

TEST(ExactPosterior, steps_are_placed_even_where_a_step_is_all_but_excluded) {
  const RandomPatterns study;
  std::vector<double> log_likelihoods(study.hypotheses.size(), -5000.0);
  int placed = -1;
  for (int h = 0; h < std::ssize(study.hypotheses); ++h) {
    if (study.hypotheses[h].interface_class == InterfaceClass::abrupt) log_likelihoods[h] = 0;
    if (study.hypotheses[h].step_depth_cells == 5 && study.hypotheses[h].step_height_cells > 0) placed = h;
  }
  log_likelihoods[placed] = -4000;
  const auto posterior = posterior_of(study.hypotheses, log_likelihoods);
  EXPECT_EQ(most_probable_class(posterior), InterfaceClass::abrupt);
  EXPECT_EQ(most_probable_depth(posterior), 5);
  EXPECT_NEAR(posterior.step_height_probability_up, 1, 1e-9);
}

TEST(ExactPosterior, each_question_has_its_own_best_answer) {
  Posterior posterior;
  posterior.depth_probability = {0, 0.35, 0, 0, 0, 0.3, 0.3, 0.05};
  EXPECT_EQ(most_probable_depth(posterior), 1);
  EXPECT_EQ(depth_with_most_neighbours(posterior), 6);
  EXPECT_EQ(median_depth(posterior), 5);
}

}  // namespace
}  // namespace terrace
