#include "specimen/crystal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "core/constants.h"
#include "core/error.h"

namespace terrace {
namespace {

constexpr double same_place_angstrom = 0.02;
constexpr double exact = 1e-6;
/// Lattice vectors are looked for among this many cells each way, and pairs among the shortest.
constexpr int most_cells = 6;
constexpr std::size_t most_candidates = 80;

double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
double length(const Vector3& a) { return std::sqrt(dot(a, a)); }
double cosine(const Vector3& a, const Vector3& b) { return dot(a, b) / (length(a) * length(b)); }

Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double volume(const CellVectors& cell) { return dot(cross(cell[0], cell[1]), cell[2]); }

/// The point with fractions `f` of the cell.
Vector3 point_at(const CellVectors& cell, const Vector3& f) {
  Vector3 point{};
  for (int axis = 0; axis < 3; ++axis)
    for (int i = 0; i < 3; ++i) point[i] += f[axis] * cell[axis][i];
  return point;
}

/// The inverse of point_at.
Vector3 fractions_of(const CellVectors& cell, const Vector3& point) {
  const double all = volume(cell);
  return {dot(cross(cell[1], cell[2]), point) / all, dot(cross(cell[2], cell[0]), point) / all,
          dot(cross(cell[0], cell[1]), point) / all};
}

Vector3 place_of(const Atom& site) { return {site.x, site.y, site.z}; }

bool same_place(const CellVectors& cell, const Vector3& a, const Vector3& b) {
  Vector3 apart{};
  for (int i = 0; i < 3; ++i) apart[i] = a[i] - b[i] - std::round(a[i] - b[i]);
  return length(point_at(cell, apart)) < same_place_angstrom;
}

bool maps_onto_itself(const Crystal& crystal, const Vector3& shift) {
  return std::all_of(crystal.sites.begin(), crystal.sites.end(), [&](const Atom& site) {
    const Vector3 moved = {site.x + shift[0], site.y + shift[1], site.z + shift[2]};
    return std::any_of(crystal.sites.begin(), crystal.sites.end(), [&](const Atom& other) {
      return same_kind(site, other) && same_place(crystal.cell, moved, place_of(other));
    });
  });
}

/// Translations within the cell that leave the crystal as it is, none left out: (0 0 0) first, then the centrings.
std::vector<Vector3> centrings(const Crystal& crystal) {
  constexpr double most_comparisons = 3e8;  // some seconds
  std::vector<Vector3> found = {{0, 0, 0}};
  const Vector3 first = place_of(crystal.sites.front());
  const double comparisons = 1.0 * std::ssize(crystal.sites) * std::ssize(crystal.sites);
  for (const auto& site : crystal.sites) {
    const Vector3 shift = {site.x - first[0], site.y - first[1], site.z - first[2]};
    if (same_kind(site, crystal.sites.front()) && !same_place(crystal.cell, shift, {0, 0, 0}) &&
        maps_onto_itself(crystal, shift))
      found.push_back(shift);
    if (comparisons * std::ssize(found) > most_comparisons)
      throw InputError(
          fmt::format("A cell of {} atoms that repeats within itself is no unit cell. Give the zone axis "
                      "of the unit cell itself.",
                      crystal.sites.size()));
  }
  return found;
}

/// All lattice vectors within some cells, the shortest first.
std::vector<Vector3> lattice_vectors(const Crystal& crystal) {
  std::vector<Vector3> vectors;
  for (const auto& shift : centrings(crystal))
    for (int u = -most_cells; u <= most_cells; ++u)
      for (int v = -most_cells; v <= most_cells; ++v)
        for (int w = -most_cells; w <= most_cells; ++w)
          if (const auto vector = point_at(crystal.cell, {u + shift[0], v + shift[1], w + shift[2]});
              length(vector) > same_place_angstrom)
            vectors.push_back(vector);
  std::sort(vectors.begin(), vectors.end(), [](const Vector3& a, const Vector3& b) {
    const double la = std::round(1e6 * length(a)), lb = std::round(1e6 * length(b));  // equal ones in a fixed order
    return la != lb ? la < lb : a > b;
  });
  return vectors;
}

/// The shortest lattice vector along `axis`.
Vector3 period_along(const Crystal& crystal, const ZoneAxis& axis, const std::vector<Vector3>& vectors) {
  const int divisor = std::gcd(std::gcd(axis[0], axis[1]), axis[2]);
  if (divisor == 0) throw InputError("[0 0 0] is no zone axis. Give three numbers [u v w] that are not all 0.");
  const auto along =
      point_at(crystal.cell, {double(axis[0]) / divisor, double(axis[1]) / divisor, double(axis[2]) / divisor});
  const auto found =
      std::find_if(vectors.begin(), vectors.end(), [&](const Vector3& v) { return cosine(v, along) > 1 - 1e-9; });
  return found == vectors.end() ? along : *found;
}

struct Box {
  CellVectors vectors;
  double shear = 0;  ///< the largest cosine between two of them

  /// Area, with a preference for right angles.
  double cost() const { return length(vectors[0]) * length(vectors[1]) * (1 + 20 * (shear > exact ? shear : 0)); }
};

/// The smallest box on `period`, the nearer to right angles the better.
std::optional<Box> smallest_box(const Vector3& period, const std::vector<Vector3>& vectors) {
  std::vector<Vector3> across;
  for (const auto& vector : vectors)
    if (std::abs(cosine(vector, period)) < most_shear && across.size() < most_candidates) across.push_back(vector);
  std::optional<Box> best;
  for (const auto& x : across)
    for (const auto& y : across) {
      const double shear = std::max({std::abs(cosine(x, y)), std::abs(cosine(x, period)), std::abs(cosine(y, period))});
      if (shear > most_shear) continue;
      const Box box{{x, y, period}, shear};
      if (volume(box.vectors) > 0 && (!best || box.cost() < best->cost() * (1 - 1e-9))) best = box;
    }
  return best;
}

/// Cells of `crystal` along each axis, first to last, that a box of `vectors` may touch.
std::array<std::array<int, 2>, 3> cells_touched(const Crystal& crystal, const CellVectors& vectors) {
  std::array<std::array<int, 2>, 3> range{};
  for (int corner = 0; corner < 8; ++corner) {
    const auto point = point_at(vectors, {double(corner & 1), double(corner >> 1 & 1), double(corner >> 2 & 1)});
    const auto at = fractions_of(crystal.cell, point);
    for (int i = 0; i < 3; ++i) {
      range[i][0] = std::min(range[i][0], static_cast<int>(std::floor(at[i])) - 1);
      range[i][1] = std::max(range[i][1], static_cast<int>(std::ceil(at[i])) + 1);
    }
  }
  return range;
}

/// 0 ≤ result < 1, what is a rounding below 1 being 0.
double within_one(double fraction) {
  const double inside = fraction - std::floor(fraction);
  return inside > 1 - exact ? 0 : inside;
}

/// Sites of every cell that fall into the box, each once, on the box's own right-angled axes.
Structure fill(const Crystal& crystal, const CellVectors& box) {
  Structure structure{length(box[0]), length(box[1]), length(box[2]), {}};
  const auto range = cells_touched(crystal, box);
  for (int u = range[0][0]; u <= range[0][1]; ++u)
    for (int v = range[1][0]; v <= range[1][1]; ++v)
      for (int w = range[2][0]; w <= range[2][1]; ++w)
        for (const auto& site : crystal.sites) {
          const auto at = fractions_of(box, point_at(crystal.cell, {site.x + u, site.y + v, site.z + w}));
          if (std::any_of(at.begin(), at.end(), [](double f) { return f < -exact || f >= 1 - exact; })) continue;
          Atom atom = site;
          atom.x = within_one(at[0]) * structure.width_x;
          atom.y = within_one(at[1]) * structure.width_y;
          atom.z = within_one(at[2]) * structure.height_z;
          structure.atoms.push_back(atom);
        }
  return structure;
}

}  // namespace

CellVectors cell_vectors(const Vector3& edges, const Vector3& angles_deg) {
  // Right angles exactly, so that such cells have exact zeros.
  const auto cosine_of = [](double degrees) { return degrees == 90 ? 0.0 : std::cos(degrees * pi / 180); };
  const double alpha = cosine_of(angles_deg[0]), beta = cosine_of(angles_deg[1]), gamma = cosine_of(angles_deg[2]);
  const double sine = std::sqrt(1 - gamma * gamma);
  const double y = (alpha - beta * gamma) / sine, square = 1 - beta * beta - y * y;
  if (!(sine > 1e-3 && square > 1e-6))
    throw InputError(
        fmt::format("No cell has angles of {}, {} and {} degrees.", angles_deg[0], angles_deg[1], angles_deg[2]));
  return {{{edges[0], 0, 0},
           {edges[1] * gamma, edges[1] * sine, 0},
           {edges[2] * beta, edges[2] * y, edges[2] * std::sqrt(square)}}};
}

Crystal crystal_of(const Structure& structure) {
  Crystal crystal{cell_vectors({structure.width_x, structure.width_y, structure.height_z}, {90, 90, 90}),
                  structure.atoms};
  for (auto& site : crystal.sites) {
    site.x /= structure.width_x;
    site.y /= structure.width_y;
    site.z /= structure.height_z;
  }
  return crystal;
}

Structure zone_axis_box(const Crystal& crystal, const ZoneAxis& axis, std::string* note) {
  if (crystal.sites.empty()) throw InputError("A crystal without atoms has no zone axis.");
  const auto vectors = lattice_vectors(crystal);
  const auto box = smallest_box(period_along(crystal, axis, vectors), vectors);
  if (!box)
    throw InputError(
        fmt::format("No lattice vectors are at right angles to [{} {} {}] and to each other, even to "
                    "{:.1f}° (waves need a right-angled box). Choose another axis?",
                    axis[0], axis[1], axis[2], std::asin(most_shear) * 180 / pi));
  if (note && box->shear > exact)
    *note = fmt::format("along [{} {} {}] the lattice is off right angles by {:.2f}°, which is neglected", axis[0],
                        axis[1], axis[2], std::asin(box->shear) * 180 / pi);
  return fill(crystal, box->vectors);
}

}  // namespace terrace
