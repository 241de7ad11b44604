// The network, without torch in sight: features in, plain numbers out.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "core/settings.h"
#include "learning/preprocessing.h"
#include "learning/regressions.h"
#include "learning/tensor_file.h"

namespace terrace {

/// The sizes from which a network is built.
struct NetworkShape {
  int positions = 32, components = 128, conditions = 17;
  int along = 2;        ///< rows of positions
  int depth_bins = 48;  ///< bin i is centred on a depth of i cells
  int width = 128;      ///< numbers a position
  int blocks = 2;       ///< rounds of exchange between positions
  std::string exchange = "mixer";
  // Defaults are what model files hold that were written before there was a choice.
  std::string steering = "none";
  std::string depth_head = "bins";
  int embedding = 64;  ///< numbers that describe the whole scan to the heads
};

inline auto fields(const NetworkShape*) {
  using F = Field<NetworkShape>;
  using N = NetworkShape;
  return std::array{
      F{"positions", &N::positions, 1, 65536, "positions of the standard grid"},
      F{"components", &N::components, 1, 65536, "principal components of a pattern"},
      F{"along", &N::along, 1, 65536, "rows of positions along the interface"},
      F{"conditions", &N::conditions, 1, 1024, "known numbers beside the patterns"},
      F{"depth_bins", &N::depth_bins, 1, 4096, "depth bins of one cell"},
      F{"width", &N::width, 8, 4096, "numbers that describe a position"},
      F{"blocks", &N::blocks, 0, 64, "rounds of exchange between positions"},
      F{"exchange", &N::exchange, "mixer|attention|convolution|none", "how positions exchange what they saw"},
      F{"steering", &N::steering, "scan|none", "whether all positions together steer what each makes of its pattern"},
      F{"depth_head", &N::depth_head, "mixture|found_mixture|bins",
        "depth as a mixture over the thickest lamella that is possible, over the thickness found, or bin by bin"},
      F{"embedding", &N::embedding, 4, 1024, "numbers that describe the scan"},
  };
}

/// What the network says before calibration; regressions in the network's units.
struct NetworkOutput {
  std::array<double, 4> class_logits{};
  std::vector<double> depth_logits;
  double up_logit = 0;
  std::array<double, 3> step_count_logits{};
  RegressionValues values{}, log_variances{};
  /// The mean over the covered positions of what each makes of its pattern alone: there tilt, focus and thickness still
  /// show, which the answers above are trained to ignore (docs/decisions/how_strange_scans_are_known.md).
  std::vector<double> description;
};

/// Each pattern is encoded by shared weights, steered by the known conditions; positions then exchange what they saw in
/// residual rounds (exchange.h), and a small trunk feeds the heads. Torch and
/// OpenBLAS are held to the calling thread: sharing out the samples of a batch costs less than sharing out each small
/// product.
class Network {
 public:
  /// Random weights that depend on `seed` alone.
  Network(const NetworkShape& shape, std::uint64_t seed);
  ~Network();
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;

  const NetworkShape& shape() const;
  /// One output for each of `batch`, shared out over `threads` threads.
  std::vector<NetworkOutput> forward(std::span<const Features* const> batch, int threads = 1) const;
  /// Every weight under "prefix" + its name. `set_weights` throws FileError where one is missing or has another shape.
  void add_weights(const std::string& prefix, TensorFile& file) const;
  void set_weights(const std::string& prefix, const TensorFile& file);

  struct State;  ///< the torch side, torch_network.h
  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace terrace
