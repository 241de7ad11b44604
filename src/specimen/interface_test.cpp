#include "specimen/interface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace terrace {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    read_interface(parse_config(text, "i.toml"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Interface, an_empty_config_is_lanthanum_aluminate_on_strontium_titanate) {
  const auto interface = read_interface(parse_config("", "i.toml"));
  EXPECT_EQ(interface.substrate.a_site + interface.substrate.b_site, "SrTi");
  EXPECT_EQ(interface.film.a_site + interface.film.b_site, "LaAl");
  EXPECT_EQ(interface.film.cell_across_angstrom, 3.73);
  EXPECT_EQ(interface.substrate_cells + interface.film_cells, 8);
}

TEST(Interface, a_config_gives_any_perovskite_pair) {
  const auto interface = read_interface(parse_config(
      "[interface]\nstep_depths_cells = [20]\nstep_heights_cells = [1]\n[film]\na_site = \"Ba\"\nb_site = \"Zr\"\n"
      "cell_across_angstrom = 4.1\n",
      "i.toml"));
  EXPECT_EQ(interface.film.a_site, "Ba");
  EXPECT_EQ(interface.film.b_factor_o, 0.75);
  EXPECT_EQ(interface.step_heights_cells, std::vector<int>{1});
}

TEST(Interface, contradictions_are_refused_with_their_place) {
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [20]\n"), HasSubstr("equal length"));
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [40]\nstep_heights_cells = [1]\n"), HasSubstr("Use 1 to 39"));
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [20]\nstep_heights_cells = [0]\n"), HasSubstr("0 is no step"));
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [20]\nstep_heights_cells = [3]\n"),
              HasSubstr("step_heights_cells"));
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [9, 9]\nstep_heights_cells = [1, 1]\n"),
              HasSubstr("two steps at 9"));
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [9, 10]\nstep_heights_cells = [2, 2]\n"),
              HasSubstr("column 8"));
  EXPECT_THAT(refusal("[interface]\nstep_depths_cells = [9, 10]\nstep_heights_cells = [-2, -2]\n"),
              HasSubstr("column 0"));
  EXPECT_THAT(refusal("[interface]\nsigma_a_cells = 3\n"), HasSubstr("Set substrate_cells to 8 and film_cells to 8"));
  EXPECT_THAT(refusal("[interface]\nsigma_a_cells = 0.5\nla_tail_cells = 1\n"), HasSubstr("la_tail_cells"));
  EXPECT_THAT(refusal("[interface]\ntermination = \"q\"\n"), HasSubstr("n|p"));
  EXPECT_THAT(refusal("[film]\ncell_angstrom = 3.79\n"), HasSubstr("cell_across_angstrom"));
  EXPECT_THAT(refusal("[film]\na_site = \"Lx\"\n"), HasSubstr("[film] a_site"));
  EXPECT_THAT(
      refusal("[interface]\nsubstrate_cells = 200\nfilm_cells = 200\ncells_along = 200\nthickness_cells = 2000\n"),
      HasSubstr("Make the window smaller"));
}

TEST(Interface, the_least_window_is_accepted_and_one_cell_less_is_not) {
  Interface interface;
  interface.sigma_a_cells = 2.5;
  interface.sigma_b_cells = 1;
  interface.la_tail_cells = 2;
  interface.step_depths_cells = {3, 9};
  interface.step_heights_cells = {2, -1};
  for (const auto* termination : {"n", "p"}) {
    interface.termination = termination;
    const auto need = least_window(interface);
    interface.substrate_cells = need.substrate;
    interface.film_cells = need.film;
    EXPECT_NO_THROW(check(interface));
    --interface.film_cells;
    EXPECT_THROW(check(interface), InputError);
    ++interface.film_cells;
    --interface.substrate_cells;
    EXPECT_THROW(check(interface), InputError);
  }
}

}  // namespace
}  // namespace terrace
