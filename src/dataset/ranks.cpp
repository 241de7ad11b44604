#include "dataset/ranks.h"

#ifdef TERRACE_WITH_MPI
#include <mpi.h>

#include <chrono>
#include <exception>
#include <thread>

namespace terrace {
namespace {

constexpr auto nap = std::chrono::milliseconds(20);

bool is_running() {
  int started = 0, ended = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&ended);
  return started && !ended;
}

}  // namespace

Ranks::Ranks(Launch launch) {
  if (launch == Launch::alone) return;
  int allowed = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &allowed);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &count_);
  joined_ = true;
}

Ranks::~Ranks() {
  if (joined_ && std::uncaught_exceptions() == 0) MPI_Finalize();
}

void Ranks::wait_for_all(const std::function<void()>& meanwhile) const {
  if (count_ == 1) return;
  MPI_Request request;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  for (int all_came = 0;;) {
    MPI_Test(&request, &all_came, MPI_STATUS_IGNORE);
    if (all_came) return;
    if (meanwhile) meanwhile();
    std::this_thread::sleep_for(nap);
  }
}

void Ranks::share_largest(std::vector<int>& numbers) const {
  if (count_ == 1) return;
  wait_for_all();
  MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_INT, MPI_MAX, MPI_COMM_WORLD);
}

void end_all_ranks(int code) {
  if (is_running()) MPI_Abort(MPI_COMM_WORLD, code);
}

bool knows_mpi() { return true; }

}  // namespace terrace

#else

namespace terrace {

Ranks::Ranks(Launch) {}
Ranks::~Ranks() = default;
void Ranks::wait_for_all(const std::function<void()>&) const {}
void Ranks::share_largest(std::vector<int>&) const {}
void end_all_ranks(int) {}
bool knows_mpi() { return false; }

}  // namespace terrace

#endif
