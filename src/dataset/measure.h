// One figure of merit with its interval: a line of evaluation.json.
#pragma once

#include <string>

namespace terrace {

/// `value` with its 95 % interval from a bootstrap that resamples families; `n` samples (microscope states counted) of
/// `structures` structures in `families` families.
struct Measure {
  std::string name;
  double value = 0, low = 0, high = 0;
  long n = 0, structures = 0, families = 0;
  std::string meaning;  ///< one plain sentence
};

}  // namespace terrace
