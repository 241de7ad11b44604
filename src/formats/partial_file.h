// A file takes its name only when it is whole: it grows as NAME.partial and is renamed at the end.
#pragma once

#include <cstdint>
#include <filesystem>

namespace terrace {

/// Write to `partial()`, close that, then `commit()`. Destroyed without it, the partial file is removed; a killed
/// program leaves nothing that looks whole. Throws FileError where the folder is missing or `path` is a folder.
class PartialFile {
 public:
  explicit PartialFile(std::filesystem::path path);
  PartialFile(PartialFile&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  PartialFile& operator=(PartialFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~PartialFile();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path partial() const;
  /// Gives the file its name, in place of what had it before. Throws FileError.
  void commit();

 private:
  std::filesystem::path path_;  ///< empty once committed
};

/// Throws ResourceError where the disk that holds `path` has less than `bytes` free.
void require_disk_space(const std::filesystem::path& path, double bytes);

}  // namespace terrace
