#include "inversion/count_likelihood.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

/// Σ a b, summed in double: ln L is 1e6 at 1e4 electrons, and differences of 1 decide.
double dot(std::span<const float> a, std::span<const float> b) {
  double sums[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= a.size(); i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += double{a[i + lane]} * double{b[i + lane]};
  for (; i < a.size(); ++i) sums[0] += double{a[i]} * double{b[i]};
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace

LogPattern take_logarithms(std::span<float> fractions) {
  double sum = 0;
  for (float& value : fractions) {
    const float fraction = std::max(value, least_fraction);
    sum += fraction;
    value = std::log(fraction);
  }
  return {fractions, sum};
}

std::vector<float> draw_counts(std::span<const float> fractions, double electrons, Random& random) {
  std::vector<float> counts;
  counts.reserve(fractions.size());
  for (const float fraction : fractions) counts.push_back(static_cast<float>(random.poisson(electrons * fraction)));
  return counts;
}

double log_likelihood(std::span<const float> counts, const LogPattern& expected, double electrons) {
  return dot(counts, expected.log_fractions) - electrons * expected.sum;
}

double divergence(std::span<const float> truth, const LogPattern& log_truth, const LogPattern& rival) {
  double sum = rival.sum - log_truth.sum;
  for (std::size_t i = 0; i < truth.size(); ++i)
    sum += double{truth[i]} * (double{log_truth.log_fractions[i]} - double{rival.log_fractions[i]});
  return sum;
}

}  // namespace terrace
