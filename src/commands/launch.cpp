#include "commands/launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/error.h"

namespace terrace {
namespace {

int number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text ? std::atoi(text) : 0;
}

/// Of Open MPI's mpirun, of MPICH's and others', of srun. (A job script itself has no SLURM_STEP_NUM_TASKS.)
int processes_started() {
  int most = 0;
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"})
    most = std::max(most, number_in(variable));
  return most;
}

}  // namespace

Launch launch_of_this_process() {
  const bool among_others = processes_started() > 1 || std::getenv("PMIX_RANK");
  return among_others ? Launch::by_mpi : Launch::alone;
}

void refuse_lost_ranks(const Ranks& ranks) {
  const int started = processes_started();
  if (started <= 1 || ranks.count() > 1) return;
  throw InputError(
      fmt::format("{} processes were started together but do not find each other ({}). {}", started,
                  knows_mpi() ? "the launcher and the MPI of terrace do not fit" : "this terrace was built without MPI",
                  knows_mpi() ? "Try 'srun --mpi=pmix', the mpirun of that MPI, or --part."
                              : "Build with -DTERRACE_WITH_MPI=ON, or use --part."));
}

}  // namespace terrace
