// Prints, as Markdown, how far patterns are from converged: the tables of docs/physics.md.
//   build/release/tests/physics/convergence
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "core/threads.h"
#include "multislice/simulation.h"
#include "physics/exit_patterns.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

constexpr int thickness_cells = 30;
constexpr double energy = 200, semiangle = 20, cell = 3.905;

/// What one pattern is computed with. Everything else is the same for all: LaAlO3 on SrTiO3, 30 cells thick, a step of
/// one cell half-way.
struct Case {
  int across = 8, along = 8;  ///< cells of the window
  int pixels_x = 256, pixels_y = 256;
  std::string thermal = "absorptive";
  int configurations = 1, seed = 1;
  double slice = 1.9525;
};

Specimen specimen_of(const Case& c) {
  Interface interface;
  interface.substrate_cells = interface.film_cells = c.across / 2;
  interface.cells_along = c.along;
  interface.thickness_cells = thickness_cells;
  interface.step_depths_cells = {thickness_cells / 2};
  interface.step_heights_cells = {1};
  const auto specimen = build(interface);
  return c.slice == 1.9525 ? specimen : cut_into_slabs(to_structure(specimen), c.slice);
}

Sampling sampling_of(const Case& c) {
  return {.pixels_x = c.pixels_x,
          .pixels_y = c.pixels_y,
          .slice_angstrom = c.slice,
          .thermal = c.thermal,
          .phonon_configurations = c.configurations,
          .seed = c.seed};
}

/// At the boundary, in the film, in the substrate, and between: (y, x) in cells from the middle of the window.
std::vector<ProbePosition> probes(const Case& c, int count) {
  const double offsets[][2] = {{0, 0}, {0.5, 0.5}, {0.25, 0.75}, {0, -0.5}, {0.5, 1.5}, {0.1, -1.25}};
  std::vector<ProbePosition> positions;
  for (int i = 0; i < count; ++i)
    positions.push_back({(c.along / 2 + offsets[i][0]) * cell, (c.across / 2 + offsets[i][1]) * cell});
  return positions;
}

/// As a camera of the recipes sees them: [probe][ky][kx].
Array<float, 3> seen(const Case& c, int count, const Camera& camera) {
  const auto specimen = specimen_of(c);
  const SimulationPlan plan{
      .specimens = {specimen},
      .exits = {{0, specimen.depth_count()}},
      .views = {{0, {.energy_kev = energy, .semiangle_mrad = semiangle}, camera, probes(c, count)}},
      .sampling = sampling_of(c),
      .grid = grid_for(specimen, sampling_of(c))};
  Array<float, 3> patterns({count, camera.pixels, camera.pixels});
  simulate(plan, available_processors(), [&](int, std::int64_t position) { return patterns[position]; });
  return patterns;
}

constexpr Camera binned{.pixels = 32, .mrad_per_pixel = 2.5}, fine{.pixels = 80, .mrad_per_pixel = 1};

std::string r_of(const Array<float, 3>& a, const Array<float, 3>& b) {
  const auto found = difference_of(a, b);
  return fmt::format("{:.4f} ({:.4f})", found.mean_r, found.worst_r);
}

void print_pixels() {
  fmt::print(
      "### Pixels\n\nWindow 8 × 8 cells, 3 probes, reciprocal pixels, 0 to 40 mrad, against 512 × 512.\n\n"
      "| pixels | Å per pixel along y | static | absorptive |\n|---|---|---|---|\n");
  constexpr HalfWidth half{.y = 50, .x = 50};
  const auto patterns = [](int pixels, const std::string& thermal) {
    const Case c{.pixels_x = pixels, .pixels_y = pixels, .thermal = thermal};
    return exit_patterns(specimen_of(c), {.energy_kev = energy, .semiangle_mrad = semiangle}, sampling_of(c),
                         probes(c, 3), half);
  };
  const auto mask = disc_of(specimen_of({}), energy, half, 40);
  const auto still = patterns(512, "static"), absorbing = patterns(512, "absorptive");
  for (const int pixels : {256, 384}) {
    const auto a = difference_of(patterns(pixels, "static"), still, mask);
    const auto b = difference_of(patterns(pixels, "absorptive"), absorbing, mask);
    fmt::print("| {} | {:.3f} | {:.4f} ({:.4f}) | {:.4f} ({:.4f}) |\n", pixels, 8 * cell / pixels, a.mean_r, a.worst_r,
               b.mean_r, b.worst_r);
  }
}

void print_windows() {
  fmt::print(
      "\n### Window\n\n32 pixels a cell, 3 probes, absorptive, against 16 × 16 cells.\n\n"
      "| cells across × along | 2.5 mrad pixels | 1 mrad pixels |\n|---|---|---|\n");
  const Case largest{.across = 16, .along = 16, .pixels_x = 512, .pixels_y = 512};
  const auto coarse = seen(largest, 3, binned), detailed = seen(largest, 3, fine);
  for (const auto& [across, along] : {std::pair(8, 4), {8, 8}, {12, 12}}) {
    const Case c{.across = across, .along = along, .pixels_x = 32 * across, .pixels_y = 32 * along};
    fmt::print("| {} × {} | {} | {} |\n", across, along, r_of(seen(c, 3, binned), coarse),
               r_of(seen(c, 3, fine), detailed));
  }
}

void print_slices() {
  fmt::print(
      "\n### Slices\n\n192 × 192 pixels over 8 × 8 cells, 3 probes, absorptive, 1 mrad pixels, against 1.9525 Å (one "
      "atomic plane a slice).\n\n| slice (Å) | R |\n|---|---|\n");
  Case c{.pixels_x = 192, .pixels_y = 192};
  const auto planes = seen(c, 3, fine);
  for (const double slice : {0.65083333, 0.97625, 3.905, 7.81}) {
    c.slice = slice;
    fmt::print("| {:.3f} | {} |\n", slice, r_of(seen(c, 3, fine), planes));
  }
}

void print_phonons() {
  fmt::print(
      "\n### Phonon configurations\n\n192 × 96 pixels over 8 × 4 cells, 2 probes, against 32 other configurations.\n\n"
      "| configurations | 2.5 mrad pixels | 1 mrad pixels |\n|---|---|---|\n");
  Case c{.along = 4, .pixels_x = 192, .pixels_y = 96, .thermal = "frozen_phonon", .configurations = 32, .seed = 2};
  const auto coarse = seen(c, 2, binned), detailed = seen(c, 2, fine);
  c.seed = 1;
  for (const int configurations : {1, 2, 4, 8, 16, 32}) {
    c.configurations = configurations;
    fmt::print("| {} | {} | {} |\n", configurations, r_of(seen(c, 2, binned), coarse),
               r_of(seen(c, 2, fine), detailed));
  }
  c.thermal = "absorptive";
  fmt::print("| absorptive instead | {} | {} |\n", r_of(seen(c, 2, binned), coarse), r_of(seen(c, 2, fine), detailed));
}

void print_quick() {
  fmt::print(
      "\n### The sampling of the quick recipe\n\n6 probes, absorptive, against 384 × 384 pixels over 8 × 8 cells.\n\n"
      "| cells | pixels | 2.5 mrad pixels | 1 mrad pixels |\n|---|---|---|---|\n");
  const Case converged{.pixels_x = 384, .pixels_y = 384};
  const auto coarse = seen(converged, 6, binned), detailed = seen(converged, 6, fine);
  for (const auto& c : {Case{.along = 4, .pixels_x = 192, .pixels_y = 96}, Case{.pixels_x = 192, .pixels_y = 192},
                        Case{.along = 4, .pixels_x = 384, .pixels_y = 192}, Case{}})
    fmt::print("| {} × {} | {} × {} | {} | {} |\n", c.across, c.along, c.pixels_x, c.pixels_y,
               r_of(seen(c, 6, binned), coarse), r_of(seen(c, 6, fine), detailed));
}

}  // namespace
}  // namespace terrace

int main() {
  for (const auto print : {terrace::print_quick, terrace::print_pixels, terrace::print_windows, terrace::print_slices,
                           terrace::print_phonons}) {
    print();
    std::fflush(stdout);
  }
}
