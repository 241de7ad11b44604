// A data set's own page: what it holds in numbers and in pictures.
#pragma once

#include <filesystem>

namespace terrace {

/// Writes data.html into the folder of a complete data set.
void write_data_set_page(const std::filesystem::path& folder);

}  // namespace terrace
