// What Quantum Detectors' Merlin writes about its frames: the text before each frame and the .hdr beside the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace terrace {

/// The text before a frame.
struct MerlinHeader {
  std::int64_t frame_number = 0, header_bytes = 0;
  int chips = 0;
  std::int64_t height = 0, width = 0;  ///< as written; of packed raw frames they count the chips' rows as they came
  std::string pixel_type;              ///< "U08", "U16", "U32", or "R64": packed raw
  std::string chip_layout;             ///< "1x1", "2x2", "2x2G" (with gaps) …
  int counter_depth = 0;               ///< bits; 0 where the header does not say
  double seconds = 0;                  ///< time of day
  double exposure_s = 0;
};

bool is_merlin_frame(std::string_view start);
/// `bytes` begins with a frame's header. Throws FileError, naming `name`.
MerlinHeader read_merlin_header(std::string_view bytes, const std::string& name);

/// Keys and values of a .hdr file; empty where there is none.
std::map<std::string, std::string> read_merlin_hdr(const std::filesystem::path& path);

}  // namespace terrace
