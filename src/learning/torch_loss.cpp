#include "learning/torch_loss.h"

#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <algorithm>

namespace terrace {

using torch::Tensor;

namespace {

struct TorchTargets {
  Tensor interface_class, step_count, depth, stepped, up, values;
};

TorchTargets to_torch(std::span<const Target* const> targets, std::int64_t bins) {
  const auto n = static_cast<std::int64_t>(targets.size());
  TorchTargets t{torch::empty({n}, torch::kLong),
                 torch::empty({n}, torch::kLong),
                 torch::zeros({n, bins}),
                 torch::zeros({n}),
                 torch::zeros({n}),
                 torch::empty({n, regression_count})};
  for (std::int64_t i = 0; i < n; ++i) {
    const Target& target = *targets[i];
    t.interface_class.data_ptr<std::int64_t>()[i] = target.interface_class;
    t.step_count.data_ptr<std::int64_t>()[i] = target.step_count;
    std::ranges::copy(target.values, t.values.data_ptr<float>() + i * regression_count);
    if (target.depth.empty()) continue;
    std::ranges::copy(target.depth, t.depth.data_ptr<float>() + i * bins);
    t.stepped.data_ptr<float>()[i] = 1;
    t.up.data_ptr<float>()[i] = target.up;
  }
  return t;
}

Tensor cross_entropy(const Tensor& logits, const Tensor& truths) {
  namespace F = torch::nn::functional;
  return F::cross_entropy(logits, truths, F::CrossEntropyFuncOptions().reduction(torch::kSum));
}

Tensor depth_surprise(const TorchHeads& heads, const TorchTargets& targets) {
  // The smoothed target of a step near the exit reaches below it, where nothing can be learnt.
  const auto possible = heads.depth_logits > 0.5 * impossible_logit;
  return -(targets.depth * possible * heads.depth_logits.log_softmax(1)).sum();
}

Tensor direction_surprise(const TorchHeads& heads, const TorchTargets& targets) {
  const auto each = torch::binary_cross_entropy_with_logits(heads.up_logit, targets.up, {}, {}, at::Reduction::None);
  return (each * targets.stepped).sum();
}

Tensor regression_surprise(const TorchHeads& heads, const TorchTargets& targets, const LossWeights& weights) {
  const auto error = heads.values - targets.values;
  auto of_each = torch::full({regression_count}, weights.regression);
  of_each[thickness_excess] = weights.thickness;
  return 0.5 * ((error * error * (-heads.log_variances).exp() + heads.log_variances) * of_each).sum();
}

}  // namespace

TargetCounts count(std::span<const Target* const> targets) {
  TargetCounts counts{static_cast<double>(targets.size()), 0};
  for (const auto* target : targets) counts.steps += !target->depth.empty();
  counts.steps = std::max(counts.steps, 1.0);
  return counts;
}

Tensor loss_of(const TorchHeads& heads, std::span<const Target* const> list, const LossWeights& weights,
               const TargetCounts& counts) {
  const auto targets = to_torch(list, heads.depth_logits.size(1));
  const double sample = 1 / counts.samples, step = 1 / counts.steps;
  return weights.interface_class * sample * cross_entropy(heads.class_logits, targets.interface_class) +
         weights.depth * step * depth_surprise(heads, targets) +
         weights.direction * step * direction_surprise(heads, targets) +
         weights.step_count * sample * cross_entropy(heads.step_count_logits, targets.step_count) +
         sample * regression_surprise(heads, targets, weights);
}

double loss_of(const Network& network, std::span<const Features* const> features,
               std::span<const Target* const> targets, const LossWeights& weights) {
  const torch::NoGradGuard no_gradients;
  const auto heads = network.state().net->forward(to_torch(features, network.shape()));
  return loss_of(heads, targets, weights, count(targets)).item<double>();
}

}  // namespace terrace
