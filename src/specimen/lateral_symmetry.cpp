#include "specimen/lateral_symmetry.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

namespace terrace {
namespace {

constexpr double tolerance = 1e-5;  // Å

/// Distances along y of the atoms that are alike and stand at one x.
using Row = std::vector<double>;

double within(double y, double period) {
  y -= std::floor(y / period) * period;
  return y > period - tolerance ? 0 : y;
}

/// The atoms of a slab that are alike and stand at one x, by their places in the slab, in order of y.
std::vector<std::vector<std::size_t>> atoms_by_row(const Slab& slab, double width_y) {
  std::map<std::tuple<int, long long, double, double>, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < slab.atoms.size(); ++i) {
    const auto& atom = slab.atoms[i];
    rows[{atom.atomic_number, std::llround(atom.x / tolerance), atom.occupancy, atom.b_factor}].push_back(i);
  }
  std::vector<std::vector<std::size_t>> result;
  for (auto& [what, row] : rows) {
    std::ranges::sort(row, {}, [&](std::size_t i) { return within(slab.atoms[i].y, width_y); });
    result.push_back(std::move(row));
  }
  return result;
}

std::vector<Row> rows_of(const Slab& slab, double width_y) {
  std::vector<Row> rows;
  for (const auto& atoms : atoms_by_row(slab, width_y)) {
    Row row;
    for (const auto i : atoms) row.push_back(within(slab.atoms[i].y, width_y));
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Whether `moved` (any order) holds the same places as `row`, which is sorted.
bool same_places(const Row& row, Row moved) {
  std::sort(moved.begin(), moved.end());
  return std::equal(row.begin(), row.end(), moved.begin(),
                    [](double a, double b) { return std::abs(a - b) < 2 * tolerance; });
}

bool repeats(const Row& row, int count, double width_y) {
  if (row.size() % count != 0) return false;
  Row moved;
  for (const double y : row) moved.push_back(within(y + width_y / count, width_y));
  return same_places(row, std::move(moved));
}

bool is_mirrored(const Row& row, double width_y) {
  Row moved;
  for (const double y : row) moved.push_back(within(-y, width_y));
  return same_places(row, std::move(moved));
}

}  // namespace

int repeats_along_y(const Specimen& specimen) {
  std::vector<Row> rows;
  for (const auto& slab : specimen.slabs)
    for (auto& row : rows_of(slab, specimen.width_y)) rows.push_back(std::move(row));
  std::size_t most = 0;  // a row of n atoms repeats n times at most, and n must divide all
  for (const auto& row : rows) most = std::gcd(most, row.size());
  for (int count = static_cast<int>(most); count > 1; --count)
    if (most % count == 0 &&
        std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return repeats(row, count, specimen.width_y); }))
      return count;
  return 1;
}

bool is_mirrored_along_y(const Specimen& specimen) {
  for (const auto& slab : specimen.slabs)
    for (const auto& row : rows_of(slab, specimen.width_y))
      if (!is_mirrored(row, specimen.width_y)) return false;
  return true;
}

Specimen one_repeat(const Specimen& specimen, int repeats) {
  Specimen part = specimen;
  part.width_y = specimen.width_y / repeats;
  for (auto& slab : part.slabs) {
    std::vector<std::size_t> kept;
    for (const auto& row : atoms_by_row(slab, specimen.width_y))
      kept.insert(kept.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(row.size() / repeats));
    std::ranges::sort(kept);
    std::vector<Atom> atoms;
    for (const auto i : kept) atoms.push_back(slab.atoms[i]);
    slab.atoms = std::move(atoms);
  }
  return part;
}

}  // namespace terrace
