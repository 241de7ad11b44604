// A model file as something that reads scans.
#pragma once

#include "commands/invert.h"
#include "commands/trials.h"

namespace terrace {

// Both throw FileError as Model::load does.

NetworkReading open_model(const std::filesystem::path& model);

/// Named by the file and its checksum. Its grid has to be that of the trials.
TrialNetwork open_trial_network(const std::filesystem::path& model);

}  // namespace terrace
