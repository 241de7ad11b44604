#include "registration/substrate_region.h"

#include <cmath>

#include "registration/stretches.h"

namespace terrace {
namespace {

/// Where the scan reaches across the interface, crystal frame, half a step beyond its outermost positions.
std::pair<double, double> reach_across(const ScanInfo& info, Registration r) {
  r.interface_normal = r.interface_normal == "x" ? "y" : "x";
  return reach_along(info, r);
}

}  // namespace

SubstrateRegion::Reach SubstrateRegion::whole_cells(double low, double high, double cell) {
  return {low, low + cell * std::floor((high - low) / cell + 1e-6)};
}

SubstrateRegion::SubstrateRegion(const ScanInfo& info, const Registration& r)
    : normal_is_x_(r.interface_normal == "x") {
  auto [low, high] = reach_across(info, r);
  const double cell = r.cell_across_angstrom.value, gap = cells_left_out * cell;
  (r.film_side == "high" ? high : low) = r.interface_angstrom.value + (r.film_side == "high" ? -gap : gap);
  across_ = whole_cells(low, high, cell);
  const auto [first, last] = reach_along(info, r);
  along_ = whole_cells(first, last, r.cell_along_angstrom.value);
}

}  // namespace terrace
