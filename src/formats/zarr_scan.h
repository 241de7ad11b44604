// Zarr folders of versions 2 and 3: abTEM's, HyperSpy's (.zspy), and any array of patterns.
#pragma once

#include <filesystem>
#include <memory>

#include "formats/scan_overrides.h"

namespace terrace {

/// Whether `path` is a folder with Zarr's metadata.
bool is_zarr(const std::filesystem::path& path);

/// The patterns of the Zarr array with most axes, read when asked; axes, energy and semi-angle where abTEM or HyperSpy
/// wrote them. Throws FileError with what to do where the array cannot be read (zarr_array.h, zarr_codecs.h). May be
/// read from several threads, of which one at a time unpacks.
std::unique_ptr<Scan> open_zarr(const std::filesystem::path& path, const ScanOverrides& overrides);

}  // namespace terrace
