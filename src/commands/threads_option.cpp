// --threads: OMP_NUM_THREADS or Slurm's allotment where set, else the processors this process may use.
#include <cstdlib>

#include "commands/command.h"
#include "core/threads.h"

namespace terrace {
namespace {

int default_threads() {
  for (const char* variable : {"OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"})
    if (const char* text = std::getenv(variable); text && std::atoi(text) > 0) return std::atoi(text);
  return available_processors();
}

}  // namespace

void add_threads_option(CLI::App& app, int& threads) {
  threads = default_threads();
  app.add_option("--threads", threads, "threads; by default what OMP_NUM_THREADS, Slurm or the processors allow")
      ->check(CLI::Range(1, 1024).description(""))
      ->capture_default_str();
}

}  // namespace terrace
