// What can be told from a scan before it is made: how far apart two structures are, everything else fitted.
#pragma once

#include <string>
#include <vector>

#include "inversion/tangent.h"

namespace terrace {

/// The expected logarithm of the likelihood ratio that settles a question: right in about nineteen of twenty.
inline constexpr double settling_ratio = 5;

/// How a structure stands against rivals at one dose, every parameter of `tangent` fitted anew for each of them. To
/// second order in the differences (a normal model of the counts), ln L(rival) − ln L(truth) is then normal with mean
/// −½ G_ii and covariance G, the Gram matrix of the differences that no parameter explains: the bound of any reader.
struct Discernment {
  std::vector<Hypothesis> rivals;
  Eigen::MatrixXd gram;

  /// ln L(truth) − ln L(rival), expected.
  double expected_ratio(std::size_t rival) const { return gram(static_cast<int>(rival), static_cast<int>(rival)) / 2; }
  /// The probability that the truth is likelier than this rival alone.
  double preferred_to(std::size_t rival) const;
  /// The probability that the truth is likelier than each of the rivals that `chosen` marks, by `draws` draws.
  double preferred_to_all(const std::vector<std::size_t>& chosen, int draws = 4000) const;
};

/// `truth` holds patterns and derivatives by `parameters` where the truth is; `patterns` are the rivals'.
Discernment discern(const Linearisation& truth, const std::vector<Parameter>& parameters,
                    const std::vector<Hypothesis>& rivals, const std::vector<Patterns>& patterns, double electrons);

/// The dose at which the expected ratio is `settling_ratio`, found between 1 and 1e9 electrons a pattern; the priors of
/// the parameters help at low doses, so that it is no mere proportion.
double settling_electrons(const Linearisation& truth, const std::vector<Parameter>& parameters, const Hypothesis& rival,
                          const Patterns& patterns);

/// The rivals that questions are about: the same step at depths up to `reach` cells away, the mirrored step (the same
/// projection, at t − z), and its matched diffuse twin; for a mixed cell the two steps of the same projection.
struct NamedRival {
  enum class Question { adjacent, mirrored, twin };
  Question question = Question::adjacent;
  Hypothesis hypothesis;
};
std::vector<NamedRival> rivals_of(const Hypothesis& truth, int reach);

}  // namespace terrace
