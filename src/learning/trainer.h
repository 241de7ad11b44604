// One network learning: the loss of a batch and a step of AdamW. trainer.cpp is the second and last file that includes
// torch.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "learning/all_reduce.h"
#include "learning/network.h"
#include "learning/sample_source.h"

namespace terrace {

/// What the network is to say of one sample.
struct Target {
  int interface_class = 0;
  std::vector<float> depth;  ///< smoothed share of each depth bin, sums to 1; empty without a step
  float up = 0;              ///< 1 where the step's height is positive
  float sigma_a = 0, sigma_b = 0;
};

/// The target of `labels`; the depth is spread over its neighbours by a Gaussian of `smoothing_cells` (0: none).
Target target_of(const Labels& labels, int depth_bins, double smoothing_cells);

/// Weights of the parts of the loss: cross-entropy of the class, of the depth and the direction where there is a step,
/// Gaussian negative log-likelihood of the widths.
struct LossWeights {
  double interface_class = 1, depth = 1, direction = 0.3, widths = 0.2;
};

/// AdamW (Loshchilov & Hutter, ICLR 2019) over all weights as one flat vector, gradients clipped to length 1; biases
/// and norms do not decay. Borrows the network.
class Trainer {
 public:
  Trainer(Network& network, double weight_decay, int threads = 1, const LossWeights& weights = {});
  ~Trainer();

  /// From now on each step is one of all `ranks`, which must outlive this.
  void share_with(const Ranks* ranks);
  /// Learns from one batch and returns its loss before the step. `targets` are of the whole batch, `features` of this
  /// rank's share of it (all_reduce.h).
  double step(std::span<const Features* const> features, std::span<const Target* const> targets, double learning_rate);
  /// The mean loss of a batch, without learning.
  double loss(std::span<const Features* const> features, std::span<const Target* const> targets) const;

  /// Moments and step count, for a checkpoint.
  void add_state(const std::string& prefix, TensorFile& file) const;
  void set_state(const std::string& prefix, const TensorFile& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace terrace
