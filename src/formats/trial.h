// Trying out in a process of its own what may crash: the HDF5 library does on some damaged files, whatever the caller
// checks.
#pragma once

#include <functional>

namespace terrace {

/// Runs `action` in a copy of this process and says whether the copy came to an end by itself, well or with an
/// exception; false where it crashed, or took more than `cpu_seconds` of computing or ten times that by the clock (a
/// slow disk may). Where no copy can be made: true. Changes nothing here.
bool survives(const std::function<void()>& action, int cpu_seconds);

}  // namespace terrace
