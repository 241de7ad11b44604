// Mean and median of plain numbers.
#pragma once

#include <vector>

#include "core/array.h"

namespace terrace {

/// 0 where there are none.
double mean_of(const Array<double, 2>& image);

/// The upper of the middle two where their number is even; `values` must not be empty.
double median(std::vector<double> values);

}  // namespace terrace
