// A model file as something that reads scans.
#pragma once

#include "commands/invert.h"

namespace terrace {

/// Throws FileError as Model::load does.
NetworkReading open_model(const std::filesystem::path& model);

}  // namespace terrace
