// An array of a Zarr 3 folder as its zarr.json describes it. Under the reader of abTEM's scans.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "formats/hdf5.h"

namespace terrace {

/// A folder's zarr.json; null where it has none. Throws FileError where it is no JSON object.
nlohmann::json zarr_metadata(const std::filesystem::path& folder);

/// What stands at a path of keys, "chunk_grid/name"; null, no text and 0 where nothing of the kind does.
nlohmann::json json_at(const nlohmann::json& json, const std::string& keys);
std::string json_text(const nlohmann::json& json, const std::string& keys);
double json_number(const nlohmann::json& json, const std::string& keys);
/// Whole numbers from 1 to 2^31; empty where anything else stands there.
Extents json_extents(const nlohmann::json& json, const std::string& keys);

/// How numbers are stored, little-endian, and made float.
struct ZarrNumber {
  const char* name;
  int bytes;
  void (*convert)(const std::byte* from, std::span<float> numbers);
};

/// Uncompressed whole or real numbers in chunks of equal size.
struct ZarrArray {
  /// Throws FileError where the array cannot be read here, with what to do.
  ZarrArray(const std::filesystem::path& folder, const nlohmann::json& metadata);

  /// The file of a chunk, which Zarr calls c/0/1/0/0. It may be left out where all is 0.
  std::filesystem::path file_of(const Extents& index) const;

  std::filesystem::path folder;
  Extents shape, chunk;
  ZarrNumber number;
  std::string separator;
};

}  // namespace terrace
