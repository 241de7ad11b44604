// CIF as crystallographers write it; the round trip of our own is in structure_file_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/error.h"
#include "specimen/structure_formats.h"

namespace terrace {
namespace {

using testing::HasSubstr;

const std::string cubic_cell =
    "data_STO\n_cell_length_a 3.905(2)\n_cell_length_b 3.905(2)\n_cell_length_c 3.905(2)\n_cell_angle_alpha 90\n"
    "_cell_angle_beta 90\n_cell_angle_gamma 90.\n";
const std::string sites =
    "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
    "_atom_site_occupancy\n_atom_site_U_iso_or_equiv\n"
    "Sr1 Sr2+ 0 0 0 1. 0.00785(3)\nTi1 Ti4+ 0.5 0.5 0.5 0.9(1) 0.0055\nO1 O2- 0.5 0.5 0 1 0.009\n";

Structure read(const std::string& text) {
  Notes notes;
  return right_angled_box(read_cif(text, "s.cif", notes), "s.cif");
}

std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const FileError& error) {
    return error.what();
  }
  return "accepted";
}

std::map<int, int> counts(const Structure& structure) {
  std::map<int, int> count;
  for (const auto& atom : structure.atoms) ++count[atom.atomic_number];
  return count;
}

const std::map<int, int> one_cell = {{38, 1}, {22, 1}, {8, 3}};

TEST(CifFile, the_asymmetric_unit_is_expanded_by_name_or_number_of_the_group) {
  for (const auto* group :
       {"_space_group_name_H-M_alt 'P m -3 m'", "_symmetry_space_group_name_H-M Pm-3m",
        "_symmetry_space_group_name_H-M 'P m -3 m'", "_space_group_IT_number 221", "_symmetry_Int_Tables_number 221"})
    EXPECT_EQ(counts(read(cubic_cell + group + "\n" + sites)), one_cell) << group;
}

TEST(CifFile, a_number_leaves_the_axes_to_the_angles_as_a_name_does) {
  const std::string rhombohedral =
      "data_LAO\n_cell_length_a 5.357\n_cell_length_b 5.357\n_cell_length_c 5.357\n_cell_angle_alpha 60.1\n"
      "_cell_angle_beta 60.1\n_cell_angle_gamma 60.1\n";
  const std::string lanthanum_aluminate =
      "\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nLa1 0.25 0.25 0.25\n"
      "Al1 0 0 0\nO1 0.8 0.7 0.25\n";
  for (const auto* group : {"_symmetry_Int_Tables_number 167", "_symmetry_space_group_name_H-M 'R -3 c'"}) {
    Notes notes;
    EXPECT_EQ(read_cif(rhombohedral + group + lanthanum_aluminate, "l.cif", notes).sites.size(), 10u) << group;
  }
}

TEST(CifFile, an_origin_that_the_symbol_leaves_open_is_noted) {
  const auto atoms_and_notes = [](const std::string& symbol) {
    Notes notes;
    const auto crystal = read_cif(
        "data_Si\n_cell_length_a 5.43\n_cell_length_b 5.43\n_cell_length_c 5.43\n"
        "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n"
        "_symmetry_space_group_name_H-M '" +
            symbol +
            "'\nloop_\n_atom_site_label\n"
            "_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nSi 0.125 0.125 0.125\n",
        "s.cif", notes);
    return std::pair(crystal.sites.size(), std::ssize(notes));
  };
  EXPECT_EQ(atoms_and_notes("F d -3 m"), std::pair(std::size_t{16}, std::ptrdiff_t{1}));
  EXPECT_EQ(atoms_and_notes("F d -3 m:2"), std::pair(std::size_t{8}, std::ptrdiff_t{0}));
}

TEST(CifFile, listed_operations_win_over_the_name) {
  const auto structure = read(cubic_cell +
                              "_symmetry_space_group_name_H-M 'P 1'\nloop_\n_symmetry_equiv_pos_as_xyz\n"
                              "'x, y, z'\n'z, x, y'\n'y,z,x'\n" +
                              sites);
  EXPECT_EQ(counts(structure), one_cell);
}

TEST(CifFile, without_symmetry_the_atoms_stand_for_themselves_and_that_is_noted) {
  Notes notes;
  EXPECT_EQ(read_cif(cubic_cell + sites, "s.cif", notes).sites.size(), 3u);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("no symmetry")));
}

TEST(CifFile, esds_and_oxidation_states_are_stripped) {
  const auto structure = read(cubic_cell + sites);
  EXPECT_EQ(structure.width_x, 3.905);
  EXPECT_EQ(structure.atoms[0].atomic_number, 38);
  EXPECT_NEAR(structure.atoms[0].b_factor, 0.62, 1e-3);
  EXPECT_EQ(structure.atoms[1].occupancy, 0.9);
}

TEST(CifFile, a_label_alone_names_the_element) {
  const auto structure = read(cubic_cell +
                              "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
                              "SR1 0 0 0\nTi1 .5 .5 .5\nO1 .5 .5 0\nO2 . . .\n");
  EXPECT_EQ(counts(structure), (std::map<int, int>{{38, 1}, {22, 1}, {8, 1}}));
}

TEST(CifFile, b_and_anisotropic_displacements_become_b) {
  const auto structure = read(cubic_cell +
                              "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
                              "_atom_site_B_iso_or_equiv\nSr1 0 0 0 0.62\nTi1 .5 .5 .5 ?\nO1 .5 .5 0 .\n"
                              "loop_\n_atom_site_aniso_label\n_atom_site_aniso_U_11\n_atom_site_aniso_U_22\n"
                              "_atom_site_aniso_U_33\nTi1 0.003 0.006(1) 0.009\n");
  EXPECT_EQ(structure.atoms[0].b_factor, 0.62);
  EXPECT_NEAR(structure.atoms[1].b_factor, b_factor_of_mean_square(0.006), 1e-12);
  EXPECT_EQ(structure.atoms[2].b_factor, 0);
}

TEST(CifFile, mixed_sites_stay_mixed) {
  const auto structure =
      read(cubic_cell +
           "_space_group_IT_number 221\nloop_\n_atom_site_label\n_atom_site_fract_x\n"
           "_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nSr1 0 0 0 0.7\nLa1 0 0 0 0.3\n");
  ASSERT_EQ(structure.atoms.size(), 2u);
  EXPECT_DOUBLE_EQ(structure.atoms[0].occupancy + structure.atoms[1].occupancy, 1);
}

TEST(CifFile, an_oblique_cell_keeps_its_angles_and_its_group) {
  Notes notes;
  const auto sapphire = read_cif(
      "data_x\n_cell_length_a 4.759\n_cell_length_b 4.759\n_cell_length_c 12.99\n_cell_angle_gamma 120\n"
      "_symmetry_space_group_name_H-M 'R -3 c'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n"
      "_atom_site_fract_z\nAl1 0 0 0.35228\nO1 0.3064 0 0.25\n",
      "s.cif", notes);
  EXPECT_EQ(sapphire.sites.size(), 30u);  // Al2O3, six formula units
  EXPECT_NEAR(sapphire.cell[1][0], -4.759 / 2, 1e-9);
}

TEST(CifFile, what_is_no_crystal_is_refused) {
  auto hexagonal = cubic_cell;
  hexagonal.replace(hexagonal.find("90.\n"), 3, "120");
  EXPECT_THAT(refusal(hexagonal + sites), HasSubstr("orthogonalize_cell"));
  EXPECT_THAT(refusal("data_x\n" + sites), HasSubstr("_cell_length_a"));
  EXPECT_THAT(refusal(cubic_cell), HasSubstr("_atom_site_fract_x"));
  EXPECT_THAT(refusal(cubic_cell + "_space_group_name_H-M_alt 'Q 7'\n" + sites), HasSubstr("space group"));
  EXPECT_THAT(refusal(cubic_cell + "_symmetry_equiv_pos_as_xyz 'x,y,99999999999999999999999z'\n" + sites),
              HasSubstr("symmetry operation"));
  EXPECT_THAT(refusal(cubic_cell + sites + "Qq1 Qq 0 0 0 1 0\n"), HasSubstr("element"));
  EXPECT_THAT(refusal(cubic_cell + sites + "O9 O nan 0 0 1 0\n"), HasSubstr("coordinate"));
  EXPECT_THAT(refusal(cubic_cell + sites + "O9 O 1e30 0 0 1 0\n"), HasSubstr("coordinate"));
}

TEST(CifFile, one_cut_inside_a_row_is_refused) {
  const auto text = cubic_cell + sites;
  EXPECT_THAT(refusal(text.substr(0, text.size() - 8)), HasSubstr("no CIF"));
}

TEST(CifFile, too_many_operations_are_refused) {
  std::string text = cubic_cell + "loop_\n_symmetry_equiv_pos_as_xyz\n";
  for (int copy = 0; copy < 200; ++copy) text += "x,y,z\n";
  EXPECT_THAT(refusal(text + sites), HasSubstr("operations"));
}

}  // namespace
}  // namespace terrace
