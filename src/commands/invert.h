// What a network says beside the inversion, and who reads it: only `terrace-learn` can.
#pragma once

#include <filesystem>
#include <functional>

#include "commands/command.h"
#include "core/progress.h"
#include "dataset/prediction.h"
#include "formats/scan.h"
#include "registration/registration.h"

namespace terrace {

inline constexpr const char* invert_summary = "fit every structure to a 4D-STEM file: the step to its cell";

/// A network's answer for a whole scan.
using NetworkReading =
    std::function<Prediction(const Scan& scan, const Registration& registration, const Progress& progress)>;
/// Loads a model file; throws FileError.
using OpenModel = NetworkReading (*)(const std::filesystem::path& model);

/// `open_model` may be null in a program that never sees --model.
void add_invert(CLI::App& app, OpenModel open_model);

}  // namespace terrace
