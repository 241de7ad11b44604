// A measure in slices of something: error over depth, accuracy over thickness.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "dataset/measure.h"
#include "learning/judged_sample.h"

namespace terrace {

/// The measure over the samples between `from` and `to`; `middle` is their mean place.
struct CurvePoint {
  double from = 0, to = 0, middle = 0;
  Measure measure;
};

struct MeasuredCurve {
  std::string name;     ///< "depth_error_over_depth"
  std::string meaning;  ///< one plain sentence
  std::string x_name, y_name;
  std::vector<CurvePoint> points;  ///< empty slices left out
};

/// Equal slices that begin and end at `low` and `high` and go on beyond these as far as there are samples.
std::vector<double> edges_around(double low, double high, int slices, std::span<const double> places);

/// Depth error over depth and mirror confusion over place in the lamella, for single steps.
std::vector<MeasuredCurve> curves_over_depth(std::span<const JudgedSample> judged);

/// What becomes of the answers with thickness: class, twins, depth error, abstention, in slices of the trained range
/// [low_nm, high_nm] and beyond. `judged` may hold samples of several sets.
std::vector<MeasuredCurve> curves_over_thickness(std::span<const JudgedSample> judged, double low_nm, double high_nm);

}  // namespace terrace
