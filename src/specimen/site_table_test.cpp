#include "specimen/site_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "specimen/interface.h"

namespace terrace {
namespace {

CompositionTable mixed(int depth_cells) {
  const double a[] = {0, 0.1, 0.5, 0.9, 1}, b[] = {0, 0, 0.25, 1, 1};
  return uniform_composition(depth_cells, 2, a, b);
}

int count(const Array<double, 3>& sites, int row, int column) {
  int film = 0;
  for (std::int64_t depth = 0; depth < sites.extent(0); ++depth) film += sites(depth, row, column) == 1;
  return film;
}

bool all_whole(const Array<double, 3>& sites) {
  for (const double share : sites)
    if (share != 0 && share != 1) return false;
  return true;
}

TEST(DrawnSites, hold_whole_atoms_in_the_shares_of_the_table) {
  const auto sites = drawn_sites(mixed(500), 8, 3);
  EXPECT_TRUE(all_whole(sites.film_a));
  for (const auto& [column, share] : {std::pair{0, 0.0}, {1, 0.1}, {2, 0.5}, {3, 0.9}, {4, 1.0}}) {
    int film = 0;
    for (int row = 0; row < 8; ++row) film += count(sites.film_a, row, column);
    // 4000 draws: five standard deviations of a binomial.
    EXPECT_NEAR(film, 4000 * share, 5 * std::sqrt(4000 * share * (1 - share))) << column;
  }
}

TEST(DrawnSites, equal_beginnings_stay_equal_whatever_follows) {
  Interface thin, thick;
  thin.thickness_cells = 10;
  for (auto* interface : {&thin, &thick}) {
    interface->mixing = "random_cations";
    interface->sigma_a_cells = interface->sigma_b_cells = 1;
  }
  thick.step_depths_cells = {10};
  thick.step_heights_cells = {1};
  const auto short_stack = build(thin), long_stack = build(thick);
  for (int depth = 0; depth < 20; ++depth)
    EXPECT_EQ(short_stack.slab_at(depth).name, long_stack.slab_at(depth).name) << depth;
  auto other = thin;
  other.seed = 2;
  EXPECT_NE(build(other).slab_at(0).name, short_stack.slab_at(0).name);
}

TEST(DrawnSites, a_and_b_of_one_cell_are_drawn_apart) {
  const double half[] = {0.5};
  const auto sites = drawn_sites(uniform_composition(1000, 0, half, half), 1, 1);
  int alike = 0;
  for (int depth = 0; depth < 1000; ++depth) alike += sites.film_a(depth, 0, 0) == sites.film_b(depth, 0, 0);
  EXPECT_NEAR(alike, 500, 5 * std::sqrt(250.0));
}

TEST(CountedSites, every_column_of_atoms_holds_exactly_its_share) {
  const auto sites = counted_sites(mixed(40), 8, 7);
  EXPECT_TRUE(all_whole(sites.film_a));
  for (int row = 0; row < 8; ++row) {
    const std::vector<int> a = {0, 4, 20, 36, 40}, b = {0, 0, 10, 40, 40};
    for (int column = 0; column < 5; ++column) {
      EXPECT_EQ(count(sites.film_a, row, column), a[column]);
      EXPECT_EQ(count(sites.film_b, row, column), b[column]);
    }
  }
}

TEST(CountedSites, atoms_lie_at_all_depths_alike) {
  const auto sites = counted_sites(mixed(40), 400, 7);
  for (int depth = 0; depth < 40; ++depth) {
    int film = 0;
    for (int row = 0; row < 400; ++row) film += sites.film_a(depth, row, 2) == 1;
    EXPECT_NEAR(film, 200, 5 * std::sqrt(100.0)) << depth;
  }
}

TEST(SiteTwin, keeps_every_count_of_the_stepped_structure_and_loses_its_order) {
  Interface interface;
  interface.mixing = "random_cations";
  interface.step_depths_cells = {13};
  interface.step_heights_cells = {1};
  const auto stepped = sites(interface, composition(interface));
  const auto twin = projected_twin(stepped, interface.cells_along, 5);
  for (int row = 0; row < 8; ++row)
    for (int column = 0; column < 8; ++column) {
      EXPECT_EQ(count(twin.film_a, row, column), count(stepped.film_a, row, column));
      EXPECT_EQ(count(twin.film_b, row, column), count(stepped.film_b, row, column));
    }
  int moved = 0;
  for (int depth = 0; depth < 40; ++depth) moved += twin.film_a(depth, 0, 4) != stepped.film_a(depth, 0, 4);
  // 13 film atoms of 40 in random order: 2·13·27/40 = 17.6 places differ on average, σ = 2.6.
  EXPECT_GT(moved, 4);
  EXPECT_NE(build(interface, twin).slabs.size(), build(interface, stepped).slabs.size());
}

TEST(SiteTwin, of_mixed_and_stepped_sites_keeps_their_drawn_counts) {
  Interface interface;
  interface.mixing = "random_cations";
  interface.sigma_a_cells = 1;
  interface.step_depths_cells = {13};
  interface.step_heights_cells = {-1};
  const auto drawn = sites(interface, composition(interface));
  const auto twin = projected_twin(drawn, interface.cells_along, 5);
  for (int row = 0; row < 8; ++row)
    for (int column = 0; column < 8; ++column)
      EXPECT_EQ(count(twin.film_a, row, column), count(drawn.film_a, row, column));
}

}  // namespace
}  // namespace terrace
