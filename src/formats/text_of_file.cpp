#include "formats/text_of_file.h"

#include <algorithm>
#include <fstream>

namespace terrace {
namespace {

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at++]);
    const int following = lead < 0x80                   ? 0
                          : lead >= 0xC2 && lead < 0xE0 ? 1
                          : lead >= 0xE0 && lead < 0xF0 ? 2
                          : lead >= 0xF0 && lead < 0xF5 ? 3
                                                        : -1;
    if (following < 0 || at + following > bytes.size()) return false;
    for (int i = 0; i < following; ++i, ++at) {
      const auto byte = static_cast<unsigned char>(bytes[at]);
      const bool overlong = i == 0 && ((lead == 0xE0 && byte < 0xA0) || (lead == 0xED && byte > 0x9F) ||
                                       (lead == 0xF0 && byte < 0x90) || (lead == 0xF4 && byte > 0x8F));
      if ((byte & 0xC0) != 0x80 || overlong) return false;
    }
  }
  return true;
}

}  // namespace

std::string readable(std::string_view bytes) {
  const bool latin = !is_utf8(bytes);
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      text += ' ';
    } else if (latin && byte >= 0x80) {
      text += static_cast<char>(0xC0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3F));
    } else {
      text += c;
    }
  }
  return text;
}

std::string beginning_of(const std::filesystem::path& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  std::string start(most, '\0');
  file.read(start.data(), static_cast<std::streamsize>(most));
  start.resize(static_cast<std::size_t>(file.gcount()));
  return start;
}

bool has_ending(const std::filesystem::path& path, std::string_view ending) {
  auto own = path.extension().string();
  std::transform(own.begin(), own.end(), own.begin(), [](unsigned char c) { return std::tolower(c); });
  return own == ending;
}

}  // namespace terrace
