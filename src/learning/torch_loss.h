// The loss of a batch on the torch side.
#pragma once

#include <span>

#include "learning/torch_network.h"
#include "learning/trainer.h"

namespace terrace {

/// Samples and steps of a whole batch: the loss of a part of it is a share of the batch's.
struct TargetCounts {
  double samples = 0, steps = 0;
};
TargetCounts count(std::span<const Target* const> targets);

torch::Tensor loss_of(const TorchHeads& heads, std::span<const Target* const> targets, const LossWeights& weights,
                      const TargetCounts& counts);

}  // namespace terrace
