// A forecast as a file.
#pragma once

#include <nlohmann/json.hpp>

#include "inversion/experiment_forecast.h"

namespace terrace {

/// The whole file, docs/formats.md. A dose that is never reached is null; a question that does not arise is left out.
nlohmann::ordered_json forecast_json(const Recipe& recipe, const ExperimentForecast& forecast);

}  // namespace terrace
