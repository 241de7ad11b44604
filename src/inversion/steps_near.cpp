#include "inversion/steps_near.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

constexpr int farthest_plane = 2;

Hypothesis step_at(int plane, int depth, int height, int thickness) {
  return {.interface_class = InterfaceClass::rough,
          .thickness_cells = thickness,
          .plane = plane,
          .step_depth_cells = depth,
          .step_height_cells = height};
}

bool has_terraces(const Hypothesis& pair, int least_terrace_cells) {
  return pair.step_depth_cells >= least_terrace_cells &&
         pair.second_step_depth_cells - pair.step_depth_cells >= least_terrace_cells &&
         pair.thickness_cells - pair.second_step_depth_cells >= least_terrace_cells;
}

}  // namespace

std::vector<Hypothesis> steps_near(double boundary_cells, double tolerance_cells, int thickness_cells) {
  std::vector<Hypothesis> steps;
  for (const int height : {-1, 1})
    for (int plane = -farthest_plane; plane <= farthest_plane; ++plane)
      for (int depth = 1; depth < thickness_cells; ++depth) {
        const auto step = step_at(plane, depth, height, thickness_cells);
        if (std::abs(mean_boundary(step) - boundary_cells) <= tolerance_cells) steps.push_back(step);
      }
  return steps;
}

std::vector<Hypothesis> pairs_near(double boundary_cells, int first_depths, int thickness_cells,
                                   int least_terrace_cells) {
  std::vector<Hypothesis> pairs;
  const int stride = std::max(1, thickness_cells / first_depths);
  for (const int first_height : {-1, 1})
    for (const int second_height : {-1, 1})
      for (int plane = -farthest_plane; plane <= farthest_plane; ++plane)
        for (int first = least_terrace_cells; first < thickness_cells; first += stride) {
          auto pair = step_at(plane, first, first_height, thickness_cells);
          const double below = (boundary_cells - mean_boundary(pair)) / second_height;
          pair.second_step_height_cells = second_height;
          pair.second_step_depth_cells = static_cast<int>(std::lround(thickness_cells * (1 - below)));
          if (has_terraces(pair, least_terrace_cells)) pairs.push_back(pair);
        }
  return pairs;
}

std::vector<Hypothesis> neighbours_of_pair(const Hypothesis& pair, int least_terrace_cells) {
  std::vector<Hypothesis> near;
  for (const auto& [first, second] : {std::pair{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 0}, {1, 1}}) {
    Hypothesis moved = pair;
    moved.step_depth_cells += first;
    moved.second_step_depth_cells += second;
    if (has_terraces(moved, least_terrace_cells)) near.push_back(moved);
  }
  return near;
}

}  // namespace terrace
