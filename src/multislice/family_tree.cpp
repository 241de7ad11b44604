#include "multislice/family_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace terrace {

struct FamilyTree::Walk {
  Multislice& multislice;
  const TransmissionSource& transmissions;
  int configuration;
  const OnExit& on_exit;
  int threads;

  Slice slice_of(const Node& node) const {
    return {transmissions.at(*node.slab, node.depth, configuration), node.slab->thickness};
  }
};

FamilyTree::FamilyTree(const std::vector<Specimen>& specimens, const std::vector<Exit>& exits) : nodes_(1) {
  std::vector<int> deepest(specimens.size(), 0);
  for (const auto& exit : exits) {
    const bool exists = exit.specimen >= 0 && exit.specimen < static_cast<int>(specimens.size());
    if (!exists || exit.depth < 1 || exit.depth > specimens[exit.specimen].depth_count())
      throw InputError(fmt::format("exit after {} slabs of specimen {} lies outside it", exit.depth, exit.specimen));
    deepest[exit.specimen] = std::max(deepest[exit.specimen], exit.depth);
  }
  for (int index = 0; index < static_cast<int>(exits.size()); ++index) {
    const auto& specimen = specimens[exits[index].specimen];
    if (specimen.width_x != specimens[0].width_x || specimen.width_y != specimens[0].width_y)
      throw InputError("specimens of one family must share one window");
    int node = 0;
    for (int depth = 0; depth < exits[index].depth; ++depth) node = child_of(node, specimen.slab_at(depth), depth);
    nodes_[node].exits.push_back(index);
  }
  for (const int depth : deepest) separate_steps_ += depth;
  steps_ = static_cast<std::int64_t>(nodes_.size()) - 1;
}

int FamilyTree::child_of(int node, const Slab& slab, int depth) {
  for (const int child : nodes_[node].children)
    if (nodes_[child].slab->name == slab.name) return child;
  const int created = static_cast<int>(nodes_.size());
  nodes_.push_back({&slab, depth, {}, {}});
  nodes_[node].children.push_back(created);
  return created;
}

void FamilyTree::run(Multislice& multislice, const TransmissionSource& transmissions, Waves entrance, int configuration,
                     const OnExit& on_exit, int threads) const {
  descend({multislice, transmissions, configuration, on_exit, threads}, 0, std::move(entrance));
}

int FamilyTree::follow(const Walk& walk, int node, Waves& waves) const {
  std::vector<Slice> stretch;
  std::int64_t held = 0;
  for (;; node = nodes_[node].children[0]) {
    stretch.push_back(walk.slice_of(nodes_[node]));
    held += bytes_of(*stretch.back().transmission);
    const bool ends = !nodes_[node].exits.empty() || nodes_[node].children.size() != 1;
    if (!ends && held < stretch_bytes) continue;
    walk.multislice.run(waves, stretch, walk.threads);
    if (ends) return node;
    stretch.clear(), held = 0;
  }
}

void FamilyTree::descend(const Walk& walk, int start, Waves waves) const {
  // An unbranched stretch is a loop; only branching points recurse, each with its own copy of the waves.
  for (int node = start;;) {
    for (const int exit : nodes_[node].exits) walk.on_exit(exit, waves);
    const auto& children = nodes_[node].children;
    if (children.empty()) return;
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
      Waves branch = waves;
      const int reached = follow(walk, children[i], branch);
      descend(walk, reached, std::move(branch));
    }
    node = follow(walk, children.back(), waves);
  }
}

int FamilyTree::stacks_below(int node) const {
  int most = 1;
  const auto& children = nodes_[node].children;
  for (std::size_t i = 0; i < children.size(); ++i)
    most = std::max(most, stacks_below(children[i]) + (i + 1 < children.size() ? 1 : 0));
  return most;
}

}  // namespace terrace
