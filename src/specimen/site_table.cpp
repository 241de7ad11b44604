#include "specimen/site_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/random.h"

namespace terrace {
namespace {

/// Names the streams of the two sites of a cell apart.
enum class Site : std::uint64_t { a = 0, b = 1 };

/// The number in [0, 1) that belongs to one site, whatever else is drawn.
double site_number(std::uint64_t seed, std::int64_t depth, std::int64_t row, std::int64_t column, Site site) {
  const auto cell = (static_cast<std::uint64_t>(row) << 32) | static_cast<std::uint64_t>(column);
  return Random(seed, {static_cast<std::uint64_t>(depth), cell, static_cast<std::uint64_t>(site)}).uniform();
}

template <class Share>
Array<double, 3> fill(std::int64_t depths, std::int64_t rows, std::int64_t columns, const Share& share) {
  Array<double, 3> sites({depths, rows, columns});
  for (std::int64_t depth = 0; depth < depths; ++depth)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column = 0; column < columns; ++column) sites(depth, row, column) = share(depth, row, column);
  return sites;
}

Array<double, 3> draw(const Array<double, 2>& share, int rows, std::uint64_t seed, Site site) {
  return fill(share.extent(0), rows, share.extent(1), [&](auto depth, auto row, auto column) {
    return site_number(seed, depth, row, column, site) < share(depth, column) ? 1.0 : 0.0;
  });
}

/// All depths, in the random order that belongs to one column of atoms.
std::vector<std::int64_t> random_order(std::int64_t depths, std::uint64_t seed, std::int64_t row, std::int64_t column,
                                       Site site) {
  std::vector<std::pair<double, std::int64_t>> numbers(depths);
  for (std::int64_t depth = 0; depth < depths; ++depth)
    numbers[depth] = {site_number(seed, depth, row, column, site), depth};
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::int64_t> order(depths);
  for (std::int64_t depth = 0; depth < depths; ++depth) order[depth] = numbers[depth].second;
  return order;
}

/// Calls place(row, column, order of depths) for every column of atoms.
template <class Place>
void for_each_atom_column(const Array<double, 3>& sites, std::uint64_t seed, Site site, const Place& place) {
  for (std::int64_t row = 0; row < sites.extent(1); ++row)
    for (std::int64_t column = 0; column < sites.extent(2); ++column)
      place(row, column, random_order(sites.extent(0), seed, row, column, site));
}

Array<double, 3> count_out(const Array<double, 2>& share, int rows, std::uint64_t seed, Site site) {
  Array<double, 3> sites({share.extent(0), rows, share.extent(1)});
  for_each_atom_column(sites, seed, site, [&](auto row, auto column, const auto& order) {
    double sum = 0;
    for (std::int64_t depth = 0; depth < share.extent(0); ++depth) sum += share(depth, column);
    const auto count = std::lround(sum);
    for (std::int64_t atom = 0; atom < count; ++atom) sites(order[atom], row, column) = 1;
  });
  return sites;
}

Array<double, 3> shuffle(const Array<double, 3>& from, int rows, std::uint64_t seed, Site site) {
  Array<double, 3> sites({from.extent(0), rows, from.extent(2)});
  for_each_atom_column(sites, seed, site, [&](auto row, auto column, const auto& order) {
    for (std::int64_t depth = 0; depth < from.extent(0); ++depth)
      sites(order[depth], row, column) = from(depth, row % from.extent(1), column);
  });
  return sites;
}

Array<double, 3> one_row(const Array<double, 2>& share) {
  return fill(share.extent(0), 1, share.extent(1), [&](auto depth, auto, auto column) { return share(depth, column); });
}

}  // namespace

SiteTable virtual_sites(const CompositionTable& table) {
  return {table.first_film_column, one_row(table.film_a), one_row(table.film_b)};
}

SiteTable drawn_sites(const CompositionTable& table, int rows, std::uint64_t seed) {
  return {table.first_film_column, draw(table.film_a, rows, seed, Site::a), draw(table.film_b, rows, seed, Site::b)};
}

SiteTable counted_sites(const CompositionTable& table, int rows, std::uint64_t seed) {
  return {table.first_film_column, count_out(table.film_a, rows, seed, Site::a),
          count_out(table.film_b, rows, seed, Site::b)};
}

SiteTable cut_off(const SiteTable& sites, int depth_cells) {
  const auto first = [&](const Array<double, 3>& all) {
    return fill(depth_cells, all.extent(1), all.extent(2), [&](auto... place) { return all(place...); });
  };
  return {sites.first_film_column, first(sites.film_a), first(sites.film_b)};
}

SiteTable projected_twin(const SiteTable& sites, int rows, std::uint64_t seed) {
  return {sites.first_film_column, shuffle(sites.film_a, rows, seed, Site::a),
          shuffle(sites.film_b, rows, seed, Site::b)};
}

}  // namespace terrace
