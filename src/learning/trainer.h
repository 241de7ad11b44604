// One network learning: steps of AdamW down the loss of a batch. Nothing of torch shows here.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "learning/all_reduce.h"
#include "learning/network.h"
#include "learning/target.h"

namespace terrace {

/// Weights of the parts of the loss: cross-entropy of the class, of the depth and the direction where there is a step,
/// of the number of steps; Gaussian negative log-likelihood of the thickness and of each other regression.
struct LossWeights {
  double interface_class = 1, depth = 1, direction = 0.3, step_count = 0.3, regression = 0.1, thickness = 0.1;
};
inline constexpr LossWeights class_alone = {1, 0, 0, 0, 0, 0};

struct TrainerSettings {
  double weight_decay = 0.05;
  int threads = 1;
  LossWeights weights = {};
};

/// The mean loss of a batch.
double loss_of(const Network& network, std::span<const Features* const> features,
               std::span<const Target* const> targets, const LossWeights& weights = {});

/// AdamW (Loshchilov & Hutter, ICLR 2019) over all weights as one flat vector, gradients clipped to length 1; biases
/// and norms do not decay. Borrows the network.
class Trainer {
 public:
  Trainer(Network& network, const TrainerSettings& settings);
  ~Trainer();

  /// From now on each step is one of all `ranks`, which must outlive this.
  void share_with(const Ranks* ranks);
  /// Learns from one batch and returns its loss before the step. `targets` are of the whole batch, `features` of this
  /// rank's share of it (all_reduce.h).
  double step(std::span<const Features* const> features, std::span<const Target* const> targets, double learning_rate);

  /// Moments and step count, for a checkpoint.
  void add_state(const std::string& prefix, TensorFile& file) const;
  void set_state(const std::string& prefix, const TensorFile& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace terrace
