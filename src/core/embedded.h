// Files that became part of the program when it was built (cmake/terrace_embed.cmake).
#pragma once

#include <string_view>

namespace terrace {

/// The bytes between the two symbols that terrace_embed makes.
inline std::string_view embedded_text(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace terrace
