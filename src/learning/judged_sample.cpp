#include "learning/judged_sample.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "learning/model.h"
#include "learning/sample_source.h"

namespace terrace {

double confidence_of(const JudgedSample& s) { return *std::ranges::max_element(s.prediction.class_probability); }

bool class_is_right(const JudgedSample& s) { return most_probable_class(s.prediction) == s.labels.interface_class; }

bool is_rough_or_diffuse(const JudgedSample& s) {
  const auto truth = s.labels.interface_class;
  return truth == InterfaceClass::rough || truth == InterfaceClass::diffuse;
}

bool rough_is_told_from_diffuse(const JudgedSample& s) {
  const auto& p = s.prediction.class_probability;
  return (p[1] > p[2]) == (s.labels.interface_class == InterfaceClass::rough);
}

bool has_single_step(const JudgedSample& s) { return has_step(s.labels) && s.labels.step_count == 1; }

bool direction_is_right(const JudgedSample& s) {
  return (s.prediction.step_height_probability_up >= 0.5) == (s.labels.step_height_cells > 0);
}

double depth_error_nm(const JudgedSample& s) { return std::abs(s.prediction.depth_nm - s.labels.step_depth_nm); }

long depth_error_cells(const JudgedSample& s) {
  return std::abs(std::lround(s.prediction.depth_nm / s.prediction.depth_bin_nm) -
                  std::lround(s.labels.step_depth_cells));
}

double step_place(const JudgedSample& s) { return s.labels.step_depth_nm / s.labels.thickness_nm; }

bool interval_covers(const JudgedSample& s) {
  const auto& p = s.prediction;
  const double place = Random(0x706c616365, {static_cast<std::uint64_t>(s.origin.index)}).uniform() - 0.5;
  const double spread = std::max(0.0, (std::round(s.labels.step_depth_cells) + place) * p.depth_bin_nm);
  return spread >= p.depth_low_nm && spread <= p.depth_high_nm;
}

bool is_mirror_answer(const JudgedSample& s) {
  const double mirrored = s.labels.thickness_nm - s.labels.step_depth_nm;
  return !direction_is_right(s) && depth_error_cells(s) > 1 &&
         std::abs(s.prediction.depth_nm - mirrored) < 1.5 * s.prediction.depth_bin_nm;
}

}  // namespace terrace
