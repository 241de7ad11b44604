// The name that somebody probably meant.
#pragma once

#include <string>
#include <vector>

namespace terrace {

/// The one of `known` with the fewest edits (insert, delete, replace) from `name`; empty when `known` is.
std::string nearest_name(const std::string& name, const std::vector<std::string>& known);

}  // namespace terrace
