// An array of a Zarr folder, version 2 or 3, as its metadata describe it: shape, numbers, chunks. Under the reader of
// Zarr scans.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "formats/hdf5.h"
#include "formats/mapped_scan.h"
#include "formats/zarr_codecs.h"

namespace terrace {

/// A folder's metadata in the form of zarr.json, attributes included, those of version 2 (.zarray, .zgroup, .zattrs)
/// translated; null where it has none. Throws FileError where a file is no JSON object.
nlohmann::json zarr_metadata(const std::filesystem::path& folder);

/// What stands at a path of keys, "chunk_grid/name"; null, no text and 0 where nothing of the kind does.
nlohmann::json json_at(const nlohmann::json& json, const std::string& keys);
std::string json_text(const nlohmann::json& json, const std::string& keys);
double json_number(const nlohmann::json& json, const std::string& keys);
/// Whole numbers from 1 to 2^31; empty where anything else stands there.
Extents json_extents(const nlohmann::json& json, const std::string& keys);

/// Whole or real numbers in chunks of equal size.
struct ZarrArray {
  /// Throws FileError where the array cannot be read here, with what to do.
  ZarrArray(const std::filesystem::path& folder, const nlohmann::json& metadata);

  /// The file of a chunk, c/0/1/0/0 or 0.1.0.0. It may be left out where all numbers are `fill`.
  std::filesystem::path file_of(const Extents& index) const;
  /// Bytes of a chunk's numbers; a double, since it may be beyond any integer.
  double chunk_bytes() const;

  std::filesystem::path folder;
  Extents shape, chunk;
  NumberType number;
  ZarrCodecs codecs;
  std::string prefix, separator;  ///< of chunk keys
  double fill = 0;
};

}  // namespace terrace
