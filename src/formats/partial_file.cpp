#include "formats/partial_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/error.h"

namespace terrace {

namespace fs = std::filesystem;

namespace {

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

void sync(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

PartialFile::PartialFile(fs::path path) : path_(std::move(path)) {
  if (!fs::is_directory(folder_of(path_)))
    throw FileError(fmt::format("'{}' cannot be written: its folder does not exist. Make it first?", path_.string()));
  if (fs::is_directory(path_))
    throw FileError(fmt::format("'{}' cannot be written: it is a folder. Give a file name?", path_.string()));
}

PartialFile::~PartialFile() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove(partial(), ignored);
}

fs::path PartialFile::partial() const { return path_.string() + ".partial"; }

void PartialFile::commit() {
  sync(partial());
  std::error_code error;
  fs::rename(partial(), path_, error);
  if (error) throw FileError(fmt::format("'{}' cannot be written ({}).", path_.string(), error.message()));
  sync(folder_of(path_));
  path_.clear();
}

void require_disk_space(const fs::path& path, double bytes) {
  std::error_code error;
  const auto space = fs::space(folder_of(path), error);
  if (error || static_cast<double>(space.available) >= bytes) return;
  throw ResourceError(fmt::format("'{}' needs {:.3g} GB, but its disk has {:.3g} GB free. Write to another disk?",
                                  path.string(), bytes * 1e-9, static_cast<double>(space.available) * 1e-9));
}

}  // namespace terrace
