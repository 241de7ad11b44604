// A file's bytes as memory, read from the disk when touched.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

namespace terrace {

/// Maps a file for reading. Throws FileError where it is missing, no plain file or empty.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace terrace
