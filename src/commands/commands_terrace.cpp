// The commands of the program `terrace`; those that learn live in `terrace-learn`.
#include "commands/invert.h"
#include "commands/trials.h"

namespace terrace {

std::vector<Command> commands() {
  return {
      {"structure", "build an interface or convert a structure file", add_structure},
      {"simulate", "simulate a 4D-STEM scan of a specimen", add_simulate},
      {"info", "say what a scan file holds", add_info},
      {"convert", "write a scan file in another program's form, or as images", add_convert},
      {"thickness", "read thickness and tilt from a position-averaged pattern", add_thickness},
      {"tailor", "write a recipe for scans like one scan: retrain for your microscope", add_tailor},
      {"dataset", "simulate a labelled data set from a recipe", add_dataset},
      {"limit", "compute what the best possible reader would score on a recipe", add_limit},
      {"trials", trials_summary, [](CLI::App& app) { add_trials(app, nullptr); }, "--model"},
      {"forecast", "before an experiment: the dose that settles questions about a buried step", add_forecast},
      {"train", "train a network on a data set", nullptr},
      {"evaluate", "measure a network on held-out families", nullptr},
      {"predict", "read the interface from a 4D-STEM file", nullptr},
      {"invert", invert_summary, [](CLI::App& app) { add_invert(app, nullptr); }, "--model"},
  };
}

}  // namespace terrace
