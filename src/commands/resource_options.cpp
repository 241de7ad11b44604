// --threads and --max-memory. Threads: OMP_NUM_THREADS or Slurm's allotment where set, else the processors this process
// may use.
#include <fmt/format.h>

#include <cstdlib>

#include "commands/command.h"
#include "commands/scan_options.h"
#include "core/error.h"
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

void add_memory_option(CLI::App& app, double& max_memory_gb) {
  app.add_option("--max-memory", max_memory_gb, "refuse to start where the estimate is above this many GB")
      ->check(range_of(1e-3, 1e9));
}

void check_memory(double bytes, double max_memory_gb, const std::string& advice) {
  if (max_memory_gb <= 0 || bytes <= max_memory_gb * 1e9) return;
  throw InputError(fmt::format("This needs {:.3f} GB of memory, more than --max-memory {}. {}, or allow {:.3f}.",
                               bytes / 1e9, max_memory_gb, advice, 1.1 * bytes / 1e9));
}

}  // namespace terrace
