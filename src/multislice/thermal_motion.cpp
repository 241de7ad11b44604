#include "multislice/thermal_motion.h"

#include <array>
#include <cmath>
#include <map>

#include "core/constants.h"
#include "core/random.h"

namespace terrace {
namespace {

constexpr std::uint64_t purpose = 0x6d6f74696f6e;  // "motion": keeps these streams apart from others of the same seed

/// The number of each atom's site. Positions equal to 0.001 Å are one site.
std::vector<std::uint64_t> site_numbers(const std::vector<Atom>& atoms) {
  const auto cell = [](double position) { return std::llround(position * 1000); };
  std::map<std::array<long long, 3>, std::uint64_t> known;
  std::vector<std::uint64_t> sites;
  for (const auto& atom : atoms)
    sites.push_back(known.try_emplace({cell(atom.x), cell(atom.y), cell(atom.z)}, known.size()).first->second);
  return sites;
}

}  // namespace

std::vector<Atom> displaced_atoms(const Slab& slab, std::uint64_t seed, int configuration, int depth) {
  auto atoms = slab.atoms;
  const auto sites = site_numbers(atoms);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    Random random(seed,
                  {purpose, static_cast<std::uint64_t>(configuration), static_cast<std::uint64_t>(depth), sites[i]});
    const double deviation = std::sqrt(atoms[i].b_factor / (8 * pi * pi));
    atoms[i].x += deviation * random.normal();
    atoms[i].y += deviation * random.normal();
  }
  return atoms;
}

}  // namespace terrace
