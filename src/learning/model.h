// A trained model: everything that turns a sample into a prediction, in one file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "dataset/prediction.h"
#include "learning/domain.h"
#include "learning/dose_calibration.h"
#include "learning/network.h"
#include "learning/preprocessing.h"

namespace terrace {

/// Networks, preprocessing, calibration and domain. `record` holds what a reader wants to know and predict does not:
/// label definitions, settings, seed, recipe (name, hash), program version, learning curve, evaluation.
struct Model {
  Preprocessing preprocessing;
  std::vector<Network> members;
  DoseCalibration calibration;
  Domain domain;
  Cloud cloud;
  double residual_limit = 1;  ///< 99 % of the calibration samples' residuals stay below
  nlohmann::ordered_json record;

  /// Throws FileError where the file is missing, damaged, foreign or of another version.
  static Model load(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;

  /// The mean over the members, and over the scan and its mirror image along the interface. Throws InputError where the
  /// sample does not fit the model's grid. Abstains, with reasons, where the conditions lie outside the domain, too
  /// little of the grid is covered or the patterns resemble nothing that was trained on.
  Prediction predict(const Sample& sample) const;
  std::vector<Prediction> predict(std::span<const Sample> samples, int threads = 1) const;
};

/// "Rough (97 %): …", one plain sentence.
std::string summary_of(const Prediction& prediction);

/// What each class and label means, in words: travels in the model file.
nlohmann::ordered_json label_definitions();

}  // namespace terrace
