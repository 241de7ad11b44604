#include "learning/target.h"

#include <algorithm>
#include <cmath>

#include "learning/sample_source.h"

namespace terrace {
namespace {

void add_depth(double depth_cells, double smoothing_cells, double share, std::vector<float>& bins) {
  const double width = std::max(smoothing_cells, 0.05);
  std::vector<double> heights;
  double sum = 0;
  for (int bin = 0; bin < std::ssize(bins); ++bin) {
    const double distance = (bin - std::clamp(depth_cells, 0.0, std::ssize(bins) - 1.0)) / width;
    sum += heights.emplace_back(std::exp(-0.5 * distance * distance));
  }
  for (std::size_t bin = 0; bin < bins.size(); ++bin) bins[bin] += static_cast<float>(share * heights[bin] / sum);
}

}  // namespace

Target target_of(const Labels& labels, const Conditions& conditions, int depth_bins, double smoothing_cells) {
  Target target;
  target.interface_class = static_cast<int>(labels.interface_class);
  target.step_count = std::clamp(labels.step_count, 0, 2);
  for (int i = 0; i < regression_count; ++i) target.values[i] = standardised(regressions[i], labels, conditions);
  if (!has_step(labels)) return target;
  target.up = labels.step_height_cells > 0 ? 1.0f : 0.0f;
  target.depth.resize(depth_bins);
  const bool two = labels.second_step_depth_cells >= 0;
  add_depth(labels.step_depth_cells, smoothing_cells, two ? 0.5 : 1, target.depth);
  if (two) add_depth(labels.second_step_depth_cells, smoothing_cells, 0.5, target.depth);
  return target;
}

}  // namespace terrace
