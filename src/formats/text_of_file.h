// Text in other programs' files, whose encoding they do not say.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace terrace {

/// UTF-8 as it is; anything else as Latin-1. Control characters become blanks, so that it prints on one line.
std::string readable(std::string_view bytes);

/// The first `most` bytes of a file; fewer where it is shorter or cannot be read.
std::string beginning_of(const std::filesystem::path& path, std::size_t most);

/// Whether the name ends like ".mib", in capitals or not; `ending` is in small letters.
bool has_ending(const std::filesystem::path& path, std::string_view ending);

}  // namespace terrace
