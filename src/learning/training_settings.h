// What a user may say about training: the [training] table of a recipe or of the command line.
#pragma once

#include "core/settings.h"

namespace terrace {

struct TrainingSettings {
  int epochs = 60;
  double time_limit_minutes = 0;
  int batch = 64;
  double learning_rate = 2e-3;
  double weight_decay = 0.05;
  int patience = 0;
  int seed = 1;
  int threads = 2;
  int members = 1;
  double masked_probability = 0.3;
  double masked_share = 0.5;
  std::string augmentation = "mirror";
  double depth_smoothing_cells = 0.7;
  int components = 128;
  int width = 128;
  int blocks = 2;
  int embedding = 64;
  std::string exchange = "mixer";
  std::string steering = "none";
  std::string depth_head = "mixture";
  double class_weight = 1;
  double direction_weight = 0.3;
  double thickness_weight = 0.1;
  std::string input = "patterns";
  std::string use_conditions = "all";
  std::string shuffle_labels = "no";
};

inline auto fields(const TrainingSettings*) {
  using F = Field<TrainingSettings>;
  using T = TrainingSettings;
  return std::array{
      F{"epochs", &T::epochs, 1, 100000, "passes over the training split"},
      F{"time_limit_minutes", &T::time_limit_minutes, 0, 1e6,
        "the schedule ends no later than this, 0 for no limit; with a limit the result depends on the machine's speed"},
      F{"batch", &T::batch, 1, 65536, "samples a step"},
      F{"learning_rate", &T::learning_rate, 0, 1,
        "highest learning rate; a tenth of the run rises to it, then a cosine"},
      F{"weight_decay", &T::weight_decay, 0, 10, "pull of the weights towards zero"},
      F{"patience", &T::patience, 0, 100000, "stop after so many epochs without a better validation loss; 0 for never"},
      F{"seed", &T::seed, 0, 2147483647, "of the first weights, the order and every random change"},
      F{"threads", &T::threads, 1, 1024, "threads; another number rounds differently"},
      F{"members", &T::members, 1, 64, "networks in the ensemble, trained one after the other"},
      F{"masked_probability", &T::masked_probability, 0, 1, "share of samples shown through a window of positions"},
      F{"masked_share", &T::masked_share, 0, 1, "largest share of the columns outside the window"},
      F{"augmentation", &T::augmentation, "mirror|none", "show half of the samples mirrored along the interface"},
      F{"depth_smoothing_cells", &T::depth_smoothing_cells, 0, 10, "width of the depth target"},
      F{"components", &T::components, 1, 65536, "principal components kept of each pattern"},
      F{"width", &T::width, 8, 4096, "numbers that describe a position"},
      F{"blocks", &T::blocks, 0, 64, "rounds of exchange between positions"},
      F{"embedding", &T::embedding, 4, 1024, "numbers that describe the whole scan"},
      F{"exchange", &T::exchange, "mixer|attention|convolution|none", "how positions exchange what they saw"},
      F{"steering", &T::steering, "scan|none", "whether all positions together steer what each makes of its pattern"},
      F{"depth_head", &T::depth_head, "mixture|found_mixture|bins",
        "depth as a mixture over the thickest lamella that is possible, over the thickness found, or bin by bin"},
      F{"class_weight", &T::class_weight, 0, 1000, "of the class in the loss; the depth has 1"},
      F{"direction_weight", &T::direction_weight, 0, 1000, "of the step's direction in the loss"},
      F{"thickness_weight", &T::thickness_weight, 0, 1000, "of the thickness in the loss"},
      F{"input", &T::input, "patterns|totals", "whole patterns, or to see what they are worth the sum of each alone"},
      F{"use_conditions", &T::use_conditions, "all|none",
        "tell the network thickness, energy, angle and dose, or to see what they are worth nothing"},
      F{"shuffle_labels", &T::shuffle_labels, "no|yes",
        "exchange the labels of training and calibration samples at random: what is learnt then must be worthless"},
  };
}

}  // namespace terrace
