// Prismatic's (and computem's) .xyz: comment; a b c; lines of Z x y z occupancy u, u the root mean square displacement
// along one axis in Å; -1. Two forms are met: Å with three numbers on line 2, and py_multislice's fractional one with
// six.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "specimen/structure_formats.h"

namespace terrace {
namespace {

/// The file's own numbers, before it is known what they mean.
struct Table {
  std::vector<double> cell;
  std::vector<std::array<double, 6>> rows;
};

std::vector<double> cell_line(TextLines& lines) {
  std::vector<double> cell;
  for (const auto word : words_of(lines.expect("the cell"))) {
    const auto number = number_of(word);
    if (!number) lines.fail(fmt::format("\"{}\" is no number (the line holds the cell: a b c in Å).", excerpt(word)));
    cell.push_back(*number);
  }
  if (cell.size() != 3 && cell.size() != 6)
    lines.fail(
        fmt::format("{} numbers (the line holds the cell: a b c in Å, or a b c and three angles).", cell.size()));
  return cell;
}

std::array<double, 6> atom_line(const TextLines& lines, std::string_view line) {
  const auto words = words_of(line);
  std::array<double, 6> row{};
  for (std::size_t column = 0; column < row.size(); ++column) {
    const auto number = column < words.size() ? number_of(words[column]) : std::nullopt;
    if (!number) lines.fail(fmt::format("\"{}\" is no atom (Z x y z occupancy u).", excerpt(line)));
    row[column] = *number;
  }
  return row;
}

/// The end is a line -1. Prismatic itself stops at any line of three characters or fewer; of those a blank one is taken
/// too, but not the first letters of an atom, which are what a copy cut short ends with.
bool is_end(std::string_view line) {
  const auto words = words_of(line);
  return words.empty() || (words.size() == 1 && whole_number_of(words[0]) == -1);
}

Table read_table(TextLines& lines) {
  lines.expect("the title");
  Table table{cell_line(lines), {}};
  for (;;) {
    const auto line = lines.expect("an atom, or -1 at the end");
    if (is_end(line)) return table;
    table.rows.push_back(atom_line(lines, line));
  }
}

bool is_fractional(const Table& table) {
  const auto inside = [](const auto& row) {
    return std::all_of(row.begin() + 1, row.begin() + 4, [](double value) { return value >= 0 && value < 1; });
  };
  return table.cell.size() == 6 && !table.rows.empty() && std::all_of(table.rows.begin(), table.rows.end(), inside);
}

int atomic_number_in(const std::array<double, 6>& row) {
  return row[0] >= 1 && row[0] <= 200 && row[0] == std::floor(row[0]) ? static_cast<int>(row[0]) : 0;
}

}  // namespace

Structure read_prismatic_xyz(std::string_view text, const std::string& name, const StructureReadOptions& options,
                             Notes& notes) {
  TextLines lines(text, name);
  const auto table = read_table(lines);
  if (table.cell.size() == 6) require_right_angles(table.cell[3], table.cell[4], table.cell[5], name);
  const bool fractional = is_fractional(table);
  const bool mirror = !fractional && options.prismatic_beam == BeamEntry::largest_z;
  Structure structure{table.cell[0], table.cell[1], table.cell[2], {}};
  for (const auto& row : table.rows) {
    Atom atom{atomic_number_in(row), row[1], row[2], row[3], row[4], 0};
    atom.b_factor = b_factor_of_mean_square(fractional ? row[5] : row[5] * row[5]);
    if (fractional) atom.x *= structure.width_x, atom.y *= structure.width_y, atom.z *= structure.height_z;
    if (mirror) atom.z = structure.height_z - atom.z;
    structure.atoms.push_back(atom);
  }
  if (fractional)
    notes.push_back(
        "six cell numbers and all coordinates below 1: read as py_multislice's form (fractional coordinates, mean "
        "square displacements, beam entering at z = 0)");
  if (mirror) notes.push_back("z was mirrored: Prismatic's beam enters at the largest z (computem's at the smallest)");
  const auto last = std::ranges::count_if(table.rows, [](const auto& row) { return row[3] == 0; });
  if (mirror && last > 0)
    notes.push_back(fmt::format(
        "{} atoms at z = 0, which Prismatic's beam meets last, are met first: the box is taken as periodic", last));
  return structure;
}

std::string prismatic_xyz_text(const Structure& structure, const StructureWriteOptions& options) {
  const bool mirror = options.prismatic_beam == BeamEntry::largest_z;
  auto text = fmt::format("{}\n{:.10g} {:.10g} {:.10g}\n", safe_title(options.title), structure.width_x,
                          structure.width_y, structure.height_z);
  auto out = std::back_inserter(text);
  for (const auto& atom : structure.atoms)
    fmt::format_to(out, "{} {:.8f} {:.8f} {:.8f} {:.10g} {:.10g}\n", atom.atomic_number, atom.x, atom.y,
                   mirror ? structure.height_z - atom.z : atom.z, atom.occupancy,
                   std::sqrt(mean_square_of_b_factor(atom.b_factor)));
  return text + "-1\n";
}

}  // namespace terrace
