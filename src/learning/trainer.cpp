#include "learning/trainer.h"

#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <cmath>

#include "learning/linear_algebra.h"
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

Tensor loss_of(const TorchHeads& heads, const TorchTargets& targets, const LossWeights& weights) {
  namespace F = torch::nn::functional;
  const auto steps = targets.stepped.sum().clamp_min(1);
  const auto class_loss = F::cross_entropy(heads.class_logits, targets.interface_class);
  const auto depth_loss = -(targets.depth * heads.depth_logits.log_softmax(1)).sum() / steps;
  const auto up_loss =
      (torch::binary_cross_entropy_with_logits(heads.up_logit, targets.up, {}, {}, at::Reduction::None) *
       targets.stepped)
          .sum() /
      steps;
  const auto error = heads.sigma - targets.sigma;
  const auto width_loss = (0.5 * (error * error * (-heads.sigma_log_variance).exp() + heads.sigma_log_variance)).mean();
  return weights.interface_class * class_loss + weights.depth * depth_loss + weights.direction * up_loss +
         weights.widths * width_loss;
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

struct Trainer::State {
  Network& network;
  LossWeights weights;
  Tensor values, gradients, decay, mean, square;
  std::int64_t steps = 0;
};

// Every weight becomes a view of one flat vector, its gradient of another, so that a step is a few passes over memory.
Trainer::Trainer(Network& network, double weight_decay, const LossWeights& weights)
    : state_(new State{network, weights, {}, {}, {}, {}, {}}) {
  const torch::NoGradGuard no_gradients;
  const auto parameters = network.state().net->parameters();
  std::int64_t count = 0;
  for (const auto& parameter : parameters) count += parameter.numel();
  for (auto* flat : {&state_->values, &state_->gradients, &state_->decay, &state_->mean, &state_->square})
    *flat = torch::zeros({count});
  std::int64_t start = 0;
  for (auto parameter : parameters) {
    const auto size = parameter.numel();
    auto view = state_->values.narrow(0, start, size).view(parameter.sizes());
    view.copy_(parameter);
    parameter.set_data(view);
    parameter.mutable_grad() = state_->gradients.narrow(0, start, size).view(parameter.sizes());
    if (parameter.dim() > 1) state_->decay.narrow(0, start, size).fill_(weight_decay);
    start += size;
  }
}

Trainer::~Trainer() = default;

double Trainer::step(std::span<const Features* const> features, std::span<const Target* const> targets,
                     double learning_rate) {
  auto& s = *state_;
  const auto& shape = s.network.shape();
  s.gradients.zero_();
  const auto heads = s.network.state().net->forward(terrace::to_torch(features, shape));
  const auto loss = loss_of(heads, to_torch(targets, shape.depth_bins), s.weights);
  loss.backward();
  const torch::NoGradGuard no_gradients;
  const double length = s.gradients.norm().item<double>();
  if (length > longest_gradient) s.gradients.mul_(longest_gradient / length);
  ++s.steps;
  s.mean.mul_(beta1).add_(s.gradients, 1 - beta1);
  s.square.mul_(beta2).addcmul_(s.gradients, s.gradients, 1 - beta2);
  const double bias1 = 1 - std::pow(beta1, s.steps), bias2 = 1 - std::pow(beta2, s.steps);
  s.values.addcmul_(s.values, s.decay, -learning_rate);
  s.values.addcdiv_(s.mean, (s.square / bias2).sqrt_().add_(epsilon), -learning_rate / bias1);
  return loss.item<double>();
}

double Trainer::loss(std::span<const Features* const> features, std::span<const Target* const> targets) const {
  const torch::NoGradGuard no_gradients;
  const auto& shape = state_->network.shape();
  const auto heads = state_->network.state().net->forward(terrace::to_torch(features, shape));
  return loss_of(heads, to_torch(targets, shape.depth_bins), state_->weights).item<double>();
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

void set_learning_threads(int threads) {
  torch::set_num_threads(threads);
  set_blas_threads(threads);
}

}  // namespace terrace
