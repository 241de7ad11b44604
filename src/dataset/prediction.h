// What a network (or the inversion) says about one interface: plain numbers, no torch, all that the report needs.
#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dataset/sample.h"

namespace terrace {

struct Prediction {
  std::array<double, 4> class_probability{};  ///< order of InterfaceClass
  std::vector<double> depth_probability;      ///< bin i is centred on i cells of depth; sums to 1 (given a step)
  double depth_bin_nm = 0.3905;
  double depth_nm = 0;                                   ///< median of the distribution
  double depth_low_nm = 0, depth_high_nm = 0;            ///< 90 % interval
  double depth_half_low_nm = 0, depth_half_high_nm = 0;  ///< 50 % interval
  double step_height_probability_up = 0.5;  ///< probability that the (first) step's height is positive, given a step
  std::array<double, 3> step_count_probability{};  ///< of no step, one, two
  double sigma_a_cells = 0, sigma_a_error = 0;
  double sigma_b_cells = 0, sigma_b_error = 0;
  double interface_offset_cells = 0, interface_offset_error = 0;  ///< mean boundary minus the registered A-plane
  double film_cell_angstrom = 0, film_cell_error = 0;
  double thickness_nm = 0;                                           ///< the thickness that was given
  double estimated_thickness_nm = 0, estimated_thickness_error = 0;  ///< what the patterns say, given that
  double covered_share = 1;                                          ///< of the standard grid's positions
  double out_of_domain = 0;  ///< distance from the training set; 1 = its 99th percentile
  bool abstains = false;
  std::vector<std::string> reasons;  ///< why it abstains or what to be wary of
  std::string summary;               ///< one plain sentence
};

/// No answer, because of `why` ("Cannot tell: why"), for all the `reasons`.
Prediction withheld(const std::string& why, std::vector<std::string> reasons);

/// The class of highest probability.
InterfaceClass most_probable_class(const Prediction& prediction);
/// What is said of the interface, as part of a sentence: "a step 6.4 nm below the entrance surface …".
std::string finding_in_words(const Prediction& prediction);

nlohmann::ordered_json to_json(const Prediction& prediction);
Prediction prediction_from_json(const nlohmann::ordered_json& json);

/// The answer for a stretch along the interface, in Å of the scan frame. A map is a list of them, in order.
struct StretchPrediction {
  double from_angstrom = 0, to_angstrom = 0;
  Prediction prediction;
};

/// Both ends, then what the prediction holds.
nlohmann::ordered_json to_json(const StretchPrediction& stretch);
StretchPrediction stretch_prediction_from_json(const nlohmann::ordered_json& json);

}  // namespace terrace
