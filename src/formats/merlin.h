// Quantum Detectors' Merlin (Medipix3): .mib, one or several, and the .hdr beside it.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "formats/scan_overrides.h"

namespace terrace {

bool is_merlin(std::string_view start);
/// Opens a scan through its .mib (any, where there are several) or its .hdr: U08, U16, U32 frames of any chips, packed
/// raw (R64) frames of one chip and of four. Rows are those of the file. Throws FileError. Safe to read from several
/// threads.
std::unique_ptr<Scan> open_merlin(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
