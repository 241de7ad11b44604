// The four structure formats as text, one .cpp each. Only structure_file.cpp and the formats themselves use this.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "specimen/crystal.h"
#include "specimen/structure_file.h"
#include "specimen/text_lines.h"

namespace terrace {

using Notes = std::vector<std::string>;

// Readers: `text` is the whole file, `name` what errors call it. Atoms come as the file gives them, not yet moved into
// the cell. Each throws FileError.
Structure read_extended_xyz(std::string_view text, const std::string& name, const StructureReadOptions& options,
                            Notes& notes);
Structure read_prismatic_xyz(std::string_view text, const std::string& name, const StructureReadOptions& options,
                             Notes& notes);
Structure read_mustem_xtl(std::string_view text, const std::string& name, Notes& notes);
/// The unit cell, whatever its angles.
Crystal read_cif(std::string_view text, const std::string& name, Notes& notes);

// Writers: the whole file as text. `structure` has passed its check.
std::string extended_xyz_text(const Structure& structure);
std::string prismatic_xyz_text(const Structure& structure, const StructureWriteOptions& options);
std::string mustem_xtl_text(const Structure& structure, const StructureWriteOptions& options);
std::string cif_text(const Structure& structure, const StructureWriteOptions& options);

/// B = 8π²⟨u²⟩, ⟨u²⟩ the mean square displacement along one axis, both in Å².
double b_factor_of_mean_square(double mean_square);
double mean_square_of_b_factor(double b_factor);

/// Throws FileError with the way out unless the three angles (degrees) are right ones to 1e-3.
void require_right_angles(double alpha, double beta, double gamma, const std::string& name);
/// The unit cell itself as a box, which only a right-angled one can be: throws as require_right_angles does.
Structure right_angled_box(const Crystal& crystal, const std::string& name);
/// The same for a cell that is not along the axes or not right-angled in another way.
[[noreturn]] void refuse_cell(const std::string& name, const std::string& found);

/// A title that cannot break the form: one line, printable.
std::string safe_title(const std::string& title);

}  // namespace terrace
