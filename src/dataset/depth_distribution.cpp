#include "dataset/depth_distribution.h"

#include <algorithm>
#include <cmath>

namespace terrace {

double depth_quantile(std::span<const double> probability, double share) {
  double below = 0;
  for (std::size_t bin = 0; bin < probability.size(); ++bin) {
    if (below + probability[bin] >= share && probability[bin] > 0)
      return static_cast<double>(bin) - 0.5 + (share - below) / probability[bin];
    below += probability[bin];
  }
  return static_cast<double>(probability.size()) - 0.5;
}

double depth_rank(std::span<const double> probability, double true_cells, double place) {
  const auto last = static_cast<long>(probability.size()) - 1;
  const long truth = std::clamp(std::lround(true_cells), 0L, last);
  double below = 0;
  for (long bin = 0; bin < truth; ++bin) below += probability[bin];
  return below + place * probability[truth];
}

double central_share(double rank) { return std::abs(2 * rank - 1); }

double share_inside(double share, double rank, double mass, double place) {
  if (mass <= 0) return central_share(rank) <= share ? 1 : 0;
  const double below = rank - place * mass, margin = (1 - share) / 2;
  return std::max(0.0, std::min(below + mass, 1 - margin) - std::max(below, margin)) / mass;
}

}  // namespace terrace
