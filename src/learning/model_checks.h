// What a model file may hold: it comes from outside, and a network answers whatever its numbers are.
#pragma once

#include "learning/model.h"
#include "learning/tensor_file.h"

namespace terrace {

/// Throws FileError where `shape` does not agree with the preprocessing, or wants more weights than `file` has numbers:
/// before any is allocated.
void refuse_sizes(const Preprocessing& preprocessing, const NetworkShape& shape, const TensorFile& file);

/// Throws FileError where a number of the file is none, or a scale, variance, temperature or share impossible.
void refuse_impossible_numbers(const Model& model, const TensorFile& file);

}  // namespace terrace
