#include "learning/all_reduce.h"

#include "core/error.h"

#ifdef TERRACE_WITH_MPI
#include <mpi.h>
#endif

namespace terrace {
namespace {

bool is_shared(const Ranks* ranks) { return ranks && ranks->count() > 1; }

}  // namespace

BatchShare share_of(std::int64_t batch, const Ranks* ranks) {
  if (!is_shared(ranks)) return {0, batch};
  const auto start_of = [&](std::int64_t rank) { return rank * batch / ranks->count(); };
  return {start_of(ranks->rank()), start_of(ranks->rank() + 1) - start_of(ranks->rank())};
}

#ifdef TERRACE_WITH_MPI

void add_over_ranks(std::span<float> numbers, const Ranks* ranks) {
  if (!is_shared(ranks)) return;
  MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

double of_first_rank(double own, const Ranks* ranks) {
  if (is_shared(ranks)) MPI_Bcast(&own, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  return own;
}

#else

void add_over_ranks(std::span<float>, const Ranks*) {}
double of_first_rank(double own, const Ranks*) { return own; }

#endif

void refuse_disagreement(double own, const Ranks* ranks, const std::string& text) {
  if (of_first_rank(own, ranks) != own) throw InputError(text);
}

}  // namespace terrace
