// MRC stacks: of Direct Electron cameras with their _info.txt, of Velox, and plain ones.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "formats/scan_overrides.h"

namespace terrace {

bool is_mrc(const std::filesystem::path& path, std::string_view start);
/// Images of 8-bit, 16-bit or real numbers, little-endian. The scan's shape and calibration come from the _info.txt of
/// a Direct Electron movie; a plain stack has none. Throws FileError. Safe to read from several threads.
std::unique_ptr<Scan> open_mrc(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
