// CIF, the crystallographers' format: read and expanded to all atoms of the cell (P1), written as P1. The only file
// that includes gemmi, which reads the syntax and knows the space groups.
#include <fmt/format.h>

#include <cmath>
#include <gemmi/cif.hpp>
#include <gemmi/numb.hpp>
#include <gemmi/symmetry.hpp>
#include <iterator>
#include <unordered_map>

#include "core/error.h"
#include "specimen/element.h"
#include "specimen/structure_formats.h"
#include "specimen/symmetry.h"

namespace terrace {
namespace {

namespace cif = gemmi::cif;

/// The largest space group in its largest setting has as many operations.
constexpr std::size_t most_operations = 192;
constexpr std::size_t most_images = 4'000'000;

[[noreturn]] void fail(const std::string& name, const std::string& problem) {
  throw FileError(fmt::format("'{}': {}", name, problem));
}

cif::Block& block_with_atoms(cif::Document& document, const std::string& name) {
  for (auto& block : document.blocks)
    if (block.find_values("_atom_site_fract_x")) return block;
  fail(name,
       "no block has _atom_site_fract_x (only crystals in fractional coordinates can be read). Is it a CIF of a "
       "crystal?");
}

/// The number of `word` without its esd: "3.905(2)" is 3.905; NaN where there is none.
double number_in(const std::string& word) { return cif::as_number(word); }

double length_of(cif::Block& block, const char* tag, const std::string& name) {
  const auto* word = block.find_value(tag);
  const double length = word ? number_in(*word) : NAN;
  if (!(length > 0 && length < 1e6)) fail(name, fmt::format("{} is missing or no length.", tag));
  return length;
}

double angle_of(cif::Block& block, const char* tag) {
  const auto* word = block.find_value(tag);
  return word && !cif::is_null(*word) ? number_in(*word) : 90;  // the dictionary's default
}

CellVectors cell_of(cif::Block& block, const std::string& name) {
  const Vector3 edges = {length_of(block, "_cell_length_a", name), length_of(block, "_cell_length_b", name),
                         length_of(block, "_cell_length_c", name)};
  const Vector3 angles = {angle_of(block, "_cell_angle_alpha"), angle_of(block, "_cell_angle_beta"),
                          angle_of(block, "_cell_angle_gamma")};
  try {
    return cell_vectors(edges, angles);
  } catch (const InputError& error) {
    fail(name, error.what());
  }
}

std::vector<SymmetryOperation> listed_operations(cif::Block& block, const std::string& name) {
  std::vector<SymmetryOperation> operations;
  for (const char* tag : {"_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz"}) {
    for (const auto& word : block.find_values(tag)) {
      if (cif::is_null(word)) continue;
      const auto text = cif::as_string(word);
      const auto operation = parse_operation(text);
      if (!operation) fail(name, fmt::format("\"{}\" is no symmetry operation.", excerpt(text)));
      operations.push_back(*operation);
      if (operations.size() > most_operations)
        fail(name, fmt::format("more than {} symmetry operations (no space group has as many).", most_operations));
    }
    if (!operations.empty()) break;
  }
  return operations;
}

std::vector<SymmetryOperation> operations_of_group(const gemmi::SpaceGroup& group) {
  std::vector<SymmetryOperation> operations;
  for (const auto& operation : group.operations().all_ops_sorted())
    if (const auto parsed = parse_operation(operation.triplet())) operations.push_back(*parsed);
  return operations;
}

/// Hexagonal and rhombohedral axes of one group are told apart by the angles, which a number is not asked for.
const gemmi::SpaceGroup* group_called(const std::string& symbol, cif::Block& block) {
  const double alpha = angle_of(block, "_cell_angle_alpha"), gamma = angle_of(block, "_cell_angle_gamma");
  const auto* group = gemmi::find_spacegroup_by_name(symbol, alpha, gamma);
  const bool by_number = number_of(symbol).has_value();
  return group && by_number ? gemmi::find_spacegroup_by_name(group->hm, alpha, gamma) : group;
}

const gemmi::SpaceGroup* named_group(cif::Block& block, const std::string& name, Notes& notes) {
  for (const char* tag : {"_space_group_name_H-M_alt", "_symmetry_space_group_name_H-M", "_space_group_IT_number",
                          "_symmetry_Int_Tables_number"}) {
    const auto* word = block.find_value(tag);
    if (!word || cif::is_null(*word)) continue;
    const auto symbol = cif::as_string(*word);
    const auto* group = group_called(symbol, block);
    if (group && group->ext == '1' && symbol.find(':') == std::string::npos)
      notes.push_back(fmt::format("\"{}\" was read with its first origin; write \"{}:2\" if the second is meant",
                                  excerpt(symbol), group->hm));
    if (group) return group;
    fail(name,
         fmt::format("\"{}\" is no space group that is known. List its operations in _space_group_symop_operation_xyz.",
                     excerpt(symbol)));
  }
  return nullptr;
}

std::vector<SymmetryOperation> operations_of(cif::Block& block, const std::string& name, Notes& notes) {
  if (auto listed = listed_operations(block, name); !listed.empty()) return listed;
  if (const auto* group = named_group(block, name, notes)) return operations_of_group(*group);
  notes.push_back("no symmetry is given; the listed atoms were taken as all atoms of the cell");
  return {*parse_operation("x,y,z")};
}

/// Mean of the three diagonal elements, as B in Å², by atom label.
std::unordered_map<std::string, double> anisotropic_b_factors(cif::Block& block) {
  std::unordered_map<std::string, double> means;
  const auto add = [&](const std::vector<std::string>& columns, double factor) {
    for (auto row : block.find("_atom_site_aniso_", columns)) {
      const double sum = number_in(row[1]) + number_in(row[2]) + number_in(row[3]);
      if (std::isfinite(sum)) means[row.str(0)] = factor * sum / 3;
    }
  };
  add({"label", "U_11", "U_22", "U_33"}, b_factor_of_mean_square(1));
  add({"label", "B_11", "B_22", "B_33"}, 1);
  return means;
}

enum Column { x, y, z, label, type, occupancy, u_iso, b_iso };
const std::vector<std::string> columns = {"fract_x",      "fract_y",    "fract_z",         "?label",
                                          "?type_symbol", "?occupancy", "?U_iso_or_equiv", "?B_iso_or_equiv"};

double checked_number(const std::string& word, const char* what, const std::string& name) {
  const double number = number_in(word);
  if (std::isfinite(number)) return number;
  fail(name, fmt::format("\"{}\" is no {}.", excerpt(word), what));
}

double b_factor_in(cif::Table::Row row, const std::unordered_map<std::string, double>& anisotropic,
                   const std::string& name) {
  if (row.has2(u_iso)) return b_factor_of_mean_square(checked_number(row[u_iso], "displacement", name));
  if (row.has2(b_iso)) return checked_number(row[b_iso], "B factor", name);
  const auto found = row.has2(label) ? anisotropic.find(row.str(label)) : anisotropic.end();
  return found == anisotropic.end() ? 0 : found->second;
}

int element_in(cif::Table::Row row, const std::string& name) {
  const auto text = row.has2(type) ? row.str(type) : row.has2(label) ? row.str(label) : "";
  if (const int element = element_of_label(text)) return element;
  fail(name, fmt::format("the site \"{}\" names no element.", excerpt(text)));
}

bool has_position(cif::Table::Row row) { return row.has2(x) && row.has2(y) && row.has2(z); }

/// The atom of one row, its position in fractions of the cell.
Atom site_in(cif::Table::Row row, const std::unordered_map<std::string, double>& anisotropic, const std::string& name) {
  const auto fraction = [&](Column column) { return checked_number(row[column], "coordinate", name); };
  Atom site{element_in(row, name), fraction(x), fraction(y), fraction(z), 1, b_factor_in(row, anisotropic, name)};
  if (row.has2(occupancy)) site.occupancy = checked_number(row[occupancy], "occupancy", name);
  for (const double value : {site.x, site.y, site.z})
    if (std::abs(value) > 1e4) fail(name, fmt::format("{} is no fractional coordinate.", value));
  return site;
}

void add_images(Crystal& crystal, const Atom& site, const std::vector<SymmetryOperation>& operations) {
  for (const auto& at : equivalent_positions(operations, {site.x, site.y, site.z}, crystal.cell)) {
    Atom image = site;
    image.x = at[0];
    image.y = at[1];
    image.z = at[2];
    crystal.sites.push_back(image);
  }
}

Crystal crystal_in(cif::Document document, const std::string& name, Notes& notes) {
  auto& block = block_with_atoms(document, name);
  Crystal crystal{cell_of(block, name), {}};
  const auto operations = operations_of(block, name, notes);
  const auto anisotropic = anisotropic_b_factors(block);
  auto table = block.find("_atom_site_", columns);
  if (table.length() * operations.size() > most_images)
    fail(name, "more atoms than a CIF may hold. Save it as extended XYZ.");
  int unplaced = 0;
  for (auto row : table) {
    if (has_position(row))
      add_images(crystal, site_in(row, anisotropic, name), operations);
    else
      ++unplaced;
  }
  if (unplaced > 0) notes.push_back(fmt::format("{} sites without coordinates were left out", unplaced));
  if (document.blocks.size() > 1) notes.push_back(fmt::format("the block \"{}\" was read", excerpt(block.name)));
  return crystal;
}

}  // namespace

Crystal read_cif(std::string_view text, const std::string& name, Notes& notes) {
  try {
    return crystal_in(cif::read_memory(text.data(), text.size(), name.c_str()), name, notes);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail(name, fmt::format("this is no CIF ({}). Was the copy cut short?", excerpt(error.what())));
  }
}

std::string cif_text(const Structure& structure, const StructureWriteOptions& options) {
  auto text = fmt::format(
      "# {}\ndata_structure\n_cell_length_a {:.10g}\n_cell_length_b {:.10g}\n_cell_length_c {:.10g}\n"
      "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n"
      "_space_group_name_H-M_alt 'P 1'\n_space_group_IT_number 1\nloop_\n_space_group_symop_operation_xyz\n'x, y, z'\n"
      "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
      "_atom_site_occupancy\n_atom_site_B_iso_or_equiv\n",
      safe_title(options.title), structure.width_x, structure.width_y, structure.height_z);
  auto out = std::back_inserter(text);
  std::array<int, heaviest_element + 1> count{};
  for (const auto& atom : structure.atoms) {
    const auto symbol = element_symbol(atom.atomic_number);
    fmt::format_to(out, "{}{} {} {:.12f} {:.12f} {:.12f} {:.10g} {:.10g}\n", symbol, ++count[atom.atomic_number],
                   symbol, atom.x / structure.width_x, atom.y / structure.width_y, atom.z / structure.height_z,
                   atom.occupancy, atom.b_factor);
  }
  return text;
}

}  // namespace terrace
