#include "commands/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "commands/interruption.h"

namespace terrace {
namespace {

constexpr double seconds_between_lines = 20;
constexpr double seconds_between_redraws = 0.2;
constexpr int bar_width = 28;

}  // namespace

ProgressBar::ProgressBar() : on_terminal_(isatty(STDERR_FILENO)) {}
ProgressBar::~ProgressBar() {
  if (line_open_) std::fputc('\n', stderr);
}

Progress ProgressBar::callback() {
  return [this](std::string_view what, std::int64_t done, std::int64_t total) { show(what, done, total); };
}

void ProgressBar::show(std::string_view what, std::int64_t done, std::int64_t total) {
  throw_if_interrupted();
  const auto now = Clock::now();
  if (what != what_) {
    if (line_open_) std::fputc('\n', stderr);
    line_open_ = false;
    what_ = what;
    start_ = now;
    last_ = {};
    first_done_ = done;  // work found done already says nothing about speed
  }
  const double since_last = std::chrono::duration<double>(now - last_).count();
  const bool finished = done >= total;
  if (!finished && since_last < (on_terminal_ ? seconds_between_redraws : seconds_between_lines)) return;
  last_ = now;

  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const auto fresh = done - first_done_;
  const std::string time = finished    ? ", took " + duration_text(elapsed)
                           : fresh > 0 ? ", " + duration_text(elapsed / fresh * (total - done)) + " left"
                                       : "";
  if (!on_terminal_) {
    fmt::print(stderr, "{}: {} of {} ({:.0f} %){}\n", what, done, total, total ? 100.0 * done / total : 100.0, time);
    return;
  }
  const int filled = total ? static_cast<int>(bar_width * done / total) : bar_width;
  fmt::print(stderr, "\r\033[K{} [{:━<{}}{: <{}}] {}/{}{}", what, "", filled, "", bar_width - filled, done, total,
             time);
  line_open_ = !finished;
  if (finished) std::fputc('\n', stderr);
  std::fflush(stderr);
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return whole > 0 ? fmt::format("{} s", whole) : "under 1 s";
}

}  // namespace terrace
