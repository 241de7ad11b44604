#include "specimen/composition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

double sum(const Array<double, 2>& share) { return std::accumulate(share.begin(), share.end(), 0.0); }

Interface wide(double sigma_a, double sigma_b, double tail = 0) {
  Interface interface;
  interface.substrate_cells = interface.film_cells = 30;
  interface.thickness_cells = 2;
  interface.sigma_a_cells = sigma_a;
  interface.sigma_b_cells = sigma_b;
  interface.la_tail_cells = tail;
  return interface;
}

TEST(Composition, an_abrupt_interface_is_all_substrate_then_all_film) {
  const auto table = composition(Interface{});
  for (int depth = 0; depth < 40; ++depth)
    for (int column = 0; column < 8; ++column) {
      EXPECT_EQ(table.film_a(depth, column), column < 4 ? 0 : 1);
      EXPECT_EQ(table.film_b(depth, column), column < 4 ? 0 : 1);
    }
}

TEST(Composition, a_p_type_film_begins_with_its_b_plane_half_a_cell_further) {
  Interface interface;
  interface.termination = std::string("p");
  const auto table = composition(interface);
  EXPECT_EQ(table.film_a(0, 4), 0);
  EXPECT_EQ(table.film_b(0, 4), 1);
  EXPECT_EQ(table.film_a(0, 5), 1);
  EXPECT_EQ(table.first_film_column, 4);
}

TEST(Composition, steps_move_the_boundary_from_their_depth_on) {
  Interface interface;
  interface.step_depths_cells = {20, 10};
  interface.step_heights_cells = {-2, 1};
  const auto table = composition(interface);
  const auto boundary = [&](int depth) {
    double film = 0;
    for (int column = 0; column < 8; ++column) film += table.film_b(depth, column);
    return 8 - film;
  };
  EXPECT_EQ(boundary(0), 4);
  EXPECT_EQ(boundary(9), 4);
  EXPECT_EQ(boundary(10), 5);
  EXPECT_EQ(boundary(19), 5);
  EXPECT_EQ(boundary(20), 3);
  EXPECT_EQ(boundary(39), 3);
  EXPECT_EQ(table.first_film_column, 3);
}

TEST(Composition, mixing_keeps_the_amount_of_film_on_each_site) {
  // Midpoint samples of a distribution function that is odd about the boundary add up exactly; the tails beyond 30
  // cells of σ = 3 are nothing, and shares below 1e-9 of up to 60 cells at 2 depths are cut off. With a tail the
  // symmetry is gone, and the midpoint rule on a smooth function of width 2 errs by exp(−2π²·2²) and less.
  const double sharp = sum(composition(wide(0, 0)).film_a);
  EXPECT_NEAR(sum(composition(wide(3, 1)).film_a), sharp, 1.2e-7);
  EXPECT_NEAR(sum(composition(wide(3, 1)).film_b), sharp, 1.2e-7);
  EXPECT_NEAR(sum(composition(wide(3, 0, 2)).film_a), sharp, 2e-5);
}

/// Mean and variance of the boundary from its distribution function, by the sum ∫(1−F) and ∫2x(1−F) over ±60 cells.
struct Measured {
  double mean = 0, variance = 0;
};
Measured measure(const Interface& interface) {
  const double step = 1e-3;
  double mean = 0, square = 0;
  for (double x = step / 2; x < 60; x += step) {
    mean += step * ((1 - film_share_a(interface, x)) - film_share_a(interface, -x));
    square += step * 2 * x * ((1 - film_share_a(interface, x)) + film_share_a(interface, -x));
  }
  return {mean, square - mean * mean};
}

TEST(FilmShare, sigma_is_the_second_moment_tail_included_and_the_mean_stays) {
  for (const auto& [sigma, tail] :
       {std::pair{2.0, 0.0}, {2.0, 0.05}, {2.0, 0.11}, {2.0, 1.0}, {2.0, 1.999}, {2.0, 2.0}, {0.5, 0.4}}) {
    const auto found = measure(wide(sigma, 0, tail));
    // The midpoint rule with steps of 1e-3 errs by step²/24 per unit of curvature, and by half a step at a jump.
    EXPECT_NEAR(found.mean, 0, 2e-4) << sigma << " " << tail;
    EXPECT_NEAR(found.variance, sigma * sigma, 2e-3) << sigma << " " << tail;
  }
}

TEST(FilmShare, the_tail_reaches_into_the_substrate) {
  const auto tailed = wide(2, 0, 1.8), plain = wide(2, 0);
  EXPECT_GT(film_share_a(tailed, -6), 3 * film_share_a(plain, -6));
  EXPECT_LT(1 - film_share_a(tailed, 6), 1 - film_share_a(plain, 6));
  // Far out it falls by 1/e per tail length.
  EXPECT_NEAR(film_share_a(tailed, -10) / film_share_a(tailed, -11.8), std::exp(1.0), 1e-6);
}

TEST(FilmShare, rises_from_0_to_1_without_a_break) {
  for (const double tail : {0.0, 0.06, 0.5, 1.5, 3.0}) {
    double before = 0;
    for (double cells = -200; cells <= 200; cells += 0.25) {
      const double here = film_share_a(wide(3, 0, tail), cells);
      EXPECT_GE(here, before - 1e-12) << cells << " " << tail;
      before = here;
    }
    EXPECT_NEAR(before, 1, 1e-15);
    EXPECT_NEAR(film_share_a(wide(3, 0, tail), -200), 0, 1e-15);
  }
}

TEST(ProjectedTwin, has_the_same_projection_and_is_alike_at_each_depth) {
  Interface interface;
  interface.step_depths_cells = {12, 30};
  interface.step_heights_cells = {1, -2};
  const auto table = composition(interface);
  const auto twin = projected_twin(table);
  EXPECT_EQ(twin.first_film_column, table.first_film_column);
  for (int column = 0; column < 8; ++column) {
    double of_table = 0, of_twin = 0;
    for (int depth = 0; depth < 40; ++depth) {
      of_table += table.film_a(depth, column);
      of_twin += twin.film_a(depth, column);
      EXPECT_EQ(twin.film_b(depth, column), twin.film_b(0, column));
    }
    EXPECT_NEAR(of_table, of_twin, 1e-12);
  }
  EXPECT_DOUBLE_EQ(twin.film_a(0, 4), (12.0 + 10) / 40);
}

TEST(ProfileMoments, a_step_is_sharp_at_each_depth_and_wide_in_projection) {
  Interface interface;
  interface.step_depths_cells = {10};
  interface.step_heights_cells = {1};
  const auto moments = profile_moments(composition(interface).film_a);
  EXPECT_DOUBLE_EQ(moments.mean_boundary, 4.75);
  EXPECT_NEAR(moments.width, 0, 1e-7);  // root of the rounding of a variance, (1e-15 · 25)^½
  EXPECT_NEAR(moments.projected_width, std::sqrt(0.25 * 0.75), 1e-12);
}

TEST(ProfileMoments, an_error_function_shows_its_width_and_sheppards_share) {
  const auto moments = profile_moments(composition(wide(2, 1)).film_a);
  EXPECT_NEAR(moments.mean_boundary, 30, 1e-9);
  EXPECT_NEAR(moments.width, std::sqrt(4 + 1.0 / 12), 1e-6);
}

TEST(UniformComposition, repeats_one_row_and_refuses_unequal_ones) {
  const double a[] = {0, 0.3, 1}, b[] = {0, 0.2, 1};
  const auto table = uniform_composition(5, 1, a, b);
  EXPECT_EQ(table.film_a(4, 1), 0.3);
  EXPECT_EQ(table.film_b(0, 1), 0.2);
  EXPECT_THROW(uniform_composition(5, 1, a, std::span(b).first(2)), InputError);
  EXPECT_THROW(uniform_composition(0, 1, a, b), InputError);
}

}  // namespace
}  // namespace terrace
