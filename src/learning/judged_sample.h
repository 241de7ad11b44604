// A sample beside what was said of it, and the small questions that measures ask of the two.
#pragma once

#include "dataset/prediction.h"
#include "dataset/sample.h"

namespace terrace {

struct JudgedSample {
  Labels labels;
  Conditions conditions;
  Origin origin;
  Prediction prediction;
};

/// The probability of the answered class.
double confidence_of(const JudgedSample& sample);
bool class_is_right(const JudgedSample& sample);

bool is_rough_or_diffuse(const JudgedSample& sample);
/// Which of rough and diffuse is the likelier one, whatever else was thought likely.
bool rough_is_told_from_diffuse(const JudgedSample& sample);

/// Exactly one step counts: the samples on which depth and direction are judged.
bool has_single_step(const JudgedSample& sample);
bool direction_is_right(const JudgedSample& sample);
double depth_error_nm(const JudgedSample& sample);
/// |answered − true depth| in whole cells.
long depth_error_cells(const JudgedSample& sample);
/// True depth over true thickness.
double step_place(const JudgedSample& sample);

/// Whether the true depth lies in the 90 % interval; as depths are whole cells, the truth is spread over its cell by a
/// number drawn from the sample's index (see depth_rank).
bool interval_covers(const JudgedSample& sample);

/// Whether the answer is nearer to the mirror image of the truth (thickness − z, −h) than to (z, +h): the answer has
/// the wrong direction and lies within one cell of the mirrored depth, but not of the true one.
bool is_mirror_answer(const JudgedSample& sample);

}  // namespace terrace
