#include "inversion/suggestion.h"

#include <fmt/format.h>

#include <algorithm>

namespace terrace {

namespace {

bool sees_step(const Prediction& prediction) {
  const auto seen = most_probable_class(prediction);
  return seen == InterfaceClass::rough || seen == InterfaceClass::both;
}

}  // namespace

std::optional<Hypothesis> step_of(const Prediction& prediction) {
  const auto& depths = prediction.depth_probability;
  if (prediction.abstains || !sees_step(prediction) || depths.empty()) return std::nullopt;
  return Hypothesis{.interface_class = InterfaceClass::rough,
                    .step_depth_cells = static_cast<int>(std::ranges::max_element(depths) - depths.begin()),
                    .step_height_cells = prediction.step_height_probability_up >= 0.5 ? 1 : -1};
}

std::string borne_out(const Prediction& network, const Prediction& fit) {
  if (network.abstains) return "the network said: " + network.summary;
  if (fit.abstains)
    return "the network said: " + network.summary + " The fit's own answer is withheld, and says nothing of it";
  const auto said = static_cast<int>(most_probable_class(network));
  const double probability = fit.class_probability[said];
  const std::string verdict = probability > 0.5    ? "the fit bears it out"
                              : probability > 0.05 ? "the fit neither excludes nor confirms it"
                                                   : "the fit excludes it";
  auto text = fmt::format("the network said {} ({:.0f} %): {} ({:.3g} %)", interface_class_names[said],
                          100 * network.class_probability[said], verdict, 100 * probability);
  if (!sees_step(network) || !sees_step(fit)) return text;
  const double slack = fit.depth_bin_nm / 2;
  if (fit.depth_nm < network.depth_low_nm - slack || fit.depth_nm > network.depth_high_nm + slack)
    text += fmt::format("; but it puts the step at {:.1f} nm, outside the network's {:.1f} to {:.1f}", fit.depth_nm,
                        network.depth_low_nm, network.depth_high_nm);
  if ((network.step_height_probability_up >= 0.5) != (fit.step_height_probability_up >= 0.5))
    text += "; but its step goes the other way";
  return text;
}

}  // namespace terrace
