#include "learning/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/threads.h"
#include "dataset/depth_distribution.h"
#include "learning/augmentation.h"

namespace terrace {
namespace {

// Beyond the 99th percentile of known samples there is no answer: patterns of other programs, at 1.7 to 3.9 of it, are
// read with depths up to 1 nm off, or 3 by another training (docs/guide/reading_a_scan.md).
constexpr double strange_distance = 1.0;
/// A thickness known worse than in training by more than this is noted: half a cell.
constexpr double noted_thickness_error_nm = 0.2;

void fill_regressions(const Answer& answer, Prediction& p) {
  const auto& [sigma_a, sigma_b, offset, thickness_excess, film_cell] = answer.values;
  const auto& [sigma_a_error, sigma_b_error, offset_error, thickness_error, film_cell_error] = answer.errors;
  p.sigma_a_cells = sigma_a, p.sigma_a_error = sigma_a_error;
  p.sigma_b_cells = sigma_b, p.sigma_b_error = sigma_b_error;
  p.interface_offset_cells = offset, p.interface_offset_error = offset_error;
  p.estimated_thickness_nm = p.thickness_nm + thickness_excess, p.estimated_thickness_error = thickness_error;
  p.film_cell_angstrom = film_cell, p.film_cell_error = film_cell_error;
}

void fill_depths(const Answer& answer, const Calibration& calibration, Prediction& prediction) {
  prediction.depth_probability = answer.depth_probability;
  prediction.depth_bin_nm = depth_cell_nm;
  const auto depth = [&](double share) {
    return depth_cell_nm * std::max(0.0, depth_quantile(answer.depth_probability, share));
  };
  prediction.depth_nm = depth(0.5);
  prediction.depth_low_nm = depth(0.5 - 0.5 * calibration.interval_share);
  prediction.depth_high_nm = depth(0.5 + 0.5 * calibration.interval_share);
  prediction.depth_half_low_nm = depth(0.5 - 0.5 * calibration.half_interval_share);
  prediction.depth_half_high_nm = depth(0.5 + 0.5 * calibration.half_interval_share);
}

void fill_answer(const Answer& answer, const Calibration& calibration, Prediction& prediction) {
  prediction.class_probability = answer.class_probability;
  fill_depths(answer, calibration, prediction);
  prediction.step_height_probability_up = answer.up;
  prediction.step_count_probability = answer.step_count_probability;
  fill_regressions(answer, prediction);
}

double strangeness_of_thickness(const Model& model, const Prediction& prediction) {
  return model.domain.strangeness_of_thickness(prediction.estimated_thickness_nm, prediction.estimated_thickness_error);
}

void judge_domain(const Model& model, const Conditions& conditions, Prediction& prediction) {
  prediction.reasons = model.domain.objections(conditions, prediction.covered_share);
  prediction.abstains = !prediction.reasons.empty();
  if (!(prediction.out_of_domain <= strange_distance)) {
    prediction.abstains = true;
    const auto& known = model.domain.true_thickness_nm;
    prediction.reasons.push_back(
        strangeness_of_thickness(model, prediction) > strange_distance
            ? fmt::format(
                  "Told {:.1f} nm, the model finds a lamella of {:.1f} nm; it was trained on {:.1f} to {:.1f} nm.",
                  prediction.thickness_nm, prediction.estimated_thickness_nm, known.low, known.high)
            : fmt::format("The patterns differ from all that the model was trained on (distance {:.2f}, 99 % of known "
                          "samples stay below 1).",
                          prediction.out_of_domain));
  }
  const double error = conditions.thickness_error_nm, trained = model.preprocessing.trained_thickness_error_nm();
  if (model.preprocessing.use_conditions == "all" && error > trained + noted_thickness_error_nm)
    prediction.reasons.push_back(fmt::format(
        "The thickness is known to ± {:.2g} nm; the model was trained with ± {:.2g} nm, and its depth goes with it.",
        error, trained));
}

Prediction prediction_of(const Model& model, const Features& features, const Conditions& conditions,
                         std::span<const NetworkOutput> outputs) {
  Prediction prediction;
  prediction.thickness_nm = conditions.thickness_nm;
  const auto calibration = model.calibration.at(conditions.electrons_per_pattern);
  fill_answer(combine(outputs, calibration), calibration, prediction);
  const double covered = std::accumulate(features.covered.begin(), features.covered.end(), 0.0);
  prediction.covered_share = covered / static_cast<double>(features.covered.size());
  prediction.out_of_domain =
      std::max({model.cloud.distance(outputs[0].description), std::max(0.0, features.residual) / model.residual_limit,
                strangeness_of_thickness(model, prediction)});
  judge_domain(model, conditions, prediction);
  prediction.summary = summary_of(prediction);
  return prediction;
}

}  // namespace

Prediction Model::predict(const Sample& sample) const { return predict(std::span(&sample, 1))[0]; }

std::vector<Prediction> Model::predict(std::span<const Sample> samples, int threads) const {
  std::vector<BothWays> features(samples.size());
  parallel_for(std::ssize(samples), threads, [&](std::int64_t i) {
    features[i] = {preprocessing.apply(samples[i]), preprocessing.apply(mirrored(samples[i]))};
  });
  const auto outputs = outputs_of(members, features, threads);
  std::vector<Prediction> predictions;
  for (std::size_t i = 0; i < samples.size(); ++i)
    predictions.push_back(prediction_of(*this, features[i][0], samples[i].conditions, outputs[i]));
  return predictions;
}

std::string summary_of(const Prediction& p) {
  const auto found = static_cast<int>(most_probable_class(p));
  const auto sentence = fmt::format("{} ({:.0f} %): {}.", interface_class_names[found],
                                    100 * p.class_probability[found], finding_in_words(p));
  return p.abstains ? "No answer: the scan lies outside what the model was trained on. It would say: " + sentence
                    : static_cast<char>(sentence[0] - 'a' + 'A') + sentence.substr(1);
}

nlohmann::ordered_json label_definitions() {
  return {{"abrupt", "no step and no mixing beyond the recipe's thresholds"},
          {"rough", "a buried step along the beam, cations not mixed"},
          {"diffuse", "cations mixed, no step"},
          {"both", "a buried step and mixed cations"},
          {"depth_bin", "bin i is centred on i cells of 0.3905 nm below the entrance surface"},
          {"up", "the substrate advances towards the film below the step"},
          {"step_count", "steps along the beam, none to two; with two, depths share the distribution"},
          {"sigma", "second moment of the composition profile, in substrate cells"},
          {"interface_offset", "projected mean boundary minus the registered A-plane, in substrate cells"},
          {"thickness", "of the crystalline lamella, nm"},
          {"film_cell", "lattice parameter of the film across the interface, angstrom"}};
}

}  // namespace terrace
