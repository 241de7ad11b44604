// The torch side of the network; only network.cpp and trainer.cpp include it (torch costs 15 s to compile).
#pragma once

#include <torch/nn/functional/activation.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "learning/network.h"

namespace terrace {

/// A batch as tensors: components [n, position, component], covered [n, position], conditions [n, condition],
/// depth_limit [n] in cells.
struct TorchBatch {
  torch::Tensor components, covered, conditions, depth_limit;
};

/// The logit of a depth below the lamella's exit.
inline constexpr double impossible_logit = -1e4;

/// Heads: class [n, 4], depth [n, bin] (impossible_logit where deeper than the lamella), up [n], sigma and its log
/// variance [n, 2], embedding [n, number].
struct TorchHeads {
  torch::Tensor class_logits, depth_logits, up_logit, sigma, sigma_log_variance, embedding;
};

/// One round: every channel mixes the positions, then every position mixes its channels; both add to what was there.
struct MixerBlockImpl : torch::nn::Module {
  MixerBlockImpl(int positions, int width);
  torch::Tensor forward(torch::Tensor x);
  torch::nn::LayerNorm norm_positions{nullptr}, norm_channels{nullptr};
  torch::nn::Linear gather{nullptr}, spread{nullptr}, widen{nullptr}, narrow{nullptr};
};
TORCH_MODULE(MixerBlock);

struct InterfaceNetImpl : torch::nn::Module {
  explicit InterfaceNetImpl(const NetworkShape& shape);
  TorchHeads forward(const TorchBatch& batch);
  torch::Tensor encode(const TorchBatch& batch, const torch::Tensor& context);

  NetworkShape shape;
  torch::nn::Linear context1{nullptr}, context2{nullptr}, encoder1{nullptr}, encoder2{nullptr}, film{nullptr},
      place_film{nullptr}, compress{nullptr}, trunk1{nullptr}, trunk_film{nullptr}, trunk2{nullptr}, heads{nullptr};
  torch::nn::ModuleList blocks{nullptr};
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
