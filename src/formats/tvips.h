// Streams of TVIPS cameras, .tvips, in parts NAME_000.tvips, NAME_001.tvips …
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "formats/scan_overrides.h"

namespace terrace {

bool is_tvips(const std::filesystem::path& path, std::string_view start);
/// Opens all parts through any of them; the scan's shape is not in the file. Throws FileError. Safe to read from
/// several threads.
std::unique_ptr<Scan> open_tvips(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
