// How the depth of a step leaves the network: numbers of the last layer in, a logit for each depth bin out. Includes
// torch.
#pragma once

#include <torch/types.h>

#include "learning/network.h"

namespace terrace {

/// The logit of a depth below the lamella's exit.
inline constexpr double impossible_logit = -1e4;

/// How many numbers of the last layer say the depth.
std::int64_t depth_numbers(const NetworkShape& shape);

/// Logits [n, bin] from numbers [n, depth_numbers]; impossible_logit below `depth_limit` [n], in cells. A mixture's
/// logistic distributions have their centres and widths in shares of that limit, or of `thickness` [n], in cells, as
/// the network finds it, so that what was learnt of one thickness holds for others.
torch::Tensor depth_logits(const NetworkShape& shape, const torch::Tensor& numbers, const torch::Tensor& thickness,
                           const torch::Tensor& depth_limit);

}  // namespace terrace
