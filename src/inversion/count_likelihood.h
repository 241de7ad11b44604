// How probable counted electrons are under an expected pattern: independent Poisson counts in every pixel.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/random.h"

namespace terrace {

/// Pixels that expect less of the beam than this count as expecting this much, so that rounding excludes nothing.
inline constexpr float least_fraction = 1e-12f;

/// An expected pattern made ready to be compared with many counts: ln of each pixel's fraction of the beam, and their
/// sum.
struct LogPattern {
  std::span<const float> log_fractions;
  double sum = 0;
};
/// Replaces the fractions by their logarithms, in place.
LogPattern take_logarithms(std::span<float> fractions);

/// One draw of what a perfect detector counts: Poisson(electrons × fraction) in each pixel.
std::vector<float> draw_counts(std::span<const float> fractions, double electrons, Random& random);

/// ln of the probability of `counts` at a dose of `electrons` a pattern: Σ n ln I − electrons Σ I, without the terms
/// that are the same for every expectation (n ln electrons − ln n!).
double log_likelihood(std::span<const float> counts, const LogPattern& expected, double electrons);

/// What one electron a pattern is expected to add to ln L(truth) − ln L(rival): Σ I ln(I/J) − (I − J), never negative
/// (the Kullback-Leibler divergence of Poisson counts).
double divergence(std::span<const float> truth, const LogPattern& log_truth, const LogPattern& rival);

}  // namespace terrace
