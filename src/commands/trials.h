// Trials of the inversion, beside a network if one is asked: only `terrace-learn` can.
#pragma once

#include <filesystem>

#include "commands/command.h"
#include "inversion/trial.h"

namespace terrace {

inline constexpr const char* trials_summary = "invert simulated scans of known truth: how often the inversion is right";

/// Loads a model file; throws FileError.
using OpenTrialNetwork = TrialNetwork (*)(const std::filesystem::path& model);

/// `open_network` may be null in a program that never sees --model.
void add_trials(CLI::App& app, OpenTrialNetwork open_network);

}  // namespace terrace
