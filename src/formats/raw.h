// Files of bare numbers: nothing in them says what they are, the user does.
#pragma once

#include <filesystem>
#include <memory>

#include "formats/scan_overrides.h"

namespace terrace {

/// Whether the user describes the file as raw numbers.
bool is_described_as_raw(const ScanOverrides& overrides);
/// Reads `detector_shape` numbers of `dtype` a pattern, after `header_bytes` and `gap_bytes` apart; the scan is one row
/// where no `scan_shape` is given. `axes` wants a scan shape and no gaps. Throws FileError, InputError. Safe to read
/// from several threads.
std::unique_ptr<Scan> open_raw(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
