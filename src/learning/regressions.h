// The numbers that the network estimates beside class and depth, one line each.
#pragma once

#include <array>
#include <limits>
#include <string_view>

#include "dataset/sample.h"

namespace terrace {

/// The network answers (value − middle) / scale, so that all of them are about 1. No answer lies below `least`.
struct Regression {
  const char* name;
  const char* unit;
  double middle, scale, least;
  double (*truth)(const Labels& labels, const Conditions& conditions);
};

namespace regressions_detail {
inline constexpr double anything = -std::numeric_limits<double>::infinity();
}

/// Their order is that of the network's outputs. The thickness is estimated as what it exceeds the measured one by.
inline constexpr std::array regressions = {
    Regression{"sigma_a", "cells", 0, 1, 0, [](const Labels& l, const Conditions&) { return l.sigma_a_cells; }},
    Regression{"sigma_b", "cells", 0, 1, 0, [](const Labels& l, const Conditions&) { return l.sigma_b_cells; }},
    Regression{"interface_offset", "cells", 0, 0.3, regressions_detail::anything,
               [](const Labels& l, const Conditions&) { return l.interface_offset_cells; }},
    Regression{"thickness_excess", "nm", 0, 1, regressions_detail::anything,
               [](const Labels& l, const Conditions& c) { return l.thickness_nm - c.thickness_nm; }},
    Regression{"film_cell", "angstrom", 3.75, 0.025, 0,
               [](const Labels& l, const Conditions&) { return l.film_cell_angstrom; }},
};
inline constexpr int regression_count = regressions.size();
inline constexpr int thickness_excess = 3;  ///< its place among them
static_assert(std::string_view(regressions[thickness_excess].name) == "thickness_excess");

/// The truth as the network is to answer it.
inline float standardised(const Regression& r, const Labels& labels, const Conditions& conditions) {
  return static_cast<float>((r.truth(labels, conditions) - r.middle) / r.scale);
}

/// One number for each regression.
using RegressionValues = std::array<double, regression_count>;

}  // namespace terrace
