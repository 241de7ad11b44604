// Equal frames one after another, in one file or in several: how cameras write. The scan's shape comes from elsewhere.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "formats/mapped_scan.h"

namespace terrace {

/// How frames follow one another. What stands between them (headers, footers) is skipped.
struct FrameLayout {
  PatternLayout pattern;
  std::int64_t frame_bytes = 0;  ///< the numbers of one frame as stored
  std::int64_t stride = 0;       ///< from frame to frame
  ReadPattern read = read_numbers;
};

/// Frames of plain numbers, row by row, with `gap` bytes from the end of one to the beginning of the next. Throws
/// FileError, naming `name`, where a frame of this size cannot be.
FrameLayout plain_frames(const NumberType& type, std::int64_t height, std::int64_t width, std::int64_t gap,
                         const std::string& name);

/// A file that holds `frames` of them, the first at `first_byte`.
struct FrameFile {
  std::filesystem::path path;
  std::int64_t first_byte = 0;
  std::int64_t frames = 0;
};

/// The whole frames in a file; `footer` bytes at its end are left alone. Throws FileError where it holds none.
FrameFile frame_file(const std::filesystem::path& path, std::int64_t first_byte, const FrameLayout& layout,
                     std::int64_t footer = 0);

/// What is known of the scan's shape; a width of 0 means nothing, a height of 0 as many lines as there are.
struct ScanShape {
  std::int64_t height = 0, width = 0;
};

/// The frames as a scan in rows; `info` brings all but the shapes. Where the files hold fewer frames than the shape
/// wants, whole lines are kept; a shape that the user gives is left to adjusted(). What was done stands in the guesses.
/// Safe to read from several threads.
std::unique_ptr<Scan> open_frames(const std::vector<FrameFile>& files, const FrameLayout& layout, ScanInfo info,
                                  const ScanShape& shape, const ScanOverrides& overrides);

}  // namespace terrace
