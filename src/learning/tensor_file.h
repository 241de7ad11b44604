// Named arrays of floats and a JSON record in one file, laid out as safetensors (so that other programs can open it):
// eight bytes of header length, a JSON header, the numbers, little-endian.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/array.h"

namespace terrace {

struct NamedTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

struct TensorFile {
  nlohmann::ordered_json record = nlohmann::ordered_json::object();
  std::map<std::string, NamedTensor> tensors;

  /// Throws FileError where `name` is missing or holds another number of values.
  const NamedTensor& at(const std::string& name, std::int64_t size) const;
  void add(const std::string& name, const Image& image);
  void add(const std::string& name, std::vector<float> values);
  Image image(const std::string& name) const;
};

/// Tensors that half precision holds without loss take two bytes a number (F16), the others four (F32).
/// Writes `path`.partial, flushes it to the disk and gives it its name; `kind` ("model", …) goes into the header.
/// Throws FileError or ResourceError.
void write_tensor_file(const TensorFile& file, const std::string& kind, const std::filesystem::path& path);

/// Throws FileError naming the file and what is wrong with it: missing, cut short, damaged (the checksum of the numbers
/// differs) or of another kind.
TensorFile read_tensor_file(const std::filesystem::path& path, const std::string& kind);

}  // namespace terrace
