// Specimens that begin alike share their waves: a tree whose edges are slabs, each propagated once.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "multislice/multislice.h"

namespace terrace {

/// Where a specimen's waves are wanted: after `depth` slabs (1 … depth_count).
struct Exit {
  int specimen = 0;
  int depth = 0;
};

/// A walk holds so much of transmission functions, and one more; those may be beyond what the cache keeps.
inline constexpr std::int64_t stretch_bytes = std::int64_t{1} << 28;

/// The prefix tree of several specimens over one lateral window. Waves at a depth depend only on what lies above it, so
/// every distinct beginning is propagated once, whatever the specimens and exits that follow: bit-identical to separate
/// runs, because each wave goes through the same operations. Memory: one stack of waves for each branching point on the
/// path from the root (walked depth first), and `stretch_bytes`.
class FamilyTree {
 public:
  /// Specimens are compared slab by slab, by name, and must outlive the tree. Throws InputError where windows differ or
  /// an exit lies outside.
  FamilyTree(const std::vector<Specimen>& specimens, const std::vector<Exit>& exits);
  FamilyTree(std::vector<Specimen>&& specimens, const std::vector<Exit>& exits) = delete;

  /// Slab steps that `run` will take, and those that separate runs of every specimen to its deepest exit would.
  std::int64_t steps() const { return steps_; }
  std::int64_t separate_steps() const { return separate_steps_; }

  /// Called at each exit with its number in `exits` and the waves there; must not keep or change them.
  using OnExit = std::function<void(int exit, const Waves& waves)>;

  /// Sends `entrance` waves through every specimen, on up to `threads` threads. Frozen phonons use `configuration`.
  void run(Multislice& multislice, const TransmissionSource& transmissions, Waves entrance, int configuration,
           const OnExit& on_exit, int threads = 1) const;
  /// The most stacks of waves that `run` holds at once: how often a path from the root branches, and one.
  int stacks_at_once() const { return stacks_below(0); }

 private:
  struct Node {
    const Slab* slab = nullptr;
    int depth = 0;
    std::vector<int> exits;
    std::vector<int> children;
  };
  int child_of(int node, const Slab& slab, int depth);
  struct Walk;
  void descend(const Walk& walk, int node, Waves waves) const;
  /// Carries `waves` from `node` to the next one with an exit or a branching, and returns it.
  int follow(const Walk& walk, int node, Waves& waves) const;
  int stacks_below(int node) const;

  std::vector<Node> nodes_;
  std::int64_t steps_ = 0, separate_steps_ = 0;
};

}  // namespace terrace
