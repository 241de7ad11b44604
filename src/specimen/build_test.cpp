#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/error.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

Interface stepped() {
  Interface interface;
  interface.step_depths_cells = {20};
  interface.step_heights_cells = {1};
  return interface;
}

/// The sum of occupancies of each species in each column of atoms along the beam, by (x, y, Z).
std::map<std::tuple<double, double, int, double>, double> projection(const Specimen& specimen) {
  std::map<std::tuple<double, double, int, double>, double> sums;
  for (const auto& atom : to_structure(specimen).atoms)
    sums[{atom.x, atom.y, atom.atomic_number, atom.b_factor}] += atom.occupancy;
  return sums;
}

TEST(Build, a_buried_step_has_four_distinct_slabs) {
  const auto specimen = build(stepped());
  EXPECT_EQ(specimen.depth_count(), 80);
  EXPECT_EQ(specimen.slabs.size(), 4u);
  EXPECT_NEAR(specimen.thickness(), 156.2, 1e-9);
  EXPECT_NEAR(specimen.width_x, 30.54, 1e-12);
  EXPECT_NEAR(specimen.width_y, 31.24, 1e-12);
}

TEST(Build, two_structures_share_slabs_until_their_steps_differ) {
  auto later = stepped();
  later.step_depths_cells = {25};
  // The column widths are those of the lowest boundary, the same for both.
  const auto one = build(stepped()), two = build(later);
  for (int depth = 0; depth < 80; ++depth)
    EXPECT_EQ(one.slab_at(depth).name == two.slab_at(depth).name, depth < 40 || depth >= 50) << depth;
}

TEST(Build, milling_takes_the_order_of_pure_film_columns_at_the_surfaces_alone) {
  auto interface = stepped();  // cells 0 … 3 are substrate, 4 holds the step, 5 … 7 are film throughout
  interface.film_loss_entrance_cells = 3;
  interface.film_loss_exit_cells = 2;
  const auto whole = build(stepped()), milled = build(interface);
  const double film_from = 5 * 3.73 + 4 * (3.905 - 3.73);
  for (int depth = 0; depth < 80; ++depth) {
    const bool lost = depth < 6 || depth >= 76;
    const auto &before = whole.slab_at(depth).atoms, &after = milled.slab_at(depth).atoms;
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      const bool amorphous = lost && after[i].x > film_from - 0.01;
      EXPECT_EQ(after[i].b_factor, amorphous ? amorphous_b_factor : before[i].b_factor) << depth << ' ' << after[i].x;
    }
  }
}

TEST(Build, every_plane_lies_in_the_middle_of_its_slab) {
  for (const auto& slab : build(stepped()).slabs)
    for (const auto& atom : slab.atoms) EXPECT_NEAR(atom.z, slab.thickness / 2, 1e-9);
}

TEST(Build, every_cell_holds_one_a_one_b_and_three_oxygens) {
  auto interface = stepped();
  interface.substrate_cells = interface.film_cells = 6;
  interface.sigma_a_cells = 1.5;
  interface.sigma_b_cells = 0.7;
  double cations = 0, oxygen = 0;
  for (const auto& atom : to_structure(build(interface)).atoms)
    (atom.atomic_number == 8 ? oxygen : cations) += atom.occupancy;
  const double cells = 12 * 8 * 40;
  EXPECT_NEAR(cations, 2 * cells, 1e-8);
  EXPECT_EQ(oxygen, 3 * cells);
}

TEST(Build, the_virtual_twin_projects_alike_column_by_column) {
  const auto interface = stepped();
  const auto table = composition(interface);
  const auto original = build(interface), twin = build(interface, projected_twin(table));
  const auto expected = projection(original), found = projection(twin);
  ASSERT_EQ(expected.size(), found.size());
  for (const auto& [column, sum] : expected) EXPECT_NEAR(found.at(column), sum, 1e-12);
  EXPECT_EQ(twin.slabs.size(), 2u);
}

TEST(Build, the_random_twin_has_the_exact_count_of_each_cation_in_each_column) {
  auto interface = stepped();
  interface.mixing = "random_cations";
  const auto drawn = sites(interface, composition(interface));
  const auto original = build(interface, drawn), twin = build(interface, projected_twin(drawn, 8, 3));
  EXPECT_EQ(projection(original), projection(twin));
  EXPECT_NE(original.stack, twin.stack);
}

TEST(Build, columns_with_film_at_any_depth_have_the_films_width_at_every_depth) {
  auto interface = stepped();
  interface.step_heights_cells = {-1};
  EXPECT_NEAR(build(interface).width_x, 3 * 3.905 + 5 * 3.73, 1e-12);
  std::map<double, int> planes;
  for (const auto& atom : to_structure(build(interface)).atoms) ++planes[atom.x];
  EXPECT_EQ(planes.size(), 16u);  // straight columns: 8 A planes and 8 B planes across, at every depth the same
}

TEST(Build, a_p_type_interface_goes_from_strontium_oxide_to_aluminium_oxide) {
  Interface interface;
  interface.termination = std::string("p");
  interface.thickness_cells = interface.cells_along = 1;
  std::map<double, int> heaviest;  // per plane across the interface
  for (const auto& atom : to_structure(build(interface)).atoms)
    heaviest[atom.x] = std::max(heaviest[atom.x], atom.atomic_number);
  std::vector<int> order;
  for (const auto& [x, number] : heaviest) order.push_back(number);
  EXPECT_EQ(order, (std::vector<int>{38, 22, 38, 22, 38, 22, 38, 22, 38, 13, 57, 13, 57, 13, 57, 13}));
}

TEST(Build, oxygen_of_a_mixed_cell_moves_in_part_as_in_the_film) {
  const double a[] = {0, 0.5, 1}, b[] = {0, 0.1, 1};
  Interface interface;
  interface.cells_along = 1;
  double as_film = 0, all = 0;
  for (const auto& atom : to_structure(build(interface, uniform_composition(1, 1, a, b))).atoms) {
    if (atom.atomic_number != 8) continue;
    all += atom.occupancy;
    if (atom.b_factor == interface.film.b_factor_o) as_film += atom.occupancy;
  }
  EXPECT_NEAR(all, 9, 1e-12);
  EXPECT_NEAR(as_film, 3 * (0 + 0.3 + 1), 1e-12);  // the mean of its A and B site
}

TEST(Build, sites_with_another_number_of_rows_are_refused) {
  Interface interface;
  EXPECT_THROW(build(interface, drawn_sites(composition(interface), 3, 1)), InputError);
}

}  // namespace
}  // namespace terrace
