// What was to be expected of a scan beside what its inversion came to.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "inversion/forecast.h"
#include "inversion/search.h"

namespace terrace {

/// One question about the best structure, against its hardest rival: ln of the likelihood ratio that a scan of this
/// dose was to reach (it scatters by √(2 · expected)), and that of the evidence, which it did reach.
struct ForecastBeside {
  NamedRival::Question question = NamedRival::Question::adjacent;
  double settling_electrons = 0;  ///< a pattern; most_electrons where no dose does
  double expected_ratio = 0;
  std::optional<double> reached_ratio;  ///< over the best candidate of that kind; empty where none was tried, more than
                                        ///< is true where its fit was given up far behind
};

/// The questions that arise: none where the best structure has no rivals (forecast.h). Its circumstances are taken as
/// the truth; of the scan counts what is compared in `observed`. Propagates each rival once.
std::vector<ForecastBeside> forecast_beside(const ForwardModel& model, const Findings& findings,
                                            const Observation& observed);

nlohmann::ordered_json to_json(const ForecastBeside& one);

}  // namespace terrace
