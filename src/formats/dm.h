// Gatan's DigitalMicrograph files, .dm3 and .dm4.
#pragma once

#include <filesystem>
#include <memory>

#include "formats/scan_overrides.h"

namespace terrace {

/// Opens the largest image of four axes, or else of three (patterns in a row), or else of two (one pattern). Files
/// store four axes as patterns one after another (newer ones, "Data Order Swapped") or as scan images, pixel of the
/// detector by pixel; `axes` decides where the user knows better. Throws FileError. Safe to read from several threads.
std::unique_ptr<Scan> open_dm(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
