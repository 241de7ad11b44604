// The processes that share one data set. ranks.cpp is the only file of this module that includes MPI; a build without
// it, and a run without mpirun, has one rank.
#pragma once

#include <functional>
#include <vector>

namespace terrace {

enum class Launch { alone, by_mpi };

/// The ranks of this run. Started by MPI, the program joins the others for as long as this lives: make one, early, and
/// call it from the main thread alone. Every member waits for all ranks.
class Ranks {
 public:
  explicit Ranks(Launch launch = Launch::alone);
  /// Leaves together with the others; not while an exception passes, since the others would never come.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }
  int count() const { return count_; }
  bool is_first() const { return rank_ == 0; }

  /// Returns when all have come. Sleeps rather than spins; `meanwhile` is called a few times a second.
  void wait_for_all(const std::function<void()>& meanwhile = {}) const;
  /// Every number becomes the largest of all ranks'. As many on each.
  void share_largest(std::vector<int>& numbers) const;

 private:
  int rank_ = 0, count_ = 1;
  bool joined_ = false;
};

/// Ends the processes of all other ranks, where MPI runs, and this one with `code`; otherwise does nothing. For a
/// failure of one rank, which the others would wait for without end.
void end_all_ranks(int code);

/// False where the program was built without MPI.
bool knows_mpi();

}  // namespace terrace
