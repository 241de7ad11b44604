// How long work tells how far it is. The library reports; only commands/ prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace terrace {

/// Called now and then, from any thread but never from two at once: `done` of `total` units of the work called `what`.
using Progress = std::function<void(std::string_view what, std::int64_t done, std::int64_t total)>;

}  // namespace terrace
