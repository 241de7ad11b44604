#include "inversion/suggestion.h"

#include <algorithm>

namespace terrace {

std::optional<Hypothesis> step_of(const Prediction& prediction) {
  const auto seen = most_probable_class(prediction);
  const bool stepped = seen == InterfaceClass::rough || seen == InterfaceClass::both;
  const auto& depths = prediction.depth_probability;
  if (prediction.abstains || !stepped || depths.empty()) return std::nullopt;
  return Hypothesis{.interface_class = InterfaceClass::rough,
                    .step_depth_cells = static_cast<int>(std::ranges::max_element(depths) - depths.begin()),
                    .step_height_cells = prediction.step_height_probability_up >= 0.5 ? 1 : -1};
}

}  // namespace terrace
