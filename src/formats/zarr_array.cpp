#include "formats/zarr_array.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>

#include "core/error.h"

namespace terrace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little);

namespace {

template <class T>
void convert(const std::byte* from, std::span<float> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    T number;
    std::memcpy(&number, from + i * sizeof(T), sizeof(T));
    numbers[i] = static_cast<float>(number);
  }
}

constexpr ZarrNumber number_types[] = {
    {"float32", 4, convert<float>},        {"float64", 8, convert<double>},       {"uint8", 1, convert<std::uint8_t>},
    {"uint16", 2, convert<std::uint16_t>}, {"uint32", 4, convert<std::uint32_t>}, {"int16", 2, convert<std::int16_t>},
    {"int32", 4, convert<std::int32_t>},   {"int64", 8, convert<std::int64_t>},
};

const ZarrNumber& number_of(const fs::path& folder, const std::string& type) {
  const auto* known = std::find_if(std::begin(number_types), std::end(number_types),
                                   [&](const ZarrNumber& candidate) { return candidate.name == type; });
  if (known == std::end(number_types))
    throw FileError(
        fmt::format("'{}' holds {}, not whole or real numbers. Save its intensities?", folder.string(), type));
  return *known;
}

/// Anything but plain little-endian bytes.
void refuse_codecs(const fs::path& folder, const Json& codecs) {
  for (const auto& codec : codecs) {
    const auto name = json_text(codec, "name");
    if (name == "bytes" && json_text(codec, "configuration/endian") != "big") continue;
    throw FileError(
        fmt::format("'{}' is stored with Zarr's codec '{}', which terrace does not read. Save the array as .npy: "
                    "numpy.save('scan.npy', zarr.open('{}')[...]), and open that with --axes \"x y kx ky\"?",
                    folder.string(), name, folder.string()));
  }
}

}  // namespace

Json zarr_metadata(const fs::path& folder) {
  const auto path = folder / "zarr.json";
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return nullptr;
  constexpr int most_bytes = 1 << 26;
  std::ifstream file(path);
  const auto json = fs::file_size(path) < most_bytes ? Json::parse(file, nullptr, false) : Json();
  if (!json.is_object()) throw FileError(fmt::format("'{}' is not valid JSON. Was the copy cut short?", path.string()));
  return json;
}

Json json_at(const Json& json, const std::string& keys) {
  const auto pointer = Json::json_pointer("/" + keys);
  return json.contains(pointer) ? json.at(pointer) : Json();
}

std::string json_text(const Json& json, const std::string& keys) {
  const auto value = json_at(json, keys);
  return value.is_string() ? value.get<std::string>() : "";
}

double json_number(const Json& json, const std::string& keys) {
  const auto value = json_at(json, keys);
  return value.is_number() ? value.get<double>() : 0;
}

Extents json_extents(const Json& json, const std::string& keys) {
  Extents extents;
  for (const auto& value : json_at(json, keys)) {
    if (!value.is_number_integer() || value < 1 || value > (1LL << 31)) return {};
    extents.push_back(value.get<std::int64_t>());
  }
  return extents;
}

ZarrArray::ZarrArray(const fs::path& folder, const Json& metadata)
    : folder(folder),
      shape(json_extents(metadata, "shape")),
      chunk(json_extents(metadata, "chunk_grid/configuration/chunk_shape")),
      number(number_of(folder, json_text(metadata, "data_type"))),
      separator(json_text(metadata, "chunk_key_encoding/configuration/separator") == "." ? "." : "/") {
  if (shape.empty() || chunk.size() != shape.size())
    throw FileError(
        fmt::format("'{}' does not say the shape of its array and chunks. Is its zarr.json damaged?", folder.string()));
  refuse_codecs(folder, json_at(metadata, "codecs"));
}

fs::path ZarrArray::file_of(const Extents& index) const {
  std::string key = "c";
  for (const auto number : index) key += separator + std::to_string(number);
  return folder / key;
}

}  // namespace terrace
