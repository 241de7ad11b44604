// The commands of the program `terrace-learn`, which alone links libtorch.
#include "commands/invert.h"
#include "commands/network_reading.h"
#include "commands/trials.h"

namespace terrace {

std::vector<Command> commands() {
  return {
      {"trials", trials_summary, [](CLI::App& app) { add_trials(app, open_trial_network); }},
      {"train", "train a network on a data set", add_train},
      {"evaluate", "measure a network on held-out families", add_evaluate},
      {"predict", "read the interface from a 4D-STEM file", add_predict},
      {"invert", invert_summary, [](CLI::App& app) { add_invert(app, open_model); }},
  };
}

}  // namespace terrace
