#include "specimen/structure_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numbers>

#include "core/error.h"
#include "specimen/element.h"
#include "specimen/structure_formats.h"

namespace terrace {
namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 30;
constexpr std::uintmax_t most_cif_bytes = std::uintmax_t{1} << 26;
/// Å; no cell or coordinate is larger.
constexpr double longest = 1e6;

std::string read_text(const std::filesystem::path& path) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem))
    throw FileError(
        fmt::format("'{}' is not a file that can be read (missing, or a folder). Is the name right?", path.string()));
  const auto size = std::filesystem::file_size(path, problem);
  if (problem || size > most_bytes)
    throw FileError(fmt::format("'{}' holds {} bytes (a structure file may hold {}). Is it a structure?", path.string(),
                                size, most_bytes));
  std::string text(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(size)))
    throw FileError(fmt::format("'{}' cannot be read (it is {} bytes long). May you read it?", path.string(), size));
  return text;
}

std::string lower_extension(const std::filesystem::path& path) {
  auto extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return extension;
}

bool all_numbers(std::string_view line) {
  const auto words = words_of(line);
  return std::all_of(words.begin(), words.end(), [](auto word) { return number_of(word).has_value(); });
}

bool looks_like_cif(std::string_view text) {
  const auto head = text.substr(0, 1 << 16);
  return head.substr(0, 5) == "data_" || head.find("\ndata_") != std::string_view::npos ||
         head.find("_cell_length_a") != std::string_view::npos;
}

/// The formats differ in their third line: a symbol, six numbers, or one number.
std::optional<StructureFormat> recognise(std::string_view text) {
  if (looks_like_cif(text)) return StructureFormat::cif;
  TextLines lines(text, "");
  const auto first = lines.next(), second = lines.next(), third = lines.next();
  if (!first || !second || !third) return {};
  const auto words = words_of(*third);
  if (words.empty()) return {};
  const bool counts = words_of(*first).size() == 1 && whole_number_of(words_of(*first)[0]).has_value();
  if (second->find("attice=") != std::string_view::npos) return StructureFormat::extended_xyz;
  if (words.size() == 1 && words_of(*second).size() == 6 && all_numbers(*second) && all_numbers(*third))
    return StructureFormat::mustem_xtl;
  if (words.size() >= 4 && all_numbers(*third) && !words_of(*second).empty() && all_numbers(*second))
    return StructureFormat::prismatic_xyz;
  if (counts) return StructureFormat::extended_xyz;
  return {};
}

const std::map<std::string, StructureFormat>& formats_by_extension() {
  static const std::map<std::string, StructureFormat> formats = {{".cif", StructureFormat::cif},
                                                                 {".xtl", StructureFormat::mustem_xtl},
                                                                 {".xyz", StructureFormat::extended_xyz},
                                                                 {".exyz", StructureFormat::extended_xyz},
                                                                 {".extxyz", StructureFormat::extended_xyz}};
  return formats;
}

std::optional<StructureFormat> format_of_extension(const std::filesystem::path& path) {
  const auto found = formats_by_extension().find(lower_extension(path));
  if (found == formats_by_extension().end()) return {};
  return found->second;
}

bool has_zone_axis(const StructureReadOptions& options) { return options.zone_axis != ZoneAxis{}; }

Structure along_axis(const Crystal& crystal, const ZoneAxis& axis, Notes& notes) {
  std::string note;
  auto box = zone_axis_box(crystal, axis, &note);
  if (!note.empty()) notes.push_back(note);
  return box;
}

Structure parse_box(StructureFormat format, std::string_view text, const std::string& name,
                    const StructureReadOptions& options, Notes& notes) {
  if (format == StructureFormat::extended_xyz) return read_extended_xyz(text, name, options, notes);
  if (format == StructureFormat::prismatic_xyz) return read_prismatic_xyz(text, name, options, notes);
  return read_mustem_xtl(text, name, notes);
}

Structure parse_crystal(std::string_view text, const std::string& name, const StructureReadOptions& options,
                        Notes& notes) {
  if (text.size() > most_cif_bytes)
    throw FileError(fmt::format("'{}' holds {} bytes (a CIF may hold {}). Save it as extended XYZ.", name, text.size(),
                                most_cif_bytes));
  const auto crystal = read_cif(text, name, notes);
  return has_zone_axis(options) ? along_axis(crystal, options.zone_axis, notes) : right_angled_box(crystal, name);
}

Structure parse(StructureFormat format, std::string_view text, const std::string& name,
                const StructureReadOptions& options, Notes& notes) {
  if (format == StructureFormat::cif) return parse_crystal(text, name, options, notes);
  auto box = parse_box(format, text, name, options, notes);
  return has_zone_axis(options) ? along_axis(crystal_of(box), options.zone_axis, notes) : box;
}

/// What is impossible about an atom, or nothing.
std::string problem_of(const Atom& atom) {
  const auto within = [](double value) { return std::abs(value) <= longest; };  // false for a NaN too
  if (atom.atomic_number < 1 || atom.atomic_number > heaviest_element)
    return fmt::format("has atomic number {} (1 to {} are known)", atom.atomic_number, heaviest_element);
  if (!within(atom.x) || !within(atom.y) || !within(atom.z))
    return fmt::format("lies at ({}, {}, {}) Å", atom.x, atom.y, atom.z);
  if (!(atom.occupancy >= 0 && atom.occupancy <= 1))
    return fmt::format("has occupancy {} (0 to 1 is possible)", atom.occupancy);
  if (!(atom.b_factor >= 0 && atom.b_factor <= 1000))
    return fmt::format("has a B factor of {} Å² (0 to 1000 is possible)", atom.b_factor);
  return "";
}

std::string problem_of(const Structure& structure) {
  for (const double length : {structure.width_x, structure.width_y, structure.height_z})
    if (!(length > 0.01 && length <= longest))
      return fmt::format("a cell of {} x {} x {} Å", structure.width_x, structure.width_y, structure.height_z);
  if (structure.atoms.empty()) return "no atoms";
  for (std::size_t atom = 0; atom < structure.atoms.size(); ++atom)
    if (const auto problem = problem_of(structure.atoms[atom]); !problem.empty())
      return fmt::format("an impossible atom: number {} {}", atom + 1, problem);
  return "";
}

double wrapped(double value, double period) {
  const double inside = value - period * std::floor(value / period);
  return inside < period ? inside : 0;
}

/// x and y are periodic; z belongs between the surfaces, whose own depths both are left as they are.
void move_into_cell(Structure& structure, Notes& notes) {
  int moved = 0;
  for (auto& atom : structure.atoms) {
    atom.x = wrapped(atom.x, structure.width_x);
    atom.y = wrapped(atom.y, structure.width_y);
    if (atom.z >= 0 && atom.z <= structure.height_z) continue;
    const bool by_rounding = atom.z > -1e-6 && atom.z < structure.height_z + 1e-6;
    atom.z = by_rounding ? std::clamp(atom.z, 0.0, structure.height_z) : wrapped(atom.z, structure.height_z);
    moved += !by_rounding;
  }
  if (moved > 0)
    notes.push_back(fmt::format("{} atoms lay outside the cell along the beam and were moved by whole cells", moved));
}

/// Two atoms that share a place and hold more than one atom's worth there, or nothing; by cells of the box, which begin
/// `shift` (0 to 1) of a cell off: what one such grid parts, another one joins.
std::string crowded_place(const Structure& structure, double shift) {
  constexpr double cell_angstrom = 0.01, most_occupancy = 1.01;  // shares are rounded
  const auto cell_of = [&](double at, double period) {
    const double count = std::max(1.0, std::round(period / cell_angstrom));
    return static_cast<std::int64_t>(std::floor(at / period * count + shift)) % static_cast<std::int64_t>(count);
  };
  using Place = std::array<std::int64_t, 3>;
  std::vector<std::pair<Place, std::size_t>> places;
  for (std::size_t i = 0; i < structure.atoms.size(); ++i) {
    const auto& a = structure.atoms[i];
    places.push_back(
        {{cell_of(a.z, structure.height_z), cell_of(a.y, structure.width_y), cell_of(a.x, structure.width_x)}, i});
  }
  std::ranges::sort(places);
  double sum = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& atom = structure.atoms[places[i].second];
    const bool shared = i > 0 && places[i].first == places[i - 1].first;
    sum = (shared ? sum : 0) + atom.occupancy;
    if (shared && sum > most_occupancy)
      return fmt::format("atoms {} and {} at one place, ({:.4g}, {:.4g}, {:.4g}) Å", places[i - 1].second + 1,
                         places[i].second + 1, atom.x, atom.y, atom.z);
  }
  return "";
}

void refuse_crowded_places(const Structure& structure, const std::string& name) {
  for (const double shift : {0.0, 0.5})
    if (const auto crowded = crowded_place(structure, shift); !crowded.empty())
      throw FileError(
          fmt::format("'{}' holds {}, each atom counts once: the box is periodic, its end is its beginning. Take away "
                      "the copies, or enlarge the cell?",
                      name, crowded));
}

void note_resting_atoms(const Structure& structure, Notes& notes) {
  const auto moves = [](const Atom& atom) { return atom.b_factor > 0; };
  const auto resting = structure.atoms.size() - std::count_if(structure.atoms.begin(), structure.atoms.end(), moves);
  if (resting > 0)
    notes.push_back(fmt::format("{} of {} atoms have no displacement (B = 0)", resting, structure.atoms.size()));
}

StructureFormat format_to_write(const std::filesystem::path& path, const StructureWriteOptions& options) {
  if (options.format) return *options.format;
  if (const auto format = format_of_extension(path)) return *format;
  throw InputError(fmt::format("'{}' names no structure format (the extension decides). Use .xyz, .exyz, .xtl or .cif.",
                               path.string()));
}

std::string text_of(StructureFormat format, const Structure& structure, const StructureWriteOptions& options) {
  switch (format) {
    case StructureFormat::extended_xyz:
      return extended_xyz_text(structure);
    case StructureFormat::prismatic_xyz:
      return prismatic_xyz_text(structure, options);
    case StructureFormat::mustem_xtl:
      return mustem_xtl_text(structure, options);
    case StructureFormat::cif:
      break;
  }
  return cif_text(structure, options);
}

void write_whole(const std::filesystem::path& path, const std::string& text) {
  const auto partial = std::filesystem::path(path.string() + ".partial");
  std::ofstream file(partial, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  std::error_code problem;
  if (file) std::filesystem::rename(partial, path, problem);
  if (file && !problem) return;
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);
  throw ResourceError(fmt::format("'{}' cannot be written ({} bytes). Is the folder there, writable and not full?",
                                  path.string(), text.size()));
}

double degrees_between(const Vector3& a, const Vector3& b) {
  const auto dot = [](const Vector3& p, const Vector3& q) { return p[0] * q[0] + p[1] * q[1] + p[2] * q[2]; };
  return std::acos(dot(a, b) / std::sqrt(dot(a, a) * dot(b, b))) * 180 / std::numbers::pi;
}

}  // namespace

Structure read_structure(const std::filesystem::path& path, const StructureReadOptions& options,
                         std::vector<std::string>* notes) {
  const auto text = read_text(path);
  const auto name = path.filename().string();
  auto format = recognise(text);
  if (!format) format = format_of_extension(path);
  if (!format)
    throw FileError(
        fmt::format("'{}' is no structure file that is known (extended XYZ, Prismatic .xyz, muSTEM .xtl, CIF). "
                    "Convert it with ASE: ase convert FILE structure.exyz -o extxyz",
                    name));
  Notes found;
  auto structure = parse(*format, text, name, options, found);
  if (const auto problem = problem_of(structure); !problem.empty())
    throw FileError(fmt::format("'{}' holds {}. Is the file damaged?", name, problem));
  move_into_cell(structure, found);
  refuse_crowded_places(structure, name);
  note_resting_atoms(structure, found);
  if (notes) notes->insert(notes->end(), found.begin(), found.end());
  return structure;
}

void write_structure(const std::filesystem::path& path, const Structure& structure,
                     const StructureWriteOptions& options) {
  const auto format = format_to_write(path, options);
  if (const auto problem = problem_of(structure); !problem.empty())
    throw InputError(fmt::format("The structure for '{}' holds {}. It is not written.", path.string(), problem));
  write_whole(path, text_of(format, structure, options));
}

double b_factor_of_mean_square(double mean_square) { return 8 * std::numbers::pi * std::numbers::pi * mean_square; }
double mean_square_of_b_factor(double b_factor) { return b_factor / (8 * std::numbers::pi * std::numbers::pi); }

void require_right_angles(double alpha, double beta, double gamma, const std::string& name) {
  const auto right = [](double angle) { return std::abs(angle - 90) <= 1e-3; };
  if (right(alpha) && right(beta) && right(gamma)) return;
  refuse_cell(name, fmt::format("angles of {}, {} and {} degrees", alpha, beta, gamma));
}

Structure right_angled_box(const Crystal& crystal, const std::string& name) {
  const auto& [a, b, c] = crystal.cell;
  require_right_angles(degrees_between(b, c), degrees_between(a, c), degrees_between(a, b), name);
  Structure structure{a[0], b[1], c[2], crystal.sites};
  for (auto& atom : structure.atoms) {
    atom.x *= structure.width_x;
    atom.y *= structure.width_y;
    atom.z *= structure.height_z;
  }
  return structure;
}

void refuse_cell(const std::string& name, const std::string& found) {
  throw FileError(fmt::format(
      "'{}' has a cell with {} (only cells with right angles along x, y, z can be used). Give the zone axis "
      "of a CIF (--zone-axis 0 0 1), or make one in Python: "
      "abtem.orthogonalize_cell(ase.io.read('{}')).write('orthogonal.exyz')",
      name, found, name));
}

std::string safe_title(const std::string& title) {
  std::string safe = title.substr(0, 200);
  for (char& letter : safe)
    if (letter < ' ' || letter > '~') letter = ' ';
  return safe.empty() ? "structure" : safe;
}

}  // namespace terrace
