#include "learning/exchange.h"

#include <torch/utils.h>

#include <cmath>

namespace terrace {

using torch::Tensor;
using torch::nn::Linear;

namespace {

constexpr int mixer_width = 64, convolution_width = 32, attention_heads = 4;

}  // namespace

MixerExchange::MixerExchange(const NetworkShape& s) {
  gather = register_module("gather", Linear(s.positions, mixer_width));
  spread = register_module("spread", Linear(mixer_width, s.positions));
}

Tensor MixerExchange::between(const Tensor& x) {
  return spread(torch::relu(gather(x.transpose(1, 2)))).transpose(1, 2);
}

AttentionExchange::AttentionExchange(const NetworkShape& s)
    : heads(s.width % attention_heads == 0 ? attention_heads : 1) {
  ask = register_module("ask", Linear(s.width, 3 * s.width));
  answer = register_module("answer", Linear(s.width, s.width));
}

Tensor AttentionExchange::between(const Tensor& x) {
  const auto n = x.size(0), positions = x.size(1), width = x.size(2), share = width / heads;
  // Three of [n, head, position, share]: what is asked, what is offered, what is told.
  const auto parts = ask(x).view({n, positions, 3, heads, share}).permute({2, 0, 3, 1, 4}).unbind(0);
  const auto weights = (parts[0].matmul(parts[1].transpose(2, 3)) / std::sqrt(static_cast<double>(share))).softmax(3);
  return answer(weights.matmul(parts[2]).transpose(1, 2).reshape({n, positions, width}));
}

ConvolutionExchange::ConvolutionExchange(const NetworkShape& s) : along(s.along), across(s.positions / s.along) {
  narrow = register_module("narrow", Linear(s.width, convolution_width));
  widen = register_module("widen", Linear(convolution_width, s.width));
  neighbours = register_module(
      "neighbours",
      torch::nn::Conv2d(torch::nn::Conv2dOptions(convolution_width, convolution_width, {3, 5}).padding({0, 2})));
}

Tensor ConvolutionExchange::between(const Tensor& x) {
  const auto grid = narrow(x).transpose(1, 2).reshape({x.size(0), convolution_width, along, across});
  const auto closed = torch::cat({grid.slice(2, along - 1), grid, grid.slice(2, 0, 1)}, 2);
  return widen(torch::relu(neighbours(closed)).flatten(2).transpose(1, 2));
}

std::shared_ptr<Exchange> make_exchange(const NetworkShape& shape) {
  if (shape.exchange == "attention") return std::make_shared<AttentionExchange>(shape);
  if (shape.exchange == "convolution") return std::make_shared<ConvolutionExchange>(shape);
  if (shape.exchange == "mixer") return std::make_shared<MixerExchange>(shape);
  return nullptr;
}

}  // namespace terrace
