#include "formats/trial.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace terrace {
namespace {

/// The copy's whole life: it crashes in silence and leaves no core file.
[[noreturn]] void live(const std::function<void()>& action, rlim_t cpu_seconds) {
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) std::signal(crash, SIG_DFL);
  const rlimit none{0, 0}, computing{cpu_seconds, cpu_seconds};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_CPU, &computing);
  close(STDERR_FILENO);
  try {
    action();
  } catch (...) {
  }
  _exit(0);
}

}  // namespace

bool survives(const std::function<void()>& action, int cpu_seconds) {
  const pid_t copy = fork();
  if (copy < 0) return true;
  if (copy == 0) live(action, static_cast<rlim_t>(cpu_seconds));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10 * cpu_seconds);
  auto pause = std::chrono::microseconds(100);
  int status = 0;
  while (waitpid(copy, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      kill(copy, SIGKILL);
      waitpid(copy, &status, 0);
      return false;
    }
    std::this_thread::sleep_for(pause);
    if (pause < std::chrono::milliseconds(20)) pause *= 2;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace terrace
