// The whole way from a scan on the standard grid to what it shows: search, posterior, answer.
#pragma once

#include "inversion/answer.h"
#include "inversion/forecast_beside.h"

namespace terrace {

/// What an inversion came to, with all that a report shows of it.
struct Inversion {
  Observation observed;
  Findings findings;
  std::vector<WeighedCandidate> posterior;
  Prediction answer;
  std::vector<ForecastBeside> forecast{};  ///< where it was asked for (`add_forecast`)
};

/// `sample` has the recipe's grid; its conditions say thickness (nm, within `thickness_error_nm`), energy, semi-angle
/// and dose, which `electrons_per_pattern` replaces where it is given. Throws InputError as `observe` and `search` do.
Inversion invert(const Recipe& recipe, const Sample& sample, int threads, const SearchEffort& effort = {},
                 const Progress& progress = {}, double electrons_per_pattern = 0);

/// Sets beside the answer what was to be expected of a scan of this dose.
void add_forecast(const Recipe& recipe, const Sample& sample, int threads, Inversion& inversion);

/// What `invert` usually takes on this machine: seconds with all threads busy, as much as 100 propagations of the whole
/// thickness, as measured (benchmarks/README.md), more where few electrons leave much open; and bytes of memory at
/// most, whatever it tries: two structures' scattering matrices, and the derivatives of six fits.
struct UsualCost {
  double seconds = 0, bytes = 0;
};
UsualCost usual_cost(const Recipe& recipe, const Conditions& conditions, int threads);

/// What is taken as open where the user says nothing: recipes/microscope.toml.
Recipe microscope_recipe();

/// Answer, candidates, circumstances and goodness of fit.
nlohmann::ordered_json to_json(const Inversion& inversion);

}  // namespace terrace
