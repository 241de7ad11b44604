// Whether this process is one of several that mpirun or srun started.
#pragma once

#include "dataset/ranks.h"

namespace terrace {

/// From the environment; a plain start joins nothing and costs nothing.
Launch launch_of_this_process();

/// Throws InputError where the launcher started more processes than have found each other: each would do all the work.
void refuse_lost_ranks(const Ranks& ranks);

}  // namespace terrace
