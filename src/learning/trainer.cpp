#include "learning/trainer.h"

#include <torch/utils.h>

#include <cmath>
#include <numeric>

#include "core/threads.h"
#include "learning/torch_loss.h"

namespace terrace {

using torch::Tensor;

namespace {

constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8, longest_gradient = 1.0;

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
  TrainerSettings settings;
  std::vector<Replica> replicas;
  Tensor values, decay, mean, square;
  std::int64_t steps = 0;
  const Ranks* ranks = nullptr;

  /// The gradient and the loss of the whole batch, from those of this rank's share.
  double add_other_ranks(Tensor& gradient, double loss) const {
    if (!ranks || ranks->count() == 1) return loss;
    const auto count = gradient.numel();
    auto both = torch::cat({gradient, torch::full({1}, loss)});
    add_over_ranks({both.data_ptr<float>(), static_cast<std::size_t>(count + 1)}, ranks);
    gradient.copy_(both.narrow(0, 0, count));
    return both.data_ptr<float>()[count];
  }

  double learn_part(Replica& replica, std::span<const Features* const> features, std::span<const Target* const> targets,
                    const TargetCounts& counts) const {
    replica.gradients.zero_();
    const auto heads = replica.net->forward(to_torch(features, network.shape()));
    const auto loss = loss_of(heads, targets, settings.weights, counts);
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

Trainer::Trainer(Network& network, const TrainerSettings& settings)
    : state_(new State{network, settings, {}, {}, {}, {}, {}}) {
  const torch::NoGradGuard no_gradients;
  const auto& net = network.state().net;
  state_->values = flat_weights(net);
  state_->decay = flat_decay(net, settings.weight_decay);
  state_->mean = torch::zeros({weight_count(net)});
  state_->square = torch::zeros({weight_count(net)});
  state_->replicas.push_back(replica_on(state_->values, net));
  for (int i = 1; i < settings.threads; ++i)
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
