// structure: an interface from parameters, or any structure file, written in another program's form.
#include <fmt/format.h>

#include <filesystem>

#include "commands/command.h"
#include "commands/output_place.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "multislice/experiment.h"
#include "specimen/structure_file.h"

namespace terrace {
namespace {

const std::map<std::string, StructureFormat> formats = {{"xyz", StructureFormat::extended_xyz},
                                                        {"prismatic", StructureFormat::prismatic_xyz},
                                                        {"xtl", StructureFormat::mustem_xtl},
                                                        {"cif", StructureFormat::cif}};

struct Options {
  std::string input, output, format;
  std::vector<double> cell;
  std::vector<int> zone_axis;
  double xtl_kev = 0;
  bool beam_from_smallest_z = false;
};

/// The specimen of a configuration, which is read as `simulate` reads it.
Structure configured(const std::filesystem::path& config) {
  return to_structure(read_experiment(read_config(config), config.parent_path().string()).specimen);
}

Structure load(const Options& options) {
  if (!options.cell.empty() && !options.input.ends_with(".xyz"))
    throw InputError(fmt::format("--cell is for a plain .xyz; '{}' has a cell of its own.", options.input));
  if (options.input.ends_with(".toml")) return configured(options.input);
  StructureReadOptions read;
  if (!options.cell.empty()) std::copy_n(options.cell.begin(), 3, read.cell.begin());
  if (!options.zone_axis.empty()) std::copy_n(options.zone_axis.begin(), 3, read.zone_axis.begin());
  if (options.beam_from_smallest_z) read.prismatic_beam = BeamEntry::smallest_z;
  std::vector<std::string> notes;
  const auto structure = read_structure(options.input, read, &notes);
  for (const auto& note : notes) fmt::print("note: {}\n", note);
  return structure;
}

void refuse_other_format(const Options& options) {
  const auto ending = std::filesystem::path(options.output).extension();
  const bool xyz = options.format == "xyz" || options.format == "prismatic";
  if (options.format.empty() || !(ending == ".xyz" || ending == ".xtl" || ending == ".cif")) return;
  if (ending != (xyz ? ".xyz" : "." + options.format))
    throw InputError(fmt::format("'{}' cannot hold --format {}, which is another ending's. Leave one of them out?",
                                 options.output, options.format));
}

void run(const Options& options) {
  refuse_other_format(options);
  const auto structure = load(options);
  fmt::print("{} atoms in {:.4f} x {:.4f} x {:.4f} Å (x, y, z; beam along +z)\n", structure.atoms.size(),
             structure.width_x, structure.width_y, structure.height_z);
  if (options.output.empty()) return;
  make_place_for(options.output);
  StructureWriteOptions write;
  if (!options.format.empty()) write.format = formats.at(options.format);
  write.xtl_kev = options.xtl_kev;
  if (options.beam_from_smallest_z) write.prismatic_beam = BeamEntry::smallest_z;
  write_structure(options.output, structure, write);
  fmt::print("wrote {}\n", options.output);
}

}  // namespace

void add_structure(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option(
         "INPUT", options->input,
         "a .toml as 'simulate' takes it ([interface], [substrate], [film] or [specimen]), or a structure file (.xyz, "
         ".xtl, .cif)")
      ->required();
  app.add_option("-o,--output", options->output, "structure file to write (.xyz, .xtl, .cif)");
  app.add_option("--format", options->format, "form to write where the extension leaves it open")
      ->check(CLI::IsMember({"xyz", "prismatic", "xtl", "cif"}));
  app.add_option("--cell", options->cell, "cell in Å for a plain .xyz, which holds none: x y z")->expected(3);
  app.add_option(
         "--zone-axis", options->zone_axis,
         "direction u v w of the beam in the file's unit cell: writes one period along it, in a right-angled box")
      ->expected(3);
  app.add_option("--xtl-kev", options->xtl_kev, "write muSTEM's older form, with this beam energy in keV")
      ->check(range_of(1, 3000));
  app.add_flag("--beam-from-smallest-z", options->beam_from_smallest_z,
               "Prismatic's .xyz as computem uses it: the beam enters at the smallest z");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
