#include "commands/text_file.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "core/error.h"

namespace terrace {

void write_text(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path partial = path.string() + ".partial";
  std::ofstream file(partial);
  file << text;
  file.close();
  if (!file) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw ResourceError(fmt::format("'{}' cannot be written. Is there room, and may you write there?", path.string()));
  }
  std::filesystem::rename(partial, path);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw FileError(fmt::format("'{}' cannot be read. Is the path right?", path.string()));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace terrace
