#include "core/text_file.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "core/error.h"

namespace terrace {

void write_text(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path partial = path.string() + ".partial";
  std::error_code error;
  std::ofstream file(partial, std::ios::binary);
  if (!file)
    throw FileError(
        fmt::format("'{}' cannot be written. Does its folder exist, and may you write there?", path.string()));
  file << text;
  file.close();
  if (!file) {
    std::filesystem::remove(partial, error);
    throw ResourceError(fmt::format("'{}' cannot be written to its end. Is the disk full?", path.string()));
  }
  std::filesystem::rename(partial, path, error);
  if (!error) return;
  const auto why = error.message();
  std::filesystem::remove(partial, error);
  throw FileError(fmt::format("'{}' cannot take its name ({}). Is there a folder of that name?", path.string(), why));
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    throw FileError(fmt::format("'{}' cannot be read. Is the path right?", path.string()));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace terrace
