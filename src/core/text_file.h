// A small text file that appears only when it is whole.
#pragma once

#include <filesystem>
#include <string>

namespace terrace {

/// Writes `text` to `path`.partial and renames it; on failure no part is left. Throws FileError where it cannot be
/// written, ResourceError where the disk is full.
void write_text(const std::filesystem::path& path, const std::string& text);

/// Reads the whole of a file. Throws FileError where it is missing.
std::string read_text(const std::filesystem::path& path);

}  // namespace terrace
