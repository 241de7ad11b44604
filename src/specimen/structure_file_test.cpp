#include "specimen/structure_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <tuple>

#include "core/error.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// A folder of its own for each test, gone afterwards.
class StructureFile : public testing::Test {
 protected:
  StructureFile() {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("terrace_structure_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  ~StructureFile() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  std::string refusal(const std::string& name, const std::string& text) const {
    try {
      read_structure(file(name, text));
    } catch (const FileError& error) {
      return error.what();
    }
    return "accepted";
  }
  fs::path folder_;
};

fs::path shared(const std::string& name) { return fs::path(TERRACE_SOURCE_DIR) / ".." / "shared" / name; }

/// In an order that rounding does not change.
std::vector<Atom> sorted(std::vector<Atom> atoms) {
  const auto key = [](const Atom& atom) {
    const auto rounded = [](double value) { return std::lround(value * 1e3); };
    return std::tuple(rounded(atom.z), rounded(atom.y), rounded(atom.x), atom.atomic_number, rounded(atom.b_factor));
  };
  std::sort(atoms.begin(), atoms.end(), [&](const Atom& a, const Atom& b) { return key(a) < key(b); });
  return atoms;
}

void expect_same(const Structure& found, const Structure& expected, double tolerance, double b_tolerance) {
  EXPECT_NEAR(found.width_x, expected.width_x, tolerance);
  EXPECT_NEAR(found.width_y, expected.width_y, tolerance);
  EXPECT_NEAR(found.height_z, expected.height_z, tolerance);
  const auto a = sorted(found.atoms), b = sorted(expected.atoms);
  ASSERT_EQ(a.size(), b.size());
  double position = 0, occupancy = 0, b_factor = 0;
  int elements = 0;
  for (std::size_t atom = 0; atom < a.size(); ++atom) {
    elements += a[atom].atomic_number != b[atom].atomic_number;
    position = std::max(
        {position, std::abs(a[atom].x - b[atom].x), std::abs(a[atom].y - b[atom].y), std::abs(a[atom].z - b[atom].z)});
    occupancy = std::max(occupancy, std::abs(a[atom].occupancy - b[atom].occupancy));
    b_factor = std::max(b_factor, std::abs(a[atom].b_factor - b[atom].b_factor));
  }
  EXPECT_EQ(elements, 0);
  EXPECT_LE(position, tolerance);
  EXPECT_LE(occupancy, 1e-9);
  EXPECT_LE(b_factor, b_tolerance);
}

/// Mixed sites, several B factors, a step; no atom on a face of the box.
Structure mixed_interface() {
  Interface interface;
  interface.film_cells = 5;
  interface.cells_along = 2;
  interface.thickness_cells = 3;
  interface.sigma_a_cells = 1.2;
  interface.sigma_b_cells = 0.5;
  interface.step_depths_cells = {1};
  interface.step_heights_cells = {1};
  return to_structure(build(interface));
}

struct Form {
  std::string name;
  StructureWriteOptions write;
  StructureReadOptions read;
};

StructureWriteOptions with_kev() {
  StructureWriteOptions options;
  options.xtl_kev = 200;
  return options;
}

StructureWriteOptions as_prismatic(BeamEntry beam = BeamEntry::largest_z) {
  StructureWriteOptions options;
  options.format = StructureFormat::prismatic_xyz;
  options.prismatic_beam = beam;
  return options;
}

std::vector<Form> forms() {
  StructureReadOptions computem;
  computem.prismatic_beam = BeamEntry::smallest_z;
  return {{"s.exyz", {}, {}},
          {"s.xyz", {}, {}},
          {"s.cif", {}, {}},
          {"s.xtl", {}, {}},
          {"kev.xtl", with_kev(), {}},
          {"prismatic.xyz", as_prismatic(), {}},
          {"computem.xyz", as_prismatic(BeamEntry::smallest_z), computem}};
}

TEST_F(StructureFile, every_form_gives_back_what_it_was_given) {
  const auto structure = mixed_interface();
  for (const auto& form : forms()) {
    SCOPED_TRACE(form.name);
    write_structure(folder_ / form.name, structure, form.write);
    // Eight decimals of an Ångström, or twelve of a cell under 100 Å; ten digits of the displacement.
    expect_same(read_structure(folder_ / form.name, form.read), structure, 1.1e-8, 1e-9);
    EXPECT_FALSE(fs::exists(folder_ / (form.name + ".partial")));
  }
}

TEST_F(StructureFile, prismatics_beam_enters_at_the_largest_z) {
  const Structure structure{4, 4, 10, {{38, 0, 0, 1, 1, 0.6}}};
  write_structure(folder_ / "p.xyz", structure, as_prismatic());
  EXPECT_THAT(text_of("p.xyz"), HasSubstr("38 0.00000000 0.00000000 9.00000000 1 "));
  EXPECT_EQ(read_structure(folder_ / "p.xyz").atoms.at(0).z, 1);
  StructureReadOptions computem;
  computem.prismatic_beam = BeamEntry::smallest_z;
  EXPECT_EQ(read_structure(folder_ / "p.xyz", computem).atoms.at(0).z, 9);
}

TEST_F(StructureFile, displacements_agree_with_the_table_of_the_docs) {
  // Sr in SrTiO3, B = 0.62 Å²: <u²> = 0.00785 Å², one-dimensional rms 0.0886 Å.
  const Structure structure{4, 4, 10, {{38, 0, 0, 1, 1, 0.62}}};
  for (const auto& form : forms()) write_structure(folder_ / form.name, structure, form.write);
  EXPECT_THAT(text_of("s.exyz"), HasSubstr(" 1 0.62\n"));
  EXPECT_THAT(text_of("s.cif"), HasSubstr(" 1 0.62\n"));
  EXPECT_THAT(text_of("s.xtl"), HasSubstr("1 38 1 0.00785"));
  EXPECT_THAT(text_of("prismatic.xyz"), HasSubstr(" 1 0.0886"));
}

TEST_F(StructureFile, mustems_two_forms_differ_by_the_energy_line) {
  write_structure(folder_ / "a.xtl", mixed_interface());
  write_structure(folder_ / "b.xtl", mixed_interface(), with_kev());
  std::istringstream a(text_of("a.xtl")), b(text_of("b.xtl"));
  std::string title, cell, third;
  for (auto* file : {&a, &b}) std::getline(std::getline(std::getline(*file, title), cell), third);
  EXPECT_EQ(third, "200");
  EXPECT_THAT(text_of("b.xtl"), HasSubstr("Orientation"));
}

TEST_F(StructureFile, the_three_reference_files_are_one_structure_and_the_one_that_is_built) {
  if (!fs::exists(shared("reference/ref.xyz"))) GTEST_SKIP() << "the reference files are not here";
  const auto xyz = read_structure(shared("reference/ref.xyz"));
  auto xtl = read_structure(shared("reference/ref.xtl"));
  auto prismatic = read_structure(shared("reference/ref_prismatic.xyz"));
  for (const auto* other : {&xtl, &prismatic})
    for (const auto& atom : other->atoms) ASSERT_NEAR(atom.b_factor, 0.5, 1e-5);  // six digits in the files
  for (auto* other : {&xtl, &prismatic})
    for (auto& atom : other->atoms) atom.b_factor = 0;
  // ref.xtl rounds fractions to seven decimals of 156 Å at most.
  expect_same(xtl, xyz, 0.5e-7 * 156.2 + 1e-9, 0);
  expect_same(prismatic, xyz, 1e-6, 0);

  Interface interface;
  interface.step_depths_cells = {20};
  interface.step_heights_cells = {1};
  auto built = to_structure(build(interface));
  for (auto& atom : built.atoms) atom.b_factor = 0;
  EXPECT_EQ(built.atoms.size(), 12800u);
  expect_same(built, xyz, 1e-6, 0);
}

TEST_F(StructureFile, the_reference_is_cut_into_four_distinct_slabs) {
  if (!fs::exists(shared("reference/ref.xyz"))) GTEST_SKIP() << "the reference files are not here";
  for (const auto* name : {"reference/ref.xyz", "reference/ref_prismatic.xyz"}) {
    const auto specimen = cut_into_slabs(read_structure(shared(name)), 1.9525);
    EXPECT_EQ(specimen.depth_count(), 80) << name;
    EXPECT_EQ(specimen.slabs.size(), 4u) << name;
  }
}

TEST_F(StructureFile, mustems_own_strontium_titanate_is_read) {
  if (!fs::exists(shared("samples/structures"))) GTEST_SKIP() << "the sample files are not here";
  const auto structure = read_structure(shared("samples/structures/mustem_SrTiO3.xtl"));
  ASSERT_EQ(structure.atoms.size(), 5u);
  EXPECT_EQ(structure.width_x, 3.905);
  EXPECT_EQ(structure.atoms[0].atomic_number, 38);
  EXPECT_NEAR(structure.atoms[0].b_factor, 0.621, 1e-3);
  EXPECT_NEAR(structure.atoms[4].b_factor, 0.440, 1e-3);
}

TEST_F(StructureFile, prismatics_own_silicon_is_read) {
  if (!fs::exists(shared("samples/structures"))) GTEST_SKIP() << "the sample files are not here";
  const auto structure = read_structure(shared("samples/structures/prismatic_SI100.XYZ"));
  ASSERT_EQ(structure.atoms.size(), 8u);
  EXPECT_NEAR(structure.atoms[0].b_factor, 0.456, 1e-3);
  EXPECT_NEAR(structure.atoms[2].z, 5.43 - 1.3575, 1e-12);
}

TEST_F(StructureFile, ase_files_of_extended_xyz_are_read) {
  const auto structure = read_structure(file("ase.xyz",
                                             "2\nLattice=\"3.905 0.0 0.0 0.0 3.905 0.0 0.0 0.0 3.905\" "
                                             "Properties=species:S:1:pos:R:3:momenta:R:3:occupancies:R:1:"
                                             "debye_waller_factors:R:1 energy_eV=200000.0 note=\"a \" pbc=\"T T T\"\r\n"
                                             "Sr -0.5 0 4.905 0 0 0 0.5 0.62\r\nLa 0 0 0 0 0 0 1.0 4.5e-1\r\n"));
  ASSERT_EQ(structure.atoms.size(), 2u);
  EXPECT_NEAR(structure.atoms[0].x, 3.405, 1e-12);
  EXPECT_NEAR(structure.atoms[0].z, 1, 1e-12);
  EXPECT_EQ(structure.atoms[0].occupancy, 0.5);
  EXPECT_EQ(structure.atoms[0].b_factor, 0.62);
  EXPECT_EQ(structure.atoms[1].b_factor, 0.45);
}

TEST_F(StructureFile, a_plain_xyz_wants_its_cell) {
  const std::string text = "1\nstrontium\nSr 0 0 1\n";
  EXPECT_THAT(refusal("plain.xyz", text), HasSubstr("--cell"));
  StructureReadOptions options;
  options.cell = {4, 5, 6};
  EXPECT_EQ(read_structure(folder_ / "plain.xyz", options).height_z, 6);
}

TEST_F(StructureFile, six_cell_numbers_and_fractions_are_py_multislices_form) {
  std::vector<std::string> notes;
  const auto structure =
      read_structure(file("f.xyz", "title\n4 5 10 90 90 90\n38 0.5 0.5 0.25 1 0.00785\n-1\n"), {}, &notes);
  EXPECT_EQ(structure.atoms.at(0).x, 2);
  EXPECT_EQ(structure.atoms.at(0).z, 2.5);
  EXPECT_NEAR(structure.atoms.at(0).b_factor, 0.62, 1e-3);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("py_multislice")));
  const auto angstrom = read_structure(file("a.xyz", "title\n4 5 10 90 90 90\n38 2 0.5 0.25 1 0.0886\n-1\n"));
  EXPECT_EQ(angstrom.atoms.at(0).z, 9.75);
  EXPECT_NEAR(angstrom.atoms.at(0).b_factor, 0.62, 1e-3);
}

TEST_F(StructureFile, cells_that_are_not_right_angled_are_refused_with_the_way_out) {
  EXPECT_THAT(refusal("a.exyz", "1\nLattice=\"4 0 0 2 4 0 0 0 4\"\nSr 0 0 1\n"), HasSubstr("orthogonalize_cell"));
  EXPECT_THAT(refusal("a.xtl", "t\n4 4 4 90 90 120\n1\nSr\n1 38 1 0\n0 0 0\n"), HasSubstr("orthogonalize_cell"));
  EXPECT_THAT(refusal("b.xyz", "t\n4 4 4 90 90 120\n38 0 0 0 1 0\n-1\n"), HasSubstr("orthogonalize_cell"));
}

TEST_F(StructureFile, empty_and_foreign_files_are_refused) {
  for (const auto* name : {"e.xyz", "e.exyz", "e.xtl", "e.cif", "e.pdb"}) {
    EXPECT_NE(refusal(name, ""), "accepted") << name;
    EXPECT_NE(refusal(name, std::string(1000, '\0')), "accepted") << name;
    EXPECT_NE(refusal(name, std::string(100000, '\n')), "accepted") << name;
    EXPECT_NE(refusal(name, "\x89HDF\r\n\x1a\n and so on"), "accepted") << name;
    EXPECT_NE(refusal(name, "the quick brown fox\njumps over\nthe lazy dog\n"), "accepted") << name;
  }
  EXPECT_THROW(read_structure(folder_ / "missing.xyz"), FileError);
  EXPECT_THROW(read_structure(folder_), FileError);
}

TEST_F(StructureFile, every_truncated_file_is_refused_or_loses_no_atom) {
  const auto structure = mixed_interface();
  for (const auto& form : forms()) {
    if (form.name == "s.cif") continue;  // a CIF has neither count nor end; see the test of its own
    SCOPED_TRACE(form.name);
    write_structure(folder_ / form.name, structure, form.write);
    const auto whole = text_of(form.name);
    for (std::size_t bytes = 0; bytes < whole.size(); bytes += 211) {
      try {
        const auto read = read_structure(file("cut_" + form.name, whole.substr(0, bytes)), form.read);
        EXPECT_EQ(read.atoms.size(), structure.atoms.size()) << bytes;
      } catch (const FileError&) {
      }
    }
  }
}

TEST_F(StructureFile, impossible_counts_are_refused_at_once) {
  for (const auto* count : {"-1", "0", "999999999999999", "1e300", "nan", "2.5"}) {
    SCOPED_TRACE(count);
    EXPECT_NE(refusal("c.exyz", std::string(count) + "\nLattice=\"4 0 0 0 4 0 0 0 4\"\nSr 0 0 1\n"), "accepted");
    EXPECT_NE(refusal("t.xtl", "t\n4 4 4 90 90 90\n" + std::string(count) + "\nSr\n1 38 1 0\n0 0 0\n"), "accepted");
    EXPECT_NE(refusal("a.xtl", "t\n4 4 4 90 90 90\n1\nSr\n" + std::string(count) + " 38 1 0\n0 0 0\n"), "accepted");
  }
  EXPECT_NE(refusal("p.exyz", "1\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:999999999999\nSr 0 0 1\n"),
            "accepted");
}

TEST_F(StructureFile, impossible_atoms_are_refused) {
  const std::string head =
      "1\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3:occupancies:R:1:"
      "debye_waller_factors:R:1\n";
  EXPECT_EQ(refusal("good.exyz", head + "Sr 0 0 1 1 0\n"), "accepted");
  for (const auto* atom : {"Sr nan 0 1 1 0", "Sr 0 inf 1 1 0", "Sr 0 0 1e30 1 0", "Sr 0 0 1 1.5 0", "Sr 0 0 1 -1 0",
                           "Sr 0 0 1 1 -0.1", "Sr 0 0 1 1 nan", "Qq 0 0 1 1 0", "200 0 0 1 1 0", "Sr 0 0 1 1"})
    EXPECT_NE(refusal("bad.exyz", head + atom + "\n"), "accepted") << atom;
  for (const auto* cell :
       {"0 0 0 0 4 0 0 0 4", "-4 0 0 0 4 0 0 0 4", "nan 0 0 0 4 0 0 0 4", "1e30 0 0 0 4 0 0 0 4", "4 4 4"})
    EXPECT_NE(refusal("cell.exyz", "1\nLattice=\"" + std::string(cell) + "\"\nSr 0 0 1\n"), "accepted") << cell;
  for (const auto* atom : {"0 0 0 1 1 0.1", "38.5 0 0 1 1 0.1", "1e99 0 0 1 1 0.1", "38 0 0 nan 1 0.1", "38 0 0 1 1"})
    EXPECT_NE(refusal("bad.xyz", "t\n4 4 4\n" + std::string(atom) + "\n-1\n"), "accepted") << atom;
}

TEST_F(StructureFile, columns_of_the_wrong_number_are_refused) {
  const auto with = [&](const std::string& properties, const std::string& atom) {
    return refusal("w.exyz", "1\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=" + properties + "\n" + atom + "\n");
  };
  EXPECT_EQ(with("species:S:1:pos:R:3", "Sr 0 1 2"), "accepted");
  EXPECT_THAT(with("species:S:1:pos:R:1", "Sr 0"), HasSubstr("pos"));
  EXPECT_THAT(with("species:S:1:pos:R:2:occupancies:R:1", "Sr 0 1 0.5"), HasSubstr("pos"));
  EXPECT_THAT(with("species:S:1:pos:R:3:occupancies:R:2", "Sr 0 1 2 0.5 0.5"), HasSubstr("occupancies"));
}

TEST_F(StructureFile, places_that_hold_more_than_an_atom_are_refused) {
  const auto with = [&](const std::string& atoms) {
    return refusal("p.exyz",
                   "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3:occupancies:R:1\n" + atoms);
  };
  EXPECT_EQ(with("Sr 0 0 0 0.5\nLa 0 0 0 0.5\n"), "accepted");
  EXPECT_EQ(with("Sr 0 0 0 1\nLa 0 0 0.1 1\n"), "accepted");
  EXPECT_THAT(with("Sr 0 0 0 0.5\nLa 0 0 0 0.6\n"), HasSubstr("atoms 1 and 2"));
  for (const auto* copy : {"4 0 0", "0 4 0", "0 0 4", "0.000001 3.999999 4"})
    EXPECT_THAT(with(std::string("Sr 0 0 0 1\nSr ") + copy + " 1\n"), HasSubstr("at one place")) << copy;
  // Just beside a cell's edge of either grid.
  EXPECT_THAT(with("Sr 1.0049999 1 1 1\nSr 1.0050001 1 1 1\n"), HasSubstr("at one place"));
  EXPECT_THAT(with("Sr 1.0099999 1 1 1\nSr 1.0100001 1 1 1\n"), HasSubstr("at one place"));
}

TEST_F(StructureFile, prismatics_last_plane_is_noted_where_it_becomes_the_first) {
  std::vector<std::string> notes;
  read_structure(file("last.xyz", "t\n4 4 4\n38 0 0 0 1 0.1\n22 2 2 2 1 0.1\n-1\n"), {}, &notes);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("1 atoms at z = 0")));
}

TEST_F(StructureFile, more_atoms_than_counted_are_refused_and_further_frames_noted) {
  const std::string frame = "1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nSr 0 0 1\n";
  EXPECT_NE(refusal("more.exyz", frame + "Ti 2 2 1\n"), "accepted");
  std::vector<std::string> notes;
  EXPECT_EQ(read_structure(file("frames.exyz", frame + frame), {}, &notes).atoms.size(), 1u);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("several frames")));
}

TEST_F(StructureFile, what_was_changed_is_noted) {
  std::vector<std::string> notes;
  read_structure(file("n.exyz", "1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nSr 0 0 -1\n"), {}, &notes);
  EXPECT_THAT(notes, testing::Contains(HasSubstr("outside the cell")));
  EXPECT_THAT(notes, testing::Contains(HasSubstr("no displacement")));
}

TEST_F(StructureFile, impossible_structures_and_places_are_not_written) {
  auto structure = mixed_interface();
  EXPECT_THROW(write_structure(folder_ / "s.pdb", structure), InputError);
  EXPECT_THROW(write_structure(folder_ / "no" / "such" / "s.xtl", structure), ResourceError);
  structure.atoms[0].x = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(write_structure(folder_ / "s.xtl", structure), InputError);
  EXPECT_TRUE(fs::is_empty(folder_));
}

}  // namespace
}  // namespace terrace
