// Structures in other programs' files: extended XYZ, Prismatic .xyz, muSTEM .xtl and CIF. docs/structures.md tells the
// forms.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "specimen/atom.h"
#include "specimen/crystal.h"

namespace terrace {

enum class StructureFormat { extended_xyz, prismatic_xyz, mustem_xtl, cif };

/// Which end of a Prismatic .xyz the beam enters. Prismatic's enters at the largest z, so that reading and writing
/// mirror z; computem (Kirkland) uses the same form and enters at the smallest.
enum class BeamEntry { largest_z, smallest_z };

struct StructureReadOptions {
  std::array<double, 3> cell{};  ///< Å, for a plain .xyz, which has none; 0 where the file shall say
  BeamEntry prismatic_beam = BeamEntry::largest_z;
  ZoneAxis zone_axis{};  ///< other than [0 0 0]: one period along it, in a box of its own (zone_axis_box)
};

struct StructureWriteOptions {
  std::optional<StructureFormat> format;  ///< without: from the extension, .xyz meaning extended XYZ
  std::string title = "structure written by terrace";
  double xtl_kev = 0;  ///< > 0: muSTEM's older form with the beam energy on line 3, which ASE reads
  BeamEntry prismatic_beam = BeamEntry::largest_z;
};

/// Reads a structure; the content decides the format, the extension where the content leaves it open. x and y are moved
/// into the cell; so are z outside of it, which is noted. `notes`, where given, gets one line for each thing that was
/// guessed, left out or changed. Throws FileError: missing, damaged or absurd file, two atoms at one place, cell not
/// orthogonal (a CIF without zone axis), no cell, unknown element; InputError where there is no box along the zone
/// axis. Time and memory stay in proportion to the file, which may hold 1 GiB (a CIF 64 MiB).
Structure read_structure(const std::filesystem::path& path, const StructureReadOptions& options = {},
                         std::vector<std::string>* notes = nullptr);

/// Writes `structure` as NAME.partial and renames it when complete. Throws InputError (unknown extension, impossible
/// structure), ResourceError (the file cannot be written).
void write_structure(const std::filesystem::path& path, const Structure& structure,
                     const StructureWriteOptions& options = {});

}  // namespace terrace
