#include <torch/nn/init.h>
#include <torch/utils.h>

#include <algorithm>

#include "core/threads.h"
#include "learning/linear_algebra.h"
#include "learning/torch_network.h"

namespace terrace {

using torch::Tensor;
using torch::nn::Linear;

namespace {

constexpr int context_width = 64, compressed_width = 16, trunk_width = 160;
// Conditions steer each position's first sum through so few numbers: a full matrix held half of all weights.
constexpr int place_steers = 4;
constexpr int round_steers = 64;

Tensor activate(const Tensor& x) { return torch::relu(x); }

/// Of the covered positions of x [n, position, width].
Tensor mean_over_positions(const TorchBatch& batch, const Tensor& x) {
  const auto covered = batch.covered.unsqueeze(2);
  return (x * covered).sum(1) / covered.sum(1);
}

Linear starting_at_zero(Linear layer) {
  torch::nn::init::zeros_(layer->weight);
  torch::nn::init::zeros_(layer->bias);
  return layer;
}

}  // namespace

RoundImpl::RoundImpl(const NetworkShape& s) : exchange(make_exchange(s)) {
  if (exchange) {
    register_module("exchange", exchange);
    norm_positions = register_module("norm_positions", torch::nn::LayerNorm(torch::nn::LayerNormOptions({s.width})));
  }
  norm_channels = register_module("norm_channels", torch::nn::LayerNorm(torch::nn::LayerNormOptions({s.width})));
  widen = register_module("widen", Linear(s.width, 2 * s.width));
  narrow = register_module("narrow", Linear(2 * s.width, s.width));
  if (s.steering == "none") return;
  steer1 = register_module("steer1", Linear(s.width + context_width, round_steers));
  steer2 = register_module("steer2", starting_at_zero(Linear(round_steers, 2 * s.width)));
}

Tensor RoundImpl::forward(Tensor x, const Tensor& context) {
  if (exchange) x = x + exchange->between(norm_positions(x));
  auto wide = widen(norm_channels(x));
  if (steer1) wide = wide * (1 + steer2(activate(steer1(torch::cat({x.mean(1), context}, 1)))).unsqueeze(1));
  return x + narrow(activate(wide));
}

InterfaceNetImpl::InterfaceNetImpl(const NetworkShape& s) : shape(s) {
  context1 = register_module("context1", Linear(s.conditions, context_width));
  context2 = register_module("context2", Linear(context_width, context_width));
  encoder1 = register_module("encoder1", Linear(s.components, s.width));
  encoder2 = register_module("encoder2", Linear(s.width, s.width));
  film = register_module("film", starting_at_zero(Linear(context_width, s.width)));
  place_steer = register_module("place_steer", Linear(context_width, place_steers));
  place_film = register_module("place_film", Linear(place_steers, s.positions * s.width));
  rounds = register_module("rounds", torch::nn::ModuleList());
  for (int i = 0; i < s.blocks; ++i) rounds->push_back(Round(s));
  norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({s.width})));
  const bool pooled = s.exchange == "none";
  if (!pooled) compress = register_module("compress", Linear(s.width, compressed_width));
  trunk1 = register_module("trunk1", Linear(pooled ? s.width : s.positions * compressed_width, trunk_width));
  trunk_film = register_module("trunk_film", Linear(context_width, trunk_width));
  trunk2 = register_module("trunk2", Linear(trunk_width, s.embedding));
  heads = register_module("heads", Linear(s.embedding, 4 + depth_numbers(s) + 1 + 3 + 2 * regression_count));
  absent = register_parameter("absent", torch::zeros({s.width}));
}

Tensor InterfaceNetImpl::encode(const TorchBatch& batch, const Tensor& context) {
  const auto n = batch.components.size(0);
  const auto gain = 1 + film(context).unsqueeze(1);
  const auto shift = place_film(place_steer(context)).view({n, shape.positions, shape.width});
  auto x = activate(encoder1(batch.components) * gain + shift);
  x = x + encoder2(x);
  const auto covered = batch.covered.unsqueeze(2);
  return x * covered + absent * (1 - covered);
}

Tensor InterfaceNetImpl::gather(const TorchBatch& batch, const Tensor& x) {
  if (compress) return activate(compress(norm(x))).flatten(1);
  return mean_over_positions(batch, norm(x));
}

TorchHeads InterfaceNetImpl::forward(const TorchBatch& batch) {
  const auto context = activate(context2(activate(context1(batch.conditions))));
  auto x = encode(batch, context);
  const auto description = mean_over_positions(batch, x);
  for (const auto& round : *rounds) x = round->as<Round>()->forward(x, context);
  x = activate(trunk1(gather(batch, x)) + trunk_film(context));
  const auto out = heads(activate(trunk2(x)));
  std::int64_t used = 0;
  const auto next = [&](std::int64_t count) {
    used += count;
    return out.slice(1, used - count, used);
  };
  TorchHeads result;
  result.class_logits = next(4);
  const auto depths = next(depth_numbers(shape));
  result.up_logit = next(1).squeeze(1);
  result.step_count_logits = next(3);
  result.values = next(regression_count);
  constexpr auto& excess = regressions[thickness_excess];
  const auto excess_nm = excess.middle + excess.scale * result.values.select(1, thickness_excess);
  result.depth_logits = depth_logits(shape, depths, batch.thickness + excess_nm / depth_cell_nm, batch.depth_limit);
  result.log_variances = next(regression_count).clamp(-8, 4);
  result.description = description;
  return result;
}

TorchBatch to_torch(std::span<const Features* const> batch, const NetworkShape& s) {
  const auto n = static_cast<std::int64_t>(batch.size());
  TorchBatch result{torch::empty({n, s.positions, s.components}), torch::empty({n, s.positions}),
                    torch::empty({n, s.conditions}), torch::empty({n}), torch::empty({n})};
  for (std::int64_t i = 0; i < n; ++i) {
    const Features& f = *batch[i];
    std::ranges::copy(f.components, result.components.data_ptr<float>() + i * f.components.size());
    std::ranges::copy(f.covered, result.covered.data_ptr<float>() + i * s.positions);
    std::ranges::copy(f.conditions, result.conditions.data_ptr<float>() + i * s.conditions);
    result.thickness.data_ptr<float>()[i] = static_cast<float>(f.thickness_cells);
    result.depth_limit.data_ptr<float>()[i] = static_cast<float>(f.depth_limit_cells);
  }
  return result;
}

Network::Network(const NetworkShape& shape, std::uint64_t seed) {
  torch::set_num_threads(1);
  set_blas_threads(1);
  torch::manual_seed(seed);
  state_ = std::make_unique<State>(State{shape, InterfaceNet(shape)});
}
Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
const NetworkShape& Network::shape() const { return state_->shape; }

namespace {

template <class Numbers>
void copy_row(const Tensor& rows, std::int64_t row, Numbers& numbers) {
  const auto values = rows[row].to(torch::kDouble).contiguous();
  std::copy_n(values.data_ptr<double>(), values.numel(), std::begin(numbers));
}

NetworkOutput output_of(const TorchHeads& heads, std::int64_t row) {
  NetworkOutput output;
  output.depth_logits.resize(heads.depth_logits.size(1));
  output.description.resize(heads.description.size(1));
  copy_row(heads.class_logits, row, output.class_logits);
  copy_row(heads.depth_logits, row, output.depth_logits);
  copy_row(heads.step_count_logits, row, output.step_count_logits);
  copy_row(heads.values, row, output.values);
  copy_row(heads.log_variances, row, output.log_variances);
  copy_row(heads.description, row, output.description);
  output.up_logit = heads.up_logit[row].item<double>();
  return output;
}

}  // namespace

std::vector<NetworkOutput> Network::forward(std::span<const Features* const> batch, int threads) const {
  const auto n = std::ssize(batch), parts = std::min<std::int64_t>(threads, n);
  std::vector<NetworkOutput> outputs(n);
  parallel_for(parts, threads, [&](std::int64_t part) {
    const torch::NoGradGuard no_gradients;
    const auto first = part * n / parts, last = (part + 1) * n / parts;
    const auto heads = state_->net->forward(to_torch(batch.subspan(first, last - first), state_->shape));
    for (auto i = first; i < last; ++i) outputs[i] = output_of(heads, i - first);
  });
  return outputs;
}

void Network::add_weights(const std::string& prefix, TensorFile& file) const {
  for (const auto& weight : state_->net->named_parameters()) {
    const auto values = weight.value().detach().contiguous();
    const float* first = values.data_ptr<float>();
    file.tensors[prefix + weight.key()] = {values.sizes().vec(), {first, first + values.numel()}};
  }
}

void Network::set_weights(const std::string& prefix, const TensorFile& file) {
  const torch::NoGradGuard no_gradients;
  for (auto& weight : state_->net->named_parameters()) {
    const auto& stored = file.at(prefix + weight.key(), weight.value().numel());
    std::ranges::copy(stored.values, weight.value().data_ptr<float>());
  }
}

}  // namespace terrace
