#include "learning/trainer.h"

#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <cmath>
#include <numeric>

#include "core/threads.h"
#include "learning/torch_network.h"

namespace terrace {

using torch::Tensor;

namespace {

constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8, longest_gradient = 1.0;

struct TorchTargets {
  Tensor interface_class, depth, stepped, up, sigma;
};

TorchTargets to_torch(std::span<const Target* const> targets, int bins) {
  const auto n = static_cast<std::int64_t>(targets.size());
  TorchTargets t{torch::empty({n}, torch::kLong), torch::zeros({n, bins}), torch::zeros({n}), torch::zeros({n}),
                 torch::empty({n, 2})};
  for (std::int64_t i = 0; i < n; ++i) {
    const Target& target = *targets[i];
    t.interface_class.data_ptr<std::int64_t>()[i] = target.interface_class;
    t.sigma.data_ptr<float>()[2 * i] = target.sigma_a;
    t.sigma.data_ptr<float>()[2 * i + 1] = target.sigma_b;
    if (target.depth.empty()) continue;
    std::ranges::copy(target.depth, t.depth.data_ptr<float>() + i * bins);
    t.stepped.data_ptr<float>()[i] = 1;
    t.up.data_ptr<float>()[i] = target.up;
  }
  return t;
}

/// Samples and steps of the whole batch: the loss of a part is its share of the batch's.
struct Counts {
  double samples = 0, steps = 0;
};

Counts count(std::span<const Target* const> targets) {
  Counts counts{static_cast<double>(targets.size()), 0};
  for (const auto* target : targets) counts.steps += !target->depth.empty();
  counts.steps = std::max(counts.steps, 1.0);
  return counts;
}

Tensor loss_of(const TorchHeads& heads, const TorchTargets& targets, const LossWeights& weights, const Counts& counts) {
  namespace F = torch::nn::functional;
  const auto class_loss = F::cross_entropy(heads.class_logits, targets.interface_class,
                                           F::CrossEntropyFuncOptions().reduction(torch::kSum));
  // The smoothed target of a step near the exit reaches below it, where nothing can be learnt.
  const auto possible = heads.depth_logits > 0.5 * impossible_logit;
  const auto depth_loss = -(targets.depth * possible * heads.depth_logits.log_softmax(1)).sum();
  const auto up_loss = torch::binary_cross_entropy_with_logits(heads.up_logit, targets.up, {}, {}, at::Reduction::None);
  const auto error = heads.sigma - targets.sigma;
  const auto width_loss = (error * error * (-heads.sigma_log_variance).exp() + heads.sigma_log_variance).sum();
  return weights.interface_class / counts.samples * class_loss + weights.depth / counts.steps * depth_loss +
         weights.direction / counts.steps * (up_loss * targets.stepped).sum() +
         0.25 * weights.widths / counts.samples * width_loss;
}

}  // namespace

Target target_of(const Labels& labels, int depth_bins, double smoothing_cells) {
  Target target;
  target.interface_class = static_cast<int>(labels.interface_class);
  target.sigma_a = static_cast<float>(labels.sigma_a_cells);
  target.sigma_b = static_cast<float>(labels.sigma_b_cells);
  if (!has_step(labels)) return target;
  target.up = labels.step_height_cells > 0 ? 1.0f : 0.0f;
  target.depth.resize(depth_bins);
  double sum = 0;
  const double width = std::max(smoothing_cells, 0.05);
  for (int bin = 0; bin < depth_bins; ++bin) {
    const double distance = (bin - std::clamp(labels.step_depth_cells, 0.0, depth_bins - 1.0)) / width;
    target.depth[bin] = static_cast<float>(std::exp(-0.5 * distance * distance));
    sum += target.depth[bin];
  }
  for (auto& share : target.depth) share /= static_cast<float>(sum);
  return target;
}

namespace {

/// A copy of the network that shares its weights and has gradients of its own, for one thread.
struct Replica {
  InterfaceNet net;
  Tensor gradients;
};

std::int64_t weight_count(const InterfaceNet& net) {
  std::int64_t count = 0;
  for (const auto& parameter : net->parameters()) count += parameter.numel();
  return count;
}

// Every weight becomes a view of one flat vector, its gradient of another, so that a step is a few passes over memory.
Replica replica_on(const Tensor& values, InterfaceNet net) {
  Replica replica{std::move(net), torch::zeros_like(values)};
  std::int64_t start = 0;
  for (auto parameter : replica.net->parameters()) {
    const auto size = parameter.numel();
    parameter.set_data(values.narrow(0, start, size).view(parameter.sizes()));
    parameter.mutable_grad() = replica.gradients.narrow(0, start, size).view(parameter.sizes());
    start += size;
  }
  return replica;
}

Tensor flat_weights(const InterfaceNet& net) {
  std::vector<Tensor> parts;
  for (const auto& parameter : net->parameters()) parts.push_back(parameter.detach().flatten());
  return torch::cat(parts);
}

Tensor flat_decay(const InterfaceNet& net, double weight_decay) {
  std::vector<Tensor> parts;
  for (const auto& parameter : net->parameters())
    parts.push_back(torch::full({parameter.numel()}, parameter.dim() > 1 ? weight_decay : 0.0));
  return torch::cat(parts);
}

}  // namespace

struct Trainer::State {
  Network& network;
  LossWeights weights;
  std::vector<Replica> replicas;
  Tensor values, decay, mean, square;
  std::int64_t steps = 0;
  const Ranks* ranks = nullptr;

  /// The gradient and the loss of the whole batch, from those of this rank's share.
  double add_other_ranks(Tensor& gradient, double loss) const {
    if (!ranks) return loss;
    const auto count = gradient.numel();
    auto both = torch::cat({gradient, torch::full({1}, loss)});
    add_over_ranks({both.data_ptr<float>(), static_cast<std::size_t>(count + 1)}, ranks);
    gradient.copy_(both.narrow(0, 0, count));
    return both.data_ptr<float>()[count];
  }

  double learn_part(Replica& replica, std::span<const Features* const> features, std::span<const Target* const> targets,
                    const Counts& counts) const {
    replica.gradients.zero_();
    const auto heads = replica.net->forward(terrace::to_torch(features, network.shape()));
    const auto loss = loss_of(heads, to_torch(targets, network.shape().depth_bins), weights, counts);
    loss.backward();
    return loss.item<double>();
  }

  void follow(const Tensor& gradient, double learning_rate) {
    ++steps;
    mean.mul_(beta1).add_(gradient, 1 - beta1);
    square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const double bias1 = 1 - std::pow(beta1, steps), bias2 = 1 - std::pow(beta2, steps);
    values.addcmul_(values, decay, -learning_rate);
    values.addcdiv_(mean, (square / bias2).sqrt_().add_(epsilon), -learning_rate / bias1);
  }
};

Trainer::Trainer(Network& network, double weight_decay, int threads, const LossWeights& weights)
    : state_(new State{network, weights, {}, {}, {}, {}, {}}) {
  const torch::NoGradGuard no_gradients;
  const auto& net = network.state().net;
  state_->values = flat_weights(net);
  state_->decay = flat_decay(net, weight_decay);
  state_->mean = torch::zeros({weight_count(net)});
  state_->square = torch::zeros({weight_count(net)});
  state_->replicas.push_back(replica_on(state_->values, net));
  for (int i = 1; i < threads; ++i)
    state_->replicas.push_back(replica_on(state_->values, InterfaceNet(network.shape())));
}

Trainer::~Trainer() = default;

void Trainer::share_with(const Ranks* ranks) { state_->ranks = ranks; }

double Trainer::step(std::span<const Features* const> features, std::span<const Target* const> targets,
                     double learning_rate) {
  auto& s = *state_;
  const auto counts = count(targets);
  const auto own = targets.subspan(share_of(std::ssize(targets), s.ranks).first, features.size());
  const auto n = std::ssize(features), parts = std::min(n, std::ssize(s.replicas));
  std::vector<double> losses(parts);
  parallel_for(parts, static_cast<int>(parts), [&](std::int64_t i) {
    const auto first = i * n / parts, size = (i + 1) * n / parts - first;
    losses[i] = s.learn_part(s.replicas[i], features.subspan(first, size), own.subspan(first, size), counts);
  });
  const torch::NoGradGuard no_gradients;
  auto& gradient = s.replicas[0].gradients;
  if (parts == 0) gradient.zero_();
  for (std::int64_t i = 1; i < parts; ++i) gradient.add_(s.replicas[i].gradients);
  const double loss = s.add_other_ranks(gradient, std::accumulate(losses.begin(), losses.end(), 0.0));
  const double length = gradient.norm().item<double>();
  if (length > longest_gradient) gradient.mul_(longest_gradient / length);
  s.follow(gradient, learning_rate);
  return loss;
}

double Trainer::loss(std::span<const Features* const> features, std::span<const Target* const> targets) const {
  const torch::NoGradGuard no_gradients;
  const auto& shape = state_->network.shape();
  const auto heads = state_->network.state().net->forward(terrace::to_torch(features, shape));
  return loss_of(heads, to_torch(targets, shape.depth_bins), state_->weights, count(targets)).item<double>();
}

namespace {

std::vector<float> numbers_of(const Tensor& flat) {
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace

void Trainer::add_state(const std::string& prefix, TensorFile& file) const {
  file.add(prefix + "mean", numbers_of(state_->mean));
  file.add(prefix + "square", numbers_of(state_->square));
  file.record[prefix + "steps"] = state_->steps;
}

void Trainer::set_state(const std::string& prefix, const TensorFile& file) {
  auto& s = *state_;
  std::ranges::copy(file.at(prefix + "mean", s.mean.numel()).values, s.mean.data_ptr<float>());
  std::ranges::copy(file.at(prefix + "square", s.square.numel()).values, s.square.data_ptr<float>());
  s.steps = file.record.at(prefix + "steps").get<std::int64_t>();
}

}  // namespace terrace
