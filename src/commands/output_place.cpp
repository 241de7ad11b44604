#include "commands/output_place.h"

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.h"

namespace terrace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw InputError(fmt::format("'{}' cannot be made a folder ({}). Give another -o?", folder.string(),
                                 error ? error.message() : "a file has that name"));
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw InputError(fmt::format("The folder '{}' is closed to writing ({}). Give another -o?", folder.string(),
                                 std::error_code(errno, std::generic_category()).message()));
}

void make_place_for(const fs::path& file) {
  if (fs::is_directory(file) || !file.has_filename())
    throw InputError(fmt::format("'{}' is a folder. Give a file name to -o.", file.string()));
  if (fs::exists(file) && !fs::is_regular_file(file))
    throw InputError(
        fmt::format("'{}' is a device or pipe, which a file would replace. Give another -o?", file.string()));
  make_folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

}  // namespace terrace
