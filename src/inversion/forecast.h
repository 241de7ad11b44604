// What can be told from a scan before it is made: how far apart two structures are, everything else fitted.
#pragma once

#include <string>
#include <vector>

#include "inversion/tangent.h"

namespace terrace {

/// The expected logarithm of the likelihood ratio that settles a question: right in about nineteen of twenty.
inline constexpr double settling_ratio = 5;

/// How a structure stands against rivals at one dose, every parameter fitted anew for each of them. To second order in
/// the differences (a normal model of the counts), ln L(rival) − ln L(truth) is then normal with mean −½ G_ii and
/// covariance G, the Gram matrix of the differences that no parameter explains: the bound of any reader.
struct Discernment {
  Eigen::MatrixXd gram;

  /// ln L(truth) − ln L(rival), expected.
  double expected_ratio(std::size_t rival) const { return gram(static_cast<int>(rival), static_cast<int>(rival)) / 2; }
  /// The probability that the truth is likelier than this rival alone.
  double preferred_to(std::size_t rival) const;
  /// The probability that the truth is the likeliest of itself and the rivals that `chosen` names, and then that each
  /// of these is, by `draws` draws.
  std::vector<double> likeliest(const std::vector<std::size_t>& chosen, int draws = 4000) const;
  double preferred_to_all(const std::vector<std::size_t>& chosen) const { return likeliest(chosen).front(); }
};

/// A dose that settles nothing: settling_electrons where the dose would have to be larger.
inline constexpr double most_electrons = 1e9;

/// How far rivals are from the truth at any dose. With d the differences of the counts and W their derivatives by the
/// parameters, both over the root of the expected counts, and P the priors' inverse variances, counts that leave the
/// parameters open are normal with covariance 1 + W P⁻¹ Wᵀ, so that G = dᵀ(1 + W P⁻¹ Wᵀ)⁻¹d =
/// dᵀd − dᵀW (WᵀW + P)⁻¹ Wᵀd (Woodbury's identity; Rasmussen & Williams, Gaussian Processes (2006), A.9). It grows with
/// the dose, and where priors do not matter in proportion.
class Separation {
 public:
  /// `truth` holds patterns, and derivatives by `parameters` (its first ones), where the truth is; none for all known.
  /// Counts where `compared` is 0 ([position][pixel]) are not seen; all are where it is null.
  Separation(const Linearisation& truth, const std::vector<Parameter>& parameters, const std::vector<Patterns>& rivals,
             const Array<std::uint8_t, 2>* compared = nullptr);

  Discernment at(double electrons) const;
  /// The dose at which the expected ratio is `settling_ratio`, from 1 electron a pattern up; `most_electrons` where
  /// none is.
  double settling_electrons(std::size_t rival) const;

 private:
  // Of one electron a pattern.
  Eigen::MatrixXd differences_;  // dᵀd, [rival][rival]
  Eigen::MatrixXd along_;        // Wᵀd, [parameter][rival]
  Eigen::MatrixXd information_;  // WᵀW
  Eigen::VectorXd prior_;        // diagonal of P
};

/// The rivals that questions are about. For a single step: the same step at depths up to `reach` cells away; the
/// mirrored step (the same projection, at t − z); its matched diffuse twin; and the two pairs of steps of the same
/// projection that are nearest to it, in which the terrace begins or ends `margin` cells from a surface. For a mixed
/// cell: the two steps of the same projection.
struct NamedRival {
  enum class Question { adjacent, mirrored, twin, two_steps };
  Question question = Question::adjacent;
  Hypothesis hypothesis;
};
/// "next cell", "mirrored", "mixed cell", "two steps".
const char* name_of(NamedRival::Question question);
std::vector<NamedRival> rivals_of(const Hypothesis& truth, int reach, int margin = 1);
/// Of a single step: its mirror image at depths up to `reach` cells away. Near a surface they project almost alike and
/// are as like the step as the mirror image itself.
std::vector<NamedRival> neighbours_of_mirrored(const Hypothesis& truth, int reach);
/// Depths that compete for the exact cell, of the step and of its mirror image; farther ones are farther apart.
inline constexpr int rival_reach = 3;

}  // namespace terrace
