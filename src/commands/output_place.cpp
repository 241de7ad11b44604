#include "commands/output_place.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "core/error.h"

namespace terrace {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> made;  // by this process, a folder before what it holds

/// `folder` and those above it that are not there, the highest one first.
std::vector<fs::path> missing_of(const fs::path& folder) {
  std::vector<fs::path> missing;
  std::error_code ignored;
  for (auto path = fs::absolute(folder, ignored).lexically_normal();
       path.has_relative_path() && !fs::exists(path, ignored); path = path.parent_path())
    if (path.has_filename()) missing.insert(missing.begin(), path);
  return missing;
}

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  const auto missing = missing_of(folder);
  fs::create_directories(folder, error);
  made.insert(made.end(), missing.begin(), missing.end());
  if (!fs::is_directory(folder))
    throw InputError(fmt::format("'{}' cannot be made a folder ({}). Give another -o?", folder.string(),
                                 error ? error.message() : "a file has that name"));
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw InputError(fmt::format("The folder '{}' is closed to writing ({}). Give another -o?", folder.string(),
                                 std::error_code(errno, std::generic_category()).message()));
}

void take_back_empty_folders() noexcept {
  std::error_code ignored;  // one that holds something stays
  for (auto folder = made.rbegin(); folder != made.rend(); ++folder) fs::remove(*folder, ignored);
}

void make_place_for(const fs::path& file) {
  if (fs::is_directory(file) || !file.has_filename())
    throw InputError(fmt::format("'{}' is a folder. Give a file name to -o.", file.string()));
  if (fs::exists(file) && !fs::is_regular_file(file))
    throw InputError(
        fmt::format("'{}' is a device or pipe, which a file would replace. Give another -o?", file.string()));
  make_folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

void make_places_for(std::initializer_list<fs::path> files) {
  std::set<fs::path> places;
  for (const auto& file : files) {
    if (file.empty()) continue;
    make_place_for(file);
    if (!places.insert(fs::weakly_canonical(file)).second)
      throw InputError(fmt::format("'{}' is to hold two results. Give them two names.", file.string()));
  }
}

}  // namespace terrace
