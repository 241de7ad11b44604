// A small text file that appears only when it is whole.
#pragma once

#include <filesystem>
#include <string>

namespace terrace {

/// Writes `text` to `path`.partial and renames it. Throws ResourceError where it cannot be written.
void write_text(const std::filesystem::path& path, const std::string& text);

/// Reads a file that terrace wrote. Throws FileError where it is missing.
std::string read_text(const std::filesystem::path& path);

}  // namespace terrace
