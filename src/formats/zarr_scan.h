// Zarr folders, version 3, as abTEM 1.0.10 and later writes them: zarr.json, array0/zarr.json and chunks under
// array0/c.
#pragma once

#include <filesystem>
#include <memory>

#include "formats/scan_overrides.h"

namespace terrace {

/// Whether `path` is a folder with Zarr's metadata, of any version.
bool is_zarr(const std::filesystem::path& path);

/// The patterns of a Zarr array whose chunks are uncompressed and hold whole patterns, read when asked; axes, energy
/// and semi-angle where abTEM wrote them. Throws FileError with what to do for compressed arrays and for Zarr 2. May be
/// read from several threads.
std::unique_ptr<Scan> open_zarr(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
