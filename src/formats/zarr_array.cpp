#include "formats/zarr_array.h"

#include <fmt/format.h>

#include <string_view>

#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"

namespace terrace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// Null where there is no such file.
Json read_json(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return nullptr;
  constexpr int most_bytes = 1 << 26;
  const auto json = fs::file_size(path) < most_bytes ? parse_json<Json>(read_text(path), path.string()) : Json();
  if (!json.is_object()) throw FileError(fmt::format("'{}' is not valid JSON. Was the copy cut short?", path.string()));
  return json;
}

/// "float32" from NumPy's "<f4"; as it is where it is no such number.
std::string long_name(const std::string& type) {
  if (type.size() != 3 || std::string_view("<>|").find(type[0]) == std::string_view::npos) return type;
  const NumberType number{type[1], type[2] - '0'};
  return std::string_view("fiu").find(type[1]) == std::string_view::npos ? type : name_of(number);
}

/// A codec of version 2, {"id": "zlib", …}, as version 3 writes it.
Json codec_of(const Json& old) {
  Json codec = {{"name", json_text(old, "id")}, {"configuration", old}};
  codec["configuration"].erase("id");
  return codec;
}

/// .zarray as version 3 says it.
Json array_of_version_2(const Json& old) {
  const auto type = json_text(old, "dtype");
  auto codecs =
      Json::array({{{"name", "bytes"}, {"configuration", {{"endian", type.starts_with('>') ? "big" : "little"}}}}});
  for (const auto& filter : json_at(old, "filters")) codecs.push_back(codec_of(filter));
  if (json_at(old, "compressor").is_object()) codecs.push_back(codec_of(old["compressor"]));
  const auto separator = json_text(old, "dimension_separator");
  return {
      {"zarr_format", 2},
      {"node_type", "array"},
      {"shape", json_at(old, "shape")},
      {"data_type", long_name(type)},
      {"order", json_text(old, "order")},
      {"fill_value", json_at(old, "fill_value")},
      {"chunk_grid", {{"name", "regular"}, {"configuration", {{"chunk_shape", json_at(old, "chunks")}}}}},
      {"chunk_key_encoding", {{"name", "v2"}, {"configuration", {{"separator", separator.empty() ? "." : separator}}}}},
      {"codecs", codecs}};
}

NumberType number_of(const fs::path& folder, const std::string& type) {
  try {
    return number_type(type);
  } catch (const InputError&) {
    throw FileError(
        fmt::format("'{}' holds {}, not whole or real numbers. Save its intensities?", folder.string(), type));
  }
}

}  // namespace

Json zarr_metadata(const fs::path& folder) {
  if (auto json = read_json(folder / "zarr.json"); !json.is_null()) return json;
  Json json = read_json(folder / ".zarray");
  if (!json.is_null()) {
    json = array_of_version_2(json);
  } else {
    if (read_json(folder / ".zgroup").is_null()) return nullptr;
    json = {{"zarr_format", 2}, {"node_type", "group"}};
  }
  json["attributes"] = read_json(folder / ".zattrs");
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
      codecs(json_at(metadata, "codecs"), folder.string()),
      fill(json_number(metadata, "fill_value")) {
  if (shape.empty() || chunk.size() != shape.size())
    throw FileError(fmt::format(
        "'{}' does not say the shape of its array and chunks. Is its zarr.json or .zarray damaged?", folder.string()));
  if (json_text(metadata, "order") == "F")
    throw FileError(
        fmt::format("'{}' stores its chunks in Fortran order, which terrace does not read. Save the array "
                    "with order='C'?",
                    folder.string()));
  number.big_endian = codecs.big_endian();
  const bool version_2 = json_text(metadata, "chunk_key_encoding/name") == "v2";
  const auto said = json_text(metadata, "chunk_key_encoding/configuration/separator");
  separator = said == "." || said == "/" ? said : version_2 ? "." : "/";
  prefix = version_2 ? "" : "c" + separator;
}

fs::path ZarrArray::file_of(const Extents& index) const {
  std::string key = prefix;
  for (std::size_t axis = 0; axis < index.size(); ++axis)
    key += (axis == 0 ? "" : separator) + std::to_string(index[axis]);
  return folder / key;
}

double ZarrArray::chunk_bytes() const {
  double bytes = number.bytes;
  for (const auto extent : chunk) bytes *= static_cast<double>(extent);
  return bytes;
}

}  // namespace terrace
