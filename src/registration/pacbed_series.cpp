#include "registration/pacbed_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "specimen/plane_symmetry.h"

namespace terrace {
namespace {

constexpr double slice_angstrom = 1.9525;

/// Whole periods nearest to each thickness of the range, each once.
std::vector<int> periods_of(double period_nm, const PacbedRange& range) {
  std::vector<int> periods;
  for (double nm = range.thinnest_nm; nm < range.thickest_nm + range.step_nm / 2; nm += range.step_nm) {
    const int count = std::max(1, static_cast<int>(std::lround(nm / period_nm)));
    if (periods.empty() || count > periods.back()) periods.push_back(count);
  }
  return periods;
}

}  // namespace

PacbedSeries make_series(const Structure& period, const PacbedRange& range, int threads, const Progress& progress) {
  PacbedPlan plan;
  plan.period = cut_into_slabs(period, slice_angstrom);
  plan.energy_kev = range.energy_kev;
  plan.widest_mrad = range.widest_mrad;
  plan.reach_mrad = range.reach_mrad;
  plan.periods = periods_of(period.height_z / 10, range);
  if (plan.periods.size() < 3)
    throw InputError(
        fmt::format("From {} to {} nm in steps of {} nm there are {} thicknesses of whole periods of {:.3f} "
                    "nm (three are needed). Widen the range?",
                    range.thinnest_nm, range.thickest_nm, range.step_nm, plan.periods.size(), period.height_z / 10));
  PacbedSeries series{PacbedTable(plan, threads, progress), {}};
  for (const int count : plan.periods) series.thicknesses_nm.push_back(count * period.height_z / 10);
  const bool mirror_x = has_symmetry(plan.period, PlaneOperation::mirror_x);
  const bool mirror_y = has_symmetry(plan.period, PlaneOperation::mirror_y);
  series.mirrored = mirror_x || mirror_y || has_symmetry(plan.period, PlaneOperation::exchange);
  series.square = mirror_x && mirror_y && has_symmetry(plan.period, PlaneOperation::exchange);
  return series;
}

}  // namespace terrace
