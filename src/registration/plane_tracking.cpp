#include "registration/plane_tracking.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "core/constants.h"
#include "registration/least_squares.h"
#include "registration/peak_shape.h"

namespace terrace {

namespace {

/// The samples around `middle`, with positions counted from it.
struct Sample1D {
  double offset, value;
};

std::vector<Sample1D> window(const ContrastProfile& profile, double middle, double reach) {
  std::vector<Sample1D> samples;
  const int count = static_cast<int>(profile.values.size());
  const int first = std::max(0, static_cast<int>(std::ceil((middle - reach) / profile.step)));
  for (int i = first; i < count && i * profile.step <= middle + reach; ++i)
    samples.push_back({i * profile.step - middle, profile.values[i]});
  return samples;
}

/// The fundamental in a window of 1.5 cells, as amplitude and shift of its maximum from `middle`; weights fall to the
/// window's ends. Amplitude 0 where the scan does not settle it.
struct Fundamental {
  double amplitude = 0, shift = 0;
};

Fundamental fundamental(const ContrastProfile& profile, double middle, double cell) {
  LeastSquares equations(3);
  const double reach = 0.8 * cell;
  int count = 0;
  for (const auto& sample : window(profile, middle, reach)) {
    const double angle = 2 * pi * sample.offset / cell, taper = std::cos(pi / 2 * sample.offset / (1.05 * reach));
    equations.add({1, std::cos(angle), std::sin(angle)}, sample.value, taper * taper);
    ++count;
  }
  const auto fit = count >= 4 ? equations.solve() : std::vector<double>{};
  if (fit.empty()) return {};
  return {std::hypot(fit[1], fit[2]), std::atan2(fit[2], fit[1]) / (2 * pi) * cell};
}

/// Where A-planes show best: the largest fundamental among windows that lie as much inside the scan as may be.
double best_start(const ContrastProfile& profile, double cell) {
  const double margin = std::min(0.8 * cell, 0.45 * profile.length());
  double best = -1, start = 0;
  for (double u = margin; u <= profile.length() - margin + 1e-9; u += 0.05 * cell) {
    const auto found = fundamental(profile, u, cell);
    if (found.amplitude <= best) continue;
    best = found.amplitude;
    start = u + found.shift;
  }
  return start;
}

/// How well peaks at `shift` from `middle` and at the planes beside it fit: what is left of the sum of squares.
struct Peak {
  double left = 1e300, shift = 0, height = 0, variance = 0;
};

Peak fit_peak(const std::vector<Sample1D>& samples, double shift, const PeakShape& shape, double half_cell) {
  LeastSquares equations(2);
  const auto basis = [&](double offset) {
    const double u = offset - shift;
    return std::vector<double>{shape(u) + shape(u - 2 * half_cell) + shape(u + 2 * half_cell),
                               -shape(u - half_cell) - shape(u + half_cell)};
  };
  for (const auto& sample : samples) equations.add(basis(sample.offset), sample.value);
  const auto fit = equations.solve();
  Peak peak;
  if (fit.empty()) return peak;
  peak = {0, shift, fit[0], 0};
  for (const auto& sample : samples) {
    const auto b = basis(sample.offset);
    peak.left += std::pow(sample.value - fit[0] * b[0] - fit[1] * b[1], 2);
    // Curvature of the sum of squares: slope of the model by shift.
    const double slope = fit[0] * b[0] * (sample.offset - shift) / (shape.width * shape.width);
    peak.variance += slope * slope;
  }
  peak.variance = peak.variance > 0 ? 1 / peak.variance : 1e6;
  return peak;
}

/// The samples around one plane: five at least, for three unknowns.
std::vector<Sample1D> peak_window(const ContrastProfile& profile, double middle, double cell) {
  return window(profile, middle, std::max(0.45 * cell, 2.6 * profile.step));
}

Peak refine(const ContrastProfile& profile, double middle, double cell, const PeakShape& shape) {
  const auto samples = peak_window(profile, middle, cell);
  Peak best;
  if (samples.size() < 4) return best;
  for (double pitch : {0.02 * cell, 0.002 * cell}) {
    const double from = best.shift;
    const double reach = pitch > 0.01 * cell ? 0.2 * cell : 0.02 * cell;
    for (double shift = from - reach; shift <= from + reach; shift += pitch) {
      const Peak peak = fit_peak(samples, shift, shape, cell / 2);
      if (peak.height > 0 && peak.left < best.left) best = peak;
    }
  }
  return best;
}

/// The shape (widths of 0.05 … 0.24 cells, a third of a step at least) that leaves least over all planes where the walk
/// put them: free to move as well, peaks that fall on a sample would look sharper than they are.
PeakShape common_shape(const ContrastProfile& profile, const std::vector<AtomicPlane>& planes, double cell) {
  const double narrowest = std::max(0.05 * cell, profile.step / 3);
  double best = 1e300;
  PeakShape shape{narrowest, 0};
  for (double width = narrowest; width <= 0.241 * cell; width *= 1.12)
    for (const double foot : {0.0, 0.15, 0.4}) {
      double left = 0;
      for (const auto& plane : planes)
        left += std::min(1e200, fit_peak(peak_window(profile, plane.position, cell), 0, {width, foot}, cell / 2).left);
      if (left >= best) continue;
      best = left;
      shape = {width, foot};
    }
  return shape;
}

/// Height of the profile at `middle` by projection on the peak; NaN where no sample lies close.
double height_at(const ContrastProfile& profile, double middle, const PeakShape& shape) {
  double product = 0, square = 0, closest = 1e9;
  for (const auto& sample : window(profile, middle, 2 * shape.width)) {
    const double g = shape(sample.offset);
    product += g * sample.value;
    square += g * g;
    closest = std::min(closest, std::abs(sample.offset));
  }
  return closest <= std::max(0.6 * profile.step, 0.5 * shape.width) ? product / square : std::nan("");
}

/// The B columns before the first A-plane belong to a plane outside the scan: its cell is worth having all the same.
void add_plane_before(const ContrastProfile& profile, std::vector<AtomicPlane>& planes, double cell,
                      const PeakShape& shape) {
  const double first = planes.front().position;
  if (std::isfinite(height_at(profile, first - cell / 2, shape)))
    planes.insert(planes.begin(), {first - cell, 0.2 * cell, std::nan(""), 0});
}

std::vector<AtomicPlane> walk(const ContrastProfile& profile, double start, double cell) {
  std::vector<AtomicPlane> planes = {{start, 0, 0, 0}};
  const double margin = 0.12 * cell;
  for (const int direction : {+1, -1}) {
    double here = start, spacing = cell;
    while (true) {
      const double next = here + direction * spacing;
      if (next < -margin || next > profile.length() + margin) break;
      const double shift = std::clamp(fundamental(profile, next, cell).shift, -0.15 * cell, 0.15 * cell);
      // Half the news goes into the position, a quarter into the spacing: a wrong turn does not throw the walk off.
      here = next + 0.7 * shift;
      spacing = std::clamp(spacing + 0.25 * direction * shift, 0.8 * cell, 1.2 * cell);
      planes.push_back({here, 0, 0, 0});
    }
  }
  std::sort(planes.begin(), planes.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
  return planes;
}

void place(AtomicPlane& plane, const ContrastProfile& profile, double cell, const PeakShape& shape) {
  const Peak peak = refine(profile, plane.position, cell, shape);
  const bool good = peak.left < 1e299 && peak.height > 0 && peak.height > 2 * profile.noise;
  if (good) plane.position += peak.shift;
  const double noise = std::max(profile.noise, good ? std::sqrt(peak.left / 4) : 0);
  plane.error = good ? std::clamp(std::sqrt(peak.variance) * noise, 0.002 * cell, 0.3 * cell) : 0.2 * cell;
  // Half a peak at the scan's end says little about its middle.
  const double to_end = std::min(plane.position, profile.length() - plane.position);
  if (to_end < 0.35 * cell) plane.error = std::max(plane.error, 0.1 * cell);
  plane.brightness_a = height_at(profile, plane.position, shape);
}

bool period_stands_out(const ContrastProfile& profile, double start, double cell, std::string& reason) {
  const auto found = fundamental(profile, start, cell);
  if (profile.length() < 0.9 * cell)
    reason = "the scan covers less than one cell across the interface";
  else if (found.amplitude < 1e-5 || found.amplitude < 2 * profile.noise)
    reason = "no A-planes stand out across the interface";
  return reason.empty();
}

}  // namespace

TrackedPlanes track_planes(const ContrastProfile& profile, double cell, double known) {
  TrackedPlanes tracked;
  if (profile.step > cell / 2.5) {
    tracked.reason = "the scan step of " + std::to_string(profile.step) + " Å is too coarse to see A-planes";
    return tracked;
  }
  const double start = std::isfinite(known) ? known : best_start(profile, cell);
  if (!period_stands_out(profile, start, cell, tracked.reason)) return tracked;
  auto& planes = tracked.planes = walk(profile, start, cell);
  tracked.shape = common_shape(profile, planes, cell);
  for (auto& plane : planes) place(plane, profile, cell, tracked.shape);
  add_plane_before(profile, planes, cell, tracked.shape);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const double spacing = i + 1 < planes.size() ? planes[i + 1].position - planes[i].position
                           : i > 0               ? planes[i].position - planes[i - 1].position
                                                 : cell;
    planes[i].brightness_b = -height_at(profile, planes[i].position + spacing / 2, tracked.shape);
  }
  return tracked;
}

}  // namespace terrace
