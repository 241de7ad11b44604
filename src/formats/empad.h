// The EMPAD of the first generation: a .raw of 130 x 128 numbers a frame and an .xml that describes it.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "formats/scan_overrides.h"

namespace terrace {

bool is_empad(const std::filesystem::path& path, std::string_view start);
/// Opens a scan through its .raw or its .xml. Of a frame's 130 rows the last two, which describe it, are left out; what
/// is no number becomes 0. The scan's shape is taken from where the file size agrees with it. Throws FileError. Safe to
/// read from several threads.
std::unique_ptr<Scan> open_empad(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
