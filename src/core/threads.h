// Sharing out independent work over the threads that the user allows.
#pragma once

#include <cstdint>
#include <functional>

namespace terrace {

/// Calls task(index) for every index in 0 … count − 1, on up to `threads` threads; which thread takes which index is
/// not fixed, so tasks must not depend on order. The first exception thrown by a task is thrown again here.
void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& task);

/// Processors this process may run on (its affinity mask, not the machine's).
int available_processors();

}  // namespace terrace
