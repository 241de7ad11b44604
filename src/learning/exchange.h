// How the positions of a scan tell each other what they saw: the variants of the network's rounds. Includes torch.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include <memory>

#include "learning/network.h"

namespace terrace {

/// From x [n, position, width] to what is added to it. Positions are numbered along y by rows, across by columns.
struct Exchange : torch::nn::Module {
  virtual torch::Tensor between(const torch::Tensor& x) = 0;
};

/// Every channel mixes all positions (Tolstikhin et al., MLP-Mixer, NeurIPS 2021).
struct MixerExchange : Exchange {
  explicit MixerExchange(const NetworkShape& shape);
  torch::Tensor between(const torch::Tensor& x) override;
  torch::nn::Linear gather{nullptr}, spread{nullptr};
};

/// Every position asks every other (Vaswani et al., NeurIPS 2017), with four heads.
struct AttentionExchange : Exchange {
  explicit AttentionExchange(const NetworkShape& shape);
  torch::Tensor between(const torch::Tensor& x) override;
  int heads;
  torch::nn::Linear ask{nullptr}, answer{nullptr};
};

/// Neighbours on the scan grid, which closes along y.
struct ConvolutionExchange : Exchange {
  explicit ConvolutionExchange(const NetworkShape& shape);
  torch::Tensor between(const torch::Tensor& x) override;
  int along, across;
  torch::nn::Linear narrow{nullptr}, widen{nullptr};
  torch::nn::Conv2d neighbours{nullptr};
};

/// The one that `shape.exchange` names; null for "none".
std::shared_ptr<Exchange> make_exchange(const NetworkShape& shape);

}  // namespace terrace
