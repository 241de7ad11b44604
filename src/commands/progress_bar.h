// Progress for people: a bar with the time left on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <string>

#include "core/progress.h"

namespace terrace {

/// Reports to stderr; make one per piece of work and hand `callback()` to the library.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  Progress callback();

 private:
  void show(std::string_view what, std::int64_t done, std::int64_t total);

  using Clock = std::chrono::steady_clock;
  bool on_terminal_;
  bool line_open_ = false;
  std::string what_;
  Clock::time_point start_, last_;
  std::int64_t first_done_ = 0;
};

/// "2 h 05 min", "3 min 20 s", "12 s".
std::string duration_text(double seconds);

}  // namespace terrace
