// The tree of tags in which Gatan's DigitalMicrograph (DM3, DM4) keeps everything, arrays left in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/file_bytes.h"

namespace terrace {

/// A group (children), a number, a text or an array. What it is not is empty, or NaN for the number.
struct DmTag {
  std::string name;  ///< of tags without a name their index in the group: "0", "1" …
  std::vector<DmTag> children;
  double number;
  std::string text;
  std::int64_t offset = 0, bytes = 0;  ///< of an array in the file

  DmTag();
  /// The tag at a path like "ImageData.Dimensions"; names are apart by dots. nullptr where there is none.
  const DmTag* find(std::string_view path) const;
  double number_at(std::string_view path, double otherwise = 0) const;
  std::string text_at(std::string_view path) const;
};

struct DmFile {
  DmTag root;
  bool little_endian = true;  ///< of the data; all else in the file is big-endian
};

bool is_dm(std::string_view start);
/// Throws FileError where the tree is damaged, too deep or too large to be one.
DmFile read_dm_tags(const FileBytes& file);

}  // namespace terrace
