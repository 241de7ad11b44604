// NanoMEGAS' ASTAR block files, .blo.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "formats/scan_overrides.h"

namespace terrace {

bool is_blockfile(std::string_view start);
/// Bytes in square patterns, with their scan. The angle of a pixel follows from its size and the camera length. Throws
/// FileError. Safe to read from several threads.
std::unique_ptr<Scan> open_blockfile(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
