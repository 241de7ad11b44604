// The torch side of the network; only network.cpp and the trainer include it (torch costs 15 s to compile).
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "learning/depth_head.h"
#include "learning/exchange.h"

namespace terrace {

/// A batch as tensors: components [n, position, component], covered [n, position], conditions [n, condition],
/// thickness and depth_limit [n] in cells.
struct TorchBatch {
  torch::Tensor components, covered, conditions, thickness, depth_limit;
};

/// Heads: class [n, 4], depth [n, bin] (impossible_logit where deeper than the lamella), up [n], step count [n, 3],
/// regressions and their log variances [n, regression], description [n, width].
struct TorchHeads {
  torch::Tensor class_logits, depth_logits, up_logit, step_count_logits, values, log_variances, description;
};

/// One round: positions exchange, then every position mixes its channels; both add to what was there. The mixing is
/// steered by the mean of all positions and by the known conditions (Hu, Shen & Sun, Squeeze-and-Excitation Networks,
/// CVPR 2018): what a pattern means depends on tilt, focus and crystal, which only the whole scan tells.
struct RoundImpl : torch::nn::Module {
  explicit RoundImpl(const NetworkShape& shape);
  torch::Tensor forward(torch::Tensor x, const torch::Tensor& context);
  std::shared_ptr<Exchange> exchange;  ///< null: none
  torch::nn::LayerNorm norm_positions{nullptr}, norm_channels{nullptr};
  torch::nn::Linear widen{nullptr}, narrow{nullptr}, steer1{nullptr}, steer2{nullptr};
};
TORCH_MODULE(Round);

struct InterfaceNetImpl : torch::nn::Module {
  explicit InterfaceNetImpl(const NetworkShape& shape);
  TorchHeads forward(const TorchBatch& batch);
  torch::Tensor encode(const TorchBatch& batch, const torch::Tensor& context);
  /// One description of the scan from those of its positions.
  torch::Tensor gather(const TorchBatch& batch, const torch::Tensor& x);

  NetworkShape shape;
  torch::nn::Linear context1{nullptr}, context2{nullptr}, encoder1{nullptr}, encoder2{nullptr}, film{nullptr},
      place_steer{nullptr}, place_film{nullptr}, compress{nullptr}, trunk1{nullptr}, trunk_film{nullptr},
      trunk2{nullptr}, heads{nullptr};
  torch::nn::ModuleList rounds{nullptr};
  torch::nn::LayerNorm norm{nullptr};
  torch::Tensor absent;  ///< what stands for a position that was not scanned
};
TORCH_MODULE(InterfaceNet);

struct Network::State {
  NetworkShape shape;
  InterfaceNet net;
};

TorchBatch to_torch(std::span<const Features* const> batch, const NetworkShape& shape);

}  // namespace terrace
