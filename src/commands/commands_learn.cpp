// The commands of the program `terrace-learn`, which alone links libtorch.
#include "commands/command.h"

namespace terrace {

std::vector<Command> commands() {
  return {
      {"train", "train a network on a data set", add_train},
      {"evaluate", "measure a network on held-out families", add_evaluate},
      {"predict", "read the interface from a 4D-STEM file", add_predict},
  };
}

}  // namespace terrace
