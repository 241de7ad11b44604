// Ctrl-C and SIGTERM as an exception, for work that would leave a half-written file behind.
#pragma once

#include <stdexcept>

namespace terrace {

/// The user or the machine's owner wants the program to end.
struct Interrupted : std::runtime_error {
  explicit Interrupted(int signal) : std::runtime_error("interrupted"), signal(signal) {}
  int signal;
};

/// While one lives, the first SIGINT or SIGTERM is noted and comes out of throw_if_interrupted(); the second ends the
/// program at once.
class InterruptionWatch {
 public:
  InterruptionWatch();
  ~InterruptionWatch();
  InterruptionWatch(const InterruptionWatch&) = delete;
  InterruptionWatch& operator=(const InterruptionWatch&) = delete;
};

/// Throws Interrupted after a signal. Progress bars call it, so that work stops at its next report.
void throw_if_interrupted();

}  // namespace terrace
