// Where results go: checked, and made, before the work that takes time.
#pragma once

#include <filesystem>
#include <initializer_list>

namespace terrace {

/// Makes the folders above `file`. Throws InputError where that fails, where `file` is a folder, or where this user may
/// not write there.
void make_place_for(const std::filesystem::path& file);

/// The same for those of `files` that are named. Throws InputError also where two of them are one.
void make_places_for(std::initializer_list<std::filesystem::path> files);

/// Makes `folder`, with those above it. Throws InputError as above.
void make_folder(const std::filesystem::path& folder);

/// Removes those of the made folders that are still empty: for a command that ends without a result.
void take_back_empty_folders() noexcept;

}  // namespace terrace
