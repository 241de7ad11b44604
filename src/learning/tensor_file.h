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

/// How a number is kept in the file.
enum class Storage { single, half };

struct NamedTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  Storage storage = Storage::single;
};

/// The nearest 16-bit float: eleven bits, smallest step 6e-8; beyond 65504 infinite.
float rounded_to_half(float value);
/// Rounds every value so, and stores it as such.
void round_to_half(NamedTensor& tensor);

struct TensorFile {
  nlohmann::ordered_json record = nlohmann::ordered_json::object();
  std::map<std::string, NamedTensor> tensors;

  /// Throws FileError where `name` is missing or holds another number of values.
  const NamedTensor& at(const std::string& name, std::int64_t size) const;
  void add(const std::string& name, const Image& image);
  void add(const std::string& name, std::vector<float> values);
  Image image(const std::string& name) const;
};

/// Writes `path`.partial, flushes it to the disk and gives it its name; `kind` ("model", …) goes into the header.
/// Throws FileError or ResourceError.
void write_tensor_file(const TensorFile& file, const std::string& kind, const std::filesystem::path& path);

/// Throws FileError naming the file and what is wrong with it: missing, cut short, damaged (the checksum of the numbers
/// differs) or of another kind.
TensorFile read_tensor_file(const std::filesystem::path& path, const std::string& kind);

}  // namespace terrace
