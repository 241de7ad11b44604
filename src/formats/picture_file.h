// Grey pictures of single patterns: what microscopists save as .tif, .png or .jpg. The only file that includes the
// libraries of these formats.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/array.h"

namespace terrace {

/// Whether the file begins as a TIFF, PNG or JPEG does, whatever its name. Throws FileError where there is no such
/// file.
bool is_picture(const std::filesystem::path& path);

/// The numbers of the picture as they are stored, [row][column]: no gamma is undone. Colours become their brightness,
/// transparency is dropped, of several pages the first is read; `notes`, where given, says so. TIFFs of 8, 16 and 32
/// bit whole numbers and 32 or 64 bit floats. Throws FileError: damaged, more than 16,384 pixels a side, unknown kind.
Image read_picture(const std::filesystem::path& path, std::vector<std::string>* notes = nullptr);

}  // namespace terrace
