// What programs wrote beside their Zarr arrays: abTEM's axes and microscope, HyperSpy's.
#pragma once

#include <filesystem>
#include <string>

#include "formats/scan_overrides.h"
#include "formats/zarr_array.h"

namespace terrace {

/// Metadata of the array in the form that abTEM 1.0.10 and later write: axes/axis_0 … with label, units, sampling and
/// offset; energy in eV, semiangle_cutoff in mrad. `root` are those of the folder that the user gave. Null where they
/// are not abTEM's; what its older versions write (kwargs0) is translated.
nlohmann::json abtem_metadata(const nlohmann::json& root, const std::filesystem::path& array, std::size_t rank);

/// "x y kx ky" from the labels of the axes; empty where they are no such four.
std::string abtem_axes(const nlohmann::json& metadata, std::size_t rank);

void take_abtem(const nlohmann::json& metadata, const AxisOrder& order, ScanInfo& info);

/// Whether the array is the data of a HyperSpy signal (.zspy): axis-0 … stand beside it.
bool is_hyperspy_signal(const std::filesystem::path& array);

/// Throws FileError where there are spectra at its positions.
void take_hyperspy(const std::filesystem::path& array, const AxisOrder& order, ScanInfo& info);

}  // namespace terrace
