// The program against independent ones on the same work: a specimen with a buried step, 64 probes. Their results are
// not part of this repository: ../shared/reference beside it holds them, and these tests skip where it is absent.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "formats/npy.h"
#include "physics/exit_patterns.h"
#include "specimen/structure_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

constexpr double energy = 200, semiangle = 20, angle_compared = 40;
constexpr int across = 16, along = 4;
constexpr HalfWidth half{.y = 51, .x = 50};

const fs::path folder = fs::path(TERRACE_SOURCE_DIR) / "../shared/reference";

/// The stack of another program, stored as [iy][ix][kx][ky].
Array<float, 3> stack_of(const std::string& name) {
  const auto path = folder / ("cbed_" + name + ".npy");
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto header = read_npy_header(bytes, path.string());
  const auto* numbers = reinterpret_cast<const float*>(bytes.data() + header.data_offset);
  Array<float, 3> stack({along * across, 2 * half.y + 1, 2 * half.x + 1});
  for (std::int64_t probe = 0; probe < stack.extent(0); ++probe)
    for (std::int64_t x = 0; x < stack.extent(2); ++x)
      for (std::int64_t y = 0; y < stack.extent(1); ++y) stack(probe, y, x) = *numbers++;
  return stack;
}

const Specimen& specimen() {
  static const Specimen cut = [] {
    auto structure = read_structure(folder / "ref.xyz");
    for (auto& atom : structure.atoms) atom.b_factor = 0.5;  // plays no part where atoms are at rest
    return cut_into_slabs(structure, 1.9525);
  }();
  return cut;
}

std::vector<ProbePosition> positions() {
  std::vector<ProbePosition> result;
  for (int j = 0; j < along; ++j)
    for (int i = 0; i < across; ++i) result.push_back({(16 + j) * 31.24 / 32, (28 + i) * 30.54 / 64});
  return result;
}

/// Ours, kept for the tests that follow.
const Array<float, 3>& ours(const std::string& table, const std::string& edge, const std::string& thermal = "static") {
  static std::map<std::string, Array<float, 3>> known;
  const auto [found, is_new] = known.try_emplace(table + edge + thermal);
  if (is_new)
    found->second =
        exit_patterns(specimen(), {.energy_kev = energy, .semiangle_mrad = semiangle, .aperture_edge = edge},
                      {.pixels_x = 256,
                       .pixels_y = 256,
                       .slice_angstrom = 1.9525,
                       .scattering_factors = table,
                       .thermal = thermal,
                       .phonon_configurations = 4},
                      positions(), half);
  return found->second;
}

Difference compare(const Array<float, 3>& a, const Array<float, 3>& b) {
  return difference_of(a, b, disc_of(specimen(), energy, half, angle_compared));
}

class Reference : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(folder / "ref.xyz")) GTEST_SKIP() << "the independent programs' results are not here: " << folder;
  }
};

TEST_F(Reference, the_specimen_is_the_one_they_simulated) {
  EXPECT_EQ(specimen().depth_count(), 80);
  EXPECT_EQ(specimen().slabs.size(), 4u);
}

TEST_F(Reference, mustem_gets_the_same_patterns) {
  // Same aperture, band limit and exact atom positions; what is left is the scattering factors (theirs
  // Waasmaier–Kirfel) and the treatment of a few beams at the edges. Two float64 programs differ by 0.010 here; a
  // potential band-limited before the exponential differs by 0.09, a soft aperture edge by 0.06.
  const auto found = compare(ours("lobato", "hard"), stack_of("mustem_wk_hard"));
  EXPECT_LE(found.mean_r, 0.012);
  EXPECT_LE(found.worst_r, 0.03);
  EXPECT_GE(found.mean_correlation, 0.9999);
}

TEST_F(Reference, mustem_gets_the_same_patterns_with_kirkland_too) {
  EXPECT_LE(compare(ours("kirkland", "hard"), stack_of("mustem_wk_hard")).mean_r, 0.012);
}

TEST_F(Reference, programs_with_atoms_on_the_grid_are_nearer_to_us_than_to_each_other) {
  // Those two differ by 0.096. With an edge as soft as theirs we stand nearer to each than they to one another.
  const auto abtem = stack_of("abtem_lobato_soft"), prismatic = stack_of("prismatic_kirkland_3dp_soft");
  const double apart = compare(abtem, prismatic).mean_r;
  EXPECT_LE(compare(ours("lobato", "soft"), abtem).mean_r, apart);
  EXPECT_LE(compare(ours("lobato", "soft"), prismatic).mean_r, apart);
}

TEST_F(Reference, four_phonon_configurations_of_two_programs_differ_by_their_noise) {
  // Four configurations of different random numbers: programs differ by 0.12 to 0.17. Atoms at rest would differ more.
  const auto theirs = stack_of("fp4_abtem_lobato_soft");
  const double moving = compare(ours("lobato", "soft", "frozen_phonon"), theirs).mean_r;
  EXPECT_LE(moving, 0.2);
  EXPECT_LT(moving, compare(ours("lobato", "soft"), theirs).mean_r);
}

TEST_F(Reference, table) {
  const std::vector<std::pair<std::string, Array<float, 3>>> theirs = {
      {"muSTEM", stack_of("mustem_wk_hard")},
      {"abTEM", stack_of("abtem_lobato_soft")},
      {"Prismatic", stack_of("prismatic_kirkland_3dp_soft")}};
  std::string text = "| R (worst probe) | muSTEM | abTEM | Prismatic |\n|---|---|---|---|\n";
  const auto add_row = [&](const std::string& name, const Array<float, 3>& stack) {
    text += "| " + name;
    for (const auto& [other, patterns] : theirs) {
      const auto found = compare(stack, patterns);
      text += fmt::format(" | {:.4f} ({:.3f})", found.mean_r, found.worst_r);
      EXPECT_LE(found.mean_r, 0.15) << name << " against " << other;
    }
    text += " |\n";
  };
  for (const auto& [table, edge] : {std::pair("lobato", "hard"), {"kirkland", "hard"}, {"lobato", "soft"}})
    add_row(fmt::format("ours, {}, {} edge", table, edge), ours(table, edge));
  for (const auto& [name, stack] : theirs) add_row(name, stack);
  const auto closest = compare(ours("lobato", "hard"), theirs[0].second);
  text += fmt::format("\ncorrelation with muSTEM (lobato, hard): {:.6f}, worst {:.6f}\n", closest.mean_correlation,
                      closest.worst_correlation);
  const auto phonons = stack_of("fp4_abtem_lobato_soft");
  text += fmt::format("four phonon configurations, ours against abTEM's: {:.4f}; atoms at rest against them: {:.4f}\n",
                      compare(ours("lobato", "soft", "frozen_phonon"), phonons).mean_r,
                      compare(ours("lobato", "soft"), phonons).mean_r);
  fmt::print("{}", text);
}

}  // namespace
}  // namespace terrace
