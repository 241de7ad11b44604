#include "specimen/composition.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double step_function(double x) { return x < 0 ? 0 : x > 0 ? 1 : 0.5; }

/// P(normal of width s ≤ x); s = 0 is a sharp step.
double normal_distribution(double x, double s) { return s > 0 ? normal_distribution(x / s) : step_function(x); }

/// P(N + E ≤ x) for a normal N of width s and an exponential E of mean length L: the exponentially modified Gaussian.
double modified_normal_distribution(double x, double s, double length) {
  if (s == 0) return x > 0 ? -std::expm1(-x / length) : 0;
  if (x < -8 * s) return 0;  // below 1e-15; keeps the exponential from overflowing
  const double exponential = std::exp(-x / length + s * s / (2 * length * length));
  return normal_distribution(x / s) - exponential * normal_distribution(x / s - s / length);
}

/// Shorter tails than this share of the whole width change the profile by less than 1e-5.
constexpr double least_tail_share = 0.05;

/// A share this near to 0 or 1 is a pure site: no atoms of vanishing occupancy.
constexpr double least_share = 1e-9;

double without_traces(double share) { return share < least_share ? 0 : share > 1 - least_share ? 1 : share; }

Array<double, 2> depth_mean(const Array<double, 2>& share) {
  Array<double, 2> mean(share.extents());
  for (std::int64_t column = 0; column < share.extent(1); ++column) {
    double sum = 0;
    for (std::int64_t depth = 0; depth < share.extent(0); ++depth) sum += share(depth, column);
    for (std::int64_t depth = 0; depth < share.extent(0); ++depth) mean(depth, column) = sum / share.extent(0);
  }
  return mean;
}

/// Mean and variance of the boundary's position where `share` rises from 0 to 1 (both ends pure).
struct Moments {
  double mean = 0, variance = 0;
};
Moments moments_of_rise(std::span<const double> share) {
  Moments moments;
  const auto columns = static_cast<int>(share.size());
  double before = 0, square = 0;
  for (int column = 0; column <= columns; ++column) {
    const double here = column < columns ? share[column] : 1;
    moments.mean += (here - before) * column;
    square += (here - before) * column * column;
    before = here;
  }
  moments.variance = std::max(0.0, square - moments.mean * moments.mean);
  return moments;
}

}  // namespace

double film_share_a(const Interface& interface, double cells) {
  const double sigma = interface.sigma_a_cells, tail = interface.la_tail_cells;
  if (tail <= least_tail_share * sigma) return normal_distribution(cells, sigma);
  const double normal_part = std::sqrt(std::max(0.0, sigma * sigma - tail * tail));
  return 1 - modified_normal_distribution(tail - cells, normal_part, tail);
}

double film_share_b(const Interface& interface, double cells) {
  return normal_distribution(cells, interface.sigma_b_cells);
}

CompositionTable composition(const Interface& interface) {
  check(interface);
  const int columns = interface.substrate_cells + interface.film_cells;
  CompositionTable table{lowest_boundary(interface), Array<double, 2>({interface.thickness_cells, columns}),
                         Array<double, 2>({interface.thickness_cells, columns})};
  for (int depth = 0; depth < interface.thickness_cells; ++depth) {
    const int boundary = boundary_at(interface, depth);
    for (int column = 0; column < columns; ++column) {
      const double middle = column + 0.5 - boundary;
      table.film_a(depth, column) = without_traces(film_share_a(interface, middle - a_site_delay(interface)));
      table.film_b(depth, column) = without_traces(film_share_b(interface, middle));
    }
  }
  return table;
}

CompositionTable uniform_composition(int depth_cells, int first_film_column, std::span<const double> film_a,
                                     std::span<const double> film_b) {
  if (depth_cells < 1 || film_a.empty() || film_a.size() != film_b.size())
    throw InputError("A composition needs at least one depth and one column, and as many columns on A as on B.");
  const std::array<std::int64_t, 2> extents{depth_cells, static_cast<std::int64_t>(film_a.size())};
  CompositionTable table{first_film_column, Array<double, 2>(extents), Array<double, 2>(extents)};
  for (int depth = 0; depth < depth_cells; ++depth) {
    std::copy(film_a.begin(), film_a.end(), table.film_a[depth].begin());
    std::copy(film_b.begin(), film_b.end(), table.film_b[depth].begin());
  }
  return table;
}

CompositionTable projected_twin(const CompositionTable& table) {
  return {table.first_film_column, depth_mean(table.film_a), depth_mean(table.film_b)};
}

ProfileMoments profile_moments(const Array<double, 2>& film_share) {
  ProfileMoments moments;
  const auto projected = moments_of_rise(depth_mean(film_share)[0]);
  double variance = 0;
  for (std::int64_t depth = 0; depth < film_share.extent(0); ++depth)
    variance += moments_of_rise(film_share[depth]).variance / film_share.extent(0);
  return {projected.mean, std::sqrt(variance), std::sqrt(projected.variance)};
}

}  // namespace terrace
