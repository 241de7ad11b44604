// Extended XYZ as ASE, OVITO and abTEM write it: number of atoms; a line of key=value pairs with Lattice and
// Properties; atoms in Å. Arrays `occupancies` and `debye_waller_factors` (B in Å²) have the names that ASE's writers
// for Prismatic and muSTEM use.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "specimen/element.h"
#include "specimen/structure_formats.h"

namespace terrace {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return result;
}

/// The key=value pairs of line 2, keys in lower case; values may stand in quotes or braces.
std::map<std::string, std::string> pairs_of(std::string_view line) {
  std::map<std::string, std::string> pairs;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t", at)) != std::string_view::npos) {
    const std::size_t key_end = std::min(line.find_first_of("= \t", at), line.size());
    const auto key = lower(line.substr(at, key_end - at));
    at = key_end;
    if (at >= line.size() || line[at] != '=') continue;
    ++at;
    const char opening = at < line.size() ? line[at] : ' ';
    const bool enclosed = opening == '"' || opening == '\'' || opening == '{' || opening == '[';
    const char closing = opening == '{' ? '}' : opening == '[' ? ']' : opening;
    if (enclosed) ++at;
    const std::size_t end = std::min(enclosed ? line.find(closing, at) : line.find_first_of(" \t", at), line.size());
    pairs[key] = std::string(line.substr(at, end - at));
    at = std::min(end + (enclosed ? 1 : 0), line.size());
  }
  return pairs;
}

/// Where the columns of an atom line are; −1 for none.
struct Columns {
  int species = -1, number = -1, position = -1, occupancy = -1, b_factor = -1, mean_square = -1, rms = -1, count = 0;
};

int* column_called(Columns& columns, const std::string& name) {
  static const std::map<std::string, int Columns::*> known = {
      {"species", &Columns::species},       {"element", &Columns::species},
      {"numbers", &Columns::number},        {"z", &Columns::number},
      {"atomic_numbers", &Columns::number}, {"pos", &Columns::position},
      {"positions", &Columns::position},    {"occupancies", &Columns::occupancy},
      {"occupancy", &Columns::occupancy},   {"debye_waller_factors", &Columns::b_factor},
      {"b_iso", &Columns::b_factor},        {"u_iso", &Columns::mean_square},
      {"u_rms_1d", &Columns::rms}};
  const auto found = known.find(name);
  return found == known.end() ? nullptr : &(columns.*(found->second));
}

std::vector<std::string> split_at_colons(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char letter : text)
    if (letter == ':')
      parts.emplace_back();
    else
      parts.back() += letter;
  return parts;
}

Columns columns_of(const TextLines& lines, const std::string& properties, Notes& notes) {
  const auto parts = split_at_colons(properties);
  if (parts.size() % 3 != 0)
    lines.fail(fmt::format("Properties=\"{}\" is not made of name:type:columns.", excerpt(properties)));
  Columns columns;
  for (std::size_t part = 0; part < parts.size(); part += 3) {
    const auto width = whole_number_of(parts[part + 2]).value_or(0);
    if (width < 1 || width > 1000) lines.fail(fmt::format("\"{}\" is no number of columns.", excerpt(parts[part + 2])));
    if (int* column = column_called(columns, lower(parts[part]))) {
      *column = columns.count;
      const int wanted = column == &columns.position ? 3 : 1;
      if (width != wanted)
        lines.fail(fmt::format("\"{}\" has {} columns (it takes {}).", excerpt(parts[part]), width, wanted));
    } else {
      notes.push_back(fmt::format("the property \"{}\" was left out", excerpt(parts[part])));
    }
    columns.count += static_cast<int>(width);
    if (columns.count > 10000) lines.fail("more than 10000 columns.");
  }
  if ((columns.species < 0 && columns.number < 0) || columns.position < 0)
    lines.fail("Properties names no species or no pos.");
  return columns;
}

std::array<double, 3> diagonal_of(const TextLines& lines, const std::string& lattice) {
  std::vector<double> numbers;
  for (const auto word : words_of(lattice))
    if (const auto number = number_of(word)) numbers.push_back(*number);
  if (numbers.size() != 9) lines.fail(fmt::format("Lattice=\"{}\" does not hold nine numbers.", excerpt(lattice)));
  const double slack = 1e-6 * (std::abs(numbers[0]) + std::abs(numbers[4]) + std::abs(numbers[8]));
  for (const int off : {1, 2, 3, 5, 6, 7})
    if (std::abs(numbers[off]) > slack) refuse_cell(lines.name(), fmt::format("Lattice=\"{}\"", excerpt(lattice)));
  return {numbers[0], numbers[4], numbers[8]};
}

std::array<double, 3> cell_of(const TextLines& lines, const std::map<std::string, std::string>& pairs,
                              const StructureReadOptions& options, Notes& notes) {
  if (options.cell[0] > 0 && options.cell[1] > 0 && options.cell[2] > 0) {
    notes.push_back("the cell was given, not read");
    return options.cell;
  }
  const auto lattice = pairs.find("lattice");
  if (lattice != pairs.end()) return diagonal_of(lines, lattice->second);
  lines.fail(
      "no Lattice (a plain .xyz does not say how large the cell is). Give it: --cell A,B,C in Å, or save the structure "
      "as extended XYZ.");
}

double value_at(const TextLines& lines, const std::vector<std::string_view>& words, int column) {
  if (const auto number = number_of(words[column])) return *number;
  lines.fail(fmt::format("\"{}\" is no number.", excerpt(words[column])));
}

int element_at(const TextLines& lines, const std::vector<std::string_view>& words, const Columns& columns) {
  const auto word = words[columns.species >= 0 ? columns.species : columns.number];
  const auto number = whole_number_of(word);
  if (number && *number >= 1 && *number <= heaviest_element) return static_cast<int>(*number);
  if (const int element = number ? 0 : element_of_label(word)) return element;
  lines.fail(fmt::format("\"{}\" is no element.", excerpt(word)));
}

Atom atom_of(const TextLines& lines, std::string_view line, const Columns& columns) {
  const auto words = words_of(line);
  if (static_cast<int>(words.size()) < columns.count)
    lines.fail(
        fmt::format("\"{}\" holds {} words, not the {} of an atom.", excerpt(line), words.size(), columns.count));
  const auto value = [&](int column) { return value_at(lines, words, column); };
  Atom atom{element_at(lines, words, columns),
            value(columns.position),
            value(columns.position + 1),
            value(columns.position + 2),
            1,
            0};
  if (columns.occupancy >= 0) atom.occupancy = value(columns.occupancy);
  if (columns.b_factor >= 0) atom.b_factor = value(columns.b_factor);
  if (columns.mean_square >= 0) atom.b_factor = b_factor_of_mean_square(value(columns.mean_square));
  if (columns.rms >= 0) atom.b_factor = b_factor_of_mean_square(std::pow(value(columns.rms), 2));
  return atom;
}

std::int64_t atom_count(TextLines& lines) {
  const auto words = words_of(lines.expect("the number of atoms"));
  const auto count = words.size() == 1 ? whole_number_of(words[0]) : std::nullopt;
  if (!count || *count < 1) lines.fail("this is no number of atoms (an .xyz begins with one).");
  return *count;
}

void note_what_follows(TextLines& lines, Notes& notes) {
  while (const auto line = lines.next()) {
    if (words_of(*line).empty()) continue;
    if (words_of(*line).size() > 1) lines.fail("an atom more than line 1 counts. Is the file damaged?");
    notes.push_back("the file holds several frames; the first was read");
    return;
  }
}

}  // namespace

Structure read_extended_xyz(std::string_view text, const std::string& name, const StructureReadOptions& options,
                            Notes& notes) {
  TextLines lines(text, name);
  const auto count = atom_count(lines);
  const auto pairs = pairs_of(lines.expect("the line with Lattice and Properties"));
  const auto cell = cell_of(lines, pairs, options, notes);
  const auto properties = pairs.find("properties");
  const auto columns = columns_of(lines, properties == pairs.end() ? "species:S:1:pos:R:3" : properties->second, notes);
  Structure structure{cell[0], cell[1], cell[2], {}};
  for (std::int64_t atom = 0; atom < count; ++atom)
    structure.atoms.push_back(atom_of(lines, lines.expect(fmt::format("atom {} of {}", atom + 1, count)), columns));
  note_what_follows(lines, notes);
  return structure;
}

std::string extended_xyz_text(const Structure& structure) {
  auto text = fmt::format(
      "{}\nLattice=\"{} 0.0 0.0 0.0 {} 0.0 0.0 0.0 {}\" "
      "Properties=species:S:1:pos:R:3:occupancies:R:1:debye_waller_factors:R:1 pbc=\"T T T\"\n",
      structure.atoms.size(), structure.width_x, structure.width_y, structure.height_z);
  auto out = std::back_inserter(text);
  for (const auto& atom : structure.atoms)
    fmt::format_to(out, "{:<2} {:16.8f} {:16.8f} {:16.8f} {} {}\n", element_symbol(atom.atomic_number), atom.x, atom.y,
                   atom.z, atom.occupancy, atom.b_factor);
  return text;
}

}  // namespace terrace
