#include "specimen/specimen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace terrace {
namespace {

const Atom strontium{.atomic_number = 38, .x = 1, .y = 2, .z = 0.5, .b_factor = 0.6};
const Atom oxygen{.atomic_number = 8, .x = 3, .y = 0, .z = 1.5, .b_factor = 0.7};

TEST(Specimen, equal_slabs_are_stored_once_whatever_the_order_of_their_atoms) {
  Specimen specimen{4, 4, {}, {}};
  specimen.add_slab(2, {strontium, oxygen});
  specimen.add_slab(2, {oxygen, strontium});
  EXPECT_EQ(specimen.slabs.size(), 1u);
  EXPECT_EQ(specimen.stack, (std::vector<int>{0, 0}));
  EXPECT_EQ(specimen.thickness(), 4);
}

TEST(Specimen, whatever_a_slab_holds_is_in_its_name) {
  Specimen specimen{4, 4, {}, {}};
  specimen.add_slab(2, {strontium});
  specimen.add_slab(2.5, {strontium});
  for (double Atom::*member : {&Atom::x, &Atom::y, &Atom::z, &Atom::occupancy, &Atom::b_factor}) {
    auto other = strontium;
    other.*member *= 0.999;
    specimen.add_slab(2, {other});
  }
  auto other = strontium;
  other.atomic_number = 57;
  specimen.add_slab(2, {other});
  specimen.add_slab(2, {});
  specimen.add_slab(2, {strontium, strontium});
  EXPECT_EQ(specimen.slabs.size(), 10u);
}

TEST(Specimen, two_specimens_call_the_same_slab_by_the_same_name) {
  Specimen one{4, 4, {}, {}}, two{4, 4, {}, {}};
  one.add_slab(2, {strontium});
  two.add_slab(2, {});
  two.add_slab(2, {strontium});
  EXPECT_EQ(one.slab_at(0).name, two.slab_at(1).name);
  EXPECT_NE(two.slab_at(0).name, two.slab_at(1).name);
}

TEST(CutIntoSlabs, a_repeated_cell_is_recognised_at_every_depth) {
  // 40 cells of 3.905 Å: the depth of an atom in its cell is rounded differently in each, by up to 3e-14 Å.
  Structure structure{4, 4, 40 * 3.905, {}};
  for (int cell = 0; cell < 40; ++cell) structure.atoms.push_back({38, 0, 0, cell * 3.905 + 0.97625, 1, 0.6});
  const auto specimen = cut_into_slabs(structure, 2.0);
  EXPECT_EQ(specimen.depth_count(), 78);  // 156.2 / 2 = 78.1
  EXPECT_EQ(cut_into_slabs(structure, 1.9525).slabs.size(), 2u);
}

TEST(CutIntoSlabs, keeps_every_atom_where_it_was) {
  Structure structure{5, 6, 10, {}};
  for (int atom = 0; atom < 100; ++atom)
    structure.atoms.push_back({1 + atom, 0.05 * atom, 0.06 * atom, 0.1 * atom, 1, 0});
  auto again = to_structure(cut_into_slabs(structure, 0.7)).atoms;
  std::sort(again.begin(), again.end(), [](const Atom& a, const Atom& b) { return a.atomic_number < b.atomic_number; });
  ASSERT_EQ(again.size(), 100u);
  for (int atom = 0; atom < 100; ++atom) {
    EXPECT_EQ(again[atom].x, structure.atoms[atom].x);
    EXPECT_NEAR(again[atom].z, structure.atoms[atom].z, 1e-9);  // depths are rounded to 1.2e-10 Å; the rest is double
  }
}

TEST(CutIntoSlabs, an_atom_at_a_cut_belongs_to_the_slab_below_it_and_at_the_end_to_the_first) {
  const Structure structure{5, 5, 0.3, {{1, 0, 0, 0.1 + 0.2 - 0.1, 1, 0}, {2, 0, 0, 0.3, 1, 0}, {3, 0, 0, 0.1, 1, 0}}};
  const auto specimen = cut_into_slabs(structure, 0.1);
  ASSERT_EQ(specimen.depth_count(), 3);
  EXPECT_EQ(specimen.slab_at(0).atoms.at(0).atomic_number, 2);
  EXPECT_EQ(specimen.slab_at(1).atoms.at(0).atomic_number, 3);
  EXPECT_EQ(specimen.slab_at(2).atoms.at(0).atomic_number, 1);
  for (const auto& slab : specimen.slabs)
    for (const auto& atom : slab.atoms) EXPECT_TRUE(atom.z >= 0 && atom.z < slab.thickness) << atom.z;
}

TEST(CutIntoSlabs, refuses_what_cannot_be_cut) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(cut_into_slabs({5, 5, 10, {{1, 0, 0, 10.1, 1, 0}}}, 2), InputError);
  EXPECT_THROW(cut_into_slabs({5, 5, 10, {{1, 0, 0, -0.1, 1, 0}}}, 2), InputError);
  EXPECT_THROW(cut_into_slabs({5, 5, 10, {{1, nan, 0, 1, 1, 0}}}, 2), InputError);
  EXPECT_THROW(cut_into_slabs({5, 5, 10, {}}, 0), InputError);
  EXPECT_THROW(cut_into_slabs({5, 5, 10, {}}, nan), InputError);
  EXPECT_THROW(cut_into_slabs({5, 5, 1e9, {}}, 1), InputError);
}

}  // namespace
}  // namespace terrace
