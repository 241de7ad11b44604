#include "learning/tensor_file.h"

#include <c10/util/Half.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>

#include "core/error.h"
#include "core/json_text.h"
#include "core/random.h"

namespace terrace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

namespace {

constexpr std::uint64_t largest_header = 1u << 26;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw FileError(fmt::format("'{}' {}", path.string(), what));
}

std::string checksum(const std::string& data, const std::string& record) {
  return fmt::format("{:016x}", stable_hash(data.data(), data.size(), stable_hash(record.data(), record.size())));
}

void append(const NamedTensor& tensor, std::string& data) {
  if (tensor.storage == Storage::single) {
    data.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
    return;
  }
  std::vector<std::uint16_t> halves;
  for (const float value : tensor.values) halves.push_back(c10::Half(value).x);
  data.append(reinterpret_cast<const char*>(halves.data()), halves.size() * sizeof halves[0]);
}

nlohmann::ordered_json header_of(const TensorFile& file, const std::string& kind, std::string& data) {
  nlohmann::ordered_json header;
  const std::string record = to_text(file.record);
  header["__metadata__"] = {{"format", "terrace " + kind + " 1"}, {"record", record}};
  for (const auto& [name, tensor] : file.tensors) {
    const auto begin = data.size();
    append(tensor, data);
    const char* type = tensor.storage == Storage::half ? "F16" : "F32";
    header[name] = {{"dtype", type}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
  }
  header["__metadata__"]["checksum"] = checksum(data, record);
  return header;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) refuse(path, "cannot be opened. Is the path right?");
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class T>
std::vector<T> numbers_in(std::string_view bytes) {
  if (bytes.size() % sizeof(T) != 0) throw std::out_of_range("tensor");
  std::vector<T> numbers(bytes.size() / sizeof(T));
  std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

NamedTensor read_tensor(const nlohmann::ordered_json& entry, std::string_view data) {
  NamedTensor tensor;
  tensor.shape = entry.at("shape").get<std::vector<std::int64_t>>();
  const auto begin = entry.at("data_offsets").at(0).get<std::uint64_t>();
  const auto end = entry.at("data_offsets").at(1).get<std::uint64_t>();
  const std::string type = entry.at("dtype");
  if (begin > end || end > data.size()) throw std::out_of_range("tensor");
  const auto numbers = data.substr(begin, end - begin);
  if (type == "F32") {
    tensor.values = numbers_in<float>(numbers);
  } else if (type == "F16") {
    tensor.storage = Storage::half;
    for (const auto half : numbers_in<std::uint16_t>(numbers))
      tensor.values.push_back(c10::Half(half, c10::Half::from_bits()));
  } else {
    throw std::out_of_range("tensor");
  }
  return tensor;
}

void flush_to_disk(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

float rounded_to_half(float value) { return c10::Half(value); }

void round_to_half(NamedTensor& tensor) {
  tensor.storage = Storage::half;
  std::ranges::transform(tensor.values, tensor.values.begin(), rounded_to_half);
}

const NamedTensor& TensorFile::at(const std::string& name, std::int64_t size) const {
  const auto found = tensors.find(name);
  if (found == tensors.end())
    throw FileError(fmt::format("The model lacks '{}'. Was it made by another version?", name));
  if (static_cast<std::int64_t>(found->second.values.size()) != size)
    throw FileError(fmt::format("'{}' of the model holds {} numbers, not {}. Was it made by another version?", name,
                                found->second.values.size(), size));
  return found->second;
}

void TensorFile::add(const std::string& name, const Image& image) {
  tensors[name] = {{image.extent(0), image.extent(1)}, {image.begin(), image.end()}};
}

void TensorFile::add(const std::string& name, std::vector<float> values) {
  tensors[name] = {{static_cast<std::int64_t>(values.size())}, std::move(values)};
}

Image TensorFile::image(const std::string& name) const {
  const auto found = tensors.find(name);
  if (found == tensors.end())
    throw FileError(fmt::format("The model lacks '{}'. Was it made by another version?", name));
  const auto& shape = found->second.shape;
  const auto& values = found->second.values;
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0 || shape[0] * shape[1] != std::ssize(values))
    throw FileError(fmt::format("'{}' of the model is not a table of numbers. Was it made by another version?", name));
  Image image({shape[0], shape[1]});
  std::ranges::copy(values, image.begin());
  return image;
}

void write_tensor_file(const TensorFile& file, const std::string& kind, const std::filesystem::path& path) {
  std::string data;
  std::string header = to_text(header_of(file, kind, data));
  header.append((8 - header.size() % 8) % 8, ' ');
  const auto length = static_cast<std::uint64_t>(header.size());
  const std::filesystem::path partial = path.string() + ".partial";
  std::ofstream out(partial, std::ios::binary);
  if (!out) refuse(path, "cannot be written. Does its folder exist, and may you write there?");
  out.write(reinterpret_cast<const char*>(&length), sizeof length);
  out << header << data;
  out.close();
  std::error_code error;
  if (!out) {
    std::filesystem::remove(partial, error);
    throw ResourceError(fmt::format("'{}' cannot be written to its end. Is the disk full?", path.string()));
  }
  flush_to_disk(partial);
  std::filesystem::rename(partial, path, error);
  if (error) refuse(path, fmt::format("cannot take its name ({}). Is there a folder of that name?", error.message()));
}

TensorFile read_tensor_file(const std::filesystem::path& path, const std::string& kind) {
  const std::string bytes = bytes_of(path);
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) refuse(path, fmt::format("holds {} bytes: it is no {} file.", bytes.size(), kind));
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > largest_header || bytes.size() < sizeof length + 2 || bytes[sizeof length] != '{')
    refuse(path, fmt::format("is no {} file. Was it made by 'terrace train'?", kind));
  if (length > bytes.size() - sizeof length) refuse(path, "ends inside its header. Was the copy cut short?");
  const auto data = std::string_view(bytes).substr(sizeof length + length);
  try {
    const auto header = parse_json(bytes.substr(sizeof length, length), path.string());
    const auto& metadata = header.at("__metadata__");
    if (metadata.at("format") != "terrace " + kind + " 1")
      refuse(path,
             fmt::format("is a '{}' file, not a {} of this version.", metadata.at("format").get<std::string>(), kind));
    const auto record = metadata.at("record").get<std::string>();
    if (metadata.at("checksum") != checksum(std::string(data), record))
      refuse(path, "is damaged: its checksum differs. Was the copy cut short? Copy it again.");
    TensorFile file;
    file.record = parse_json(record, path.string());
    for (const auto& [name, entry] : header.items())
      if (name != "__metadata__") file.tensors[name] = read_tensor(entry, data);
    return file;
  } catch (const nlohmann::json::exception&) {
    refuse(path, fmt::format("is no {} file: its header cannot be read. Is it damaged?", kind));
  } catch (const std::out_of_range&) {
    refuse(path, "is damaged: its header points outside the file.");
  }
}

}  // namespace terrace
