// muSTEM's .xtl: title; a b c and three angles; number of atom types; for each a label, a line "n Z occupancy u2" and n
// lines of fractional x y z; u2 = mean square displacement along one axis in Å². Older muSTEM and ASE have the beam's
// keV on line 3.
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <map>
#include <tuple>

#include "specimen/element.h"
#include "specimen/structure_formats.h"

namespace terrace {
namespace {

/// At least `count` numbers from the next line, which holds `what`.
std::vector<double> numbers(TextLines& lines, std::size_t count, std::string_view what) {
  const auto line = lines.expect(what);
  const auto words = words_of(line);
  std::vector<double> found;
  for (std::size_t word = 0; word < count && word < words.size(); ++word)
    if (const auto number = number_of(words[word])) found.push_back(*number);
  if (found.size() < count) lines.fail(fmt::format("\"{}\" should hold {}.", excerpt(line), what));
  return found;
}

std::int64_t whole(const TextLines& lines, double number, std::int64_t low, std::string_view what) {
  if (number == static_cast<double>(static_cast<std::int64_t>(number)) && number >= low)
    return static_cast<std::int64_t>(number);
  lines.fail(fmt::format("{} is no {}.", number, what));
}

std::optional<std::int64_t> sole_whole_number(std::string_view line) {
  const auto words = words_of(line);
  return words.size() == 1 ? whole_number_of(words[0]) : std::nullopt;
}

/// The number of types, from line 3, or from line 4 when that is a number too (line 3 then was keV). Leaves `lines`
/// after the first type's label.
std::int64_t type_count(TextLines& lines, Notes& notes) {
  double count = numbers(lines, 1, "the number of atom types")[0];
  const auto next = lines.expect("the label of an atom type");
  if (const auto types = sole_whole_number(next)) {
    notes.push_back(fmt::format("line 3 was read as a beam energy of {} keV (muSTEM's older form)", count));
    count = static_cast<double>(*types);
    lines.expect("the label of an atom type");
  }
  if (!(count >= 1 && count <= 1e6)) lines.fail(fmt::format("{} is no number of atom types.", count));
  return whole(lines, count, 1, "number of atom types");
}

void read_type(TextLines& lines, Structure& structure) {
  const auto type = numbers(lines, 4, "atoms, atomic number, occupancy, mean square displacement");
  if (!(type[0] >= 0 && type[0] <= 1e9)) lines.fail(fmt::format("{} is no number of atoms.", type[0]));
  if (!(type[1] >= 1 && type[1] <= heaviest_element)) lines.fail(fmt::format("{} is no atomic number.", type[1]));
  const auto count = whole(lines, type[0], 0, "number of atoms");
  const auto number = static_cast<int>(whole(lines, type[1], 1, "atomic number"));
  const double b_factor = b_factor_of_mean_square(type[3]);
  for (std::int64_t atom = 0; atom < count; ++atom) {
    const auto at = numbers(lines, 3, "the fractional x y z of an atom");
    structure.atoms.push_back(
        {number, at[0] * structure.width_x, at[1] * structure.width_y, at[2] * structure.height_z, type[2], b_factor});
  }
}

/// What one type shares: Z, occupancy, B.
using Type = std::tuple<int, double, double>;

}  // namespace

Structure read_mustem_xtl(std::string_view text, const std::string& name, Notes& notes) {
  TextLines lines(text, name);
  lines.expect("the title");
  const auto cell = numbers(lines, 6, "the cell: a b c in Å and three angles");
  require_right_angles(cell[3], cell[4], cell[5], name);
  Structure structure{cell[0], cell[1], cell[2], {}};
  const auto types = type_count(lines, notes);
  for (std::int64_t type = 0; type < types; ++type) {
    if (type > 0) lines.expect("the label of an atom type");
    read_type(lines, structure);
  }
  return structure;
}

std::string mustem_xtl_text(const Structure& structure, const StructureWriteOptions& options) {
  std::map<Type, std::vector<const Atom*>> types;
  for (const auto& atom : structure.atoms) types[{atom.atomic_number, atom.occupancy, atom.b_factor}].push_back(&atom);

  auto text = fmt::format("{}\n  {:.10g} {:.10g} {:.10g} 90.0000 90.0000 90.0000\n", safe_title(options.title),
                          structure.width_x, structure.width_y, structure.height_z);
  auto out = std::back_inserter(text);
  if (options.xtl_kev > 0) fmt::format_to(out, "{:.10g}\n", options.xtl_kev);
  fmt::format_to(out, "{}\n", types.size());
  for (const auto& [type, atoms] : types) {
    const auto& [number, occupancy, b_factor] = type;
    fmt::format_to(out, "{}\n{} {} {:.10g} {:.10g}\n", element_symbol(number), atoms.size(), number, occupancy,
                   mean_square_of_b_factor(b_factor));
    for (const auto* atom : atoms)
      fmt::format_to(out, "{:.12f} {:.12f} {:.12f}\n", atom->x / structure.width_x, atom->y / structure.width_y,
                     atom->z / structure.height_z);
  }
  if (options.xtl_kev > 0) text += "Orientation\n   1 0 0\n   0 1 0\n   0 0 1\n";
  return text;
}

}  // namespace terrace
