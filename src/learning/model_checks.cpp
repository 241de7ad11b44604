#include "learning/model_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

bool is(const Image& image, std::int64_t rows, std::int64_t columns) {
  return image.extent(0) == rows && image.extent(1) == columns;
}

/// Of the layers that grow with the shape, one member's.
std::int64_t fewest_weights(const NetworkShape& s) {
  const std::int64_t width = s.width;
  return (s.components + s.positions + width + s.blocks * 4 * width) * width;
}

std::int64_t numbers_in(const TensorFile& file) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : file.tensors) count += std::ssize(tensor.values);
  return count;
}

void refuse(const std::string& what) {
  throw FileError(fmt::format("its {} cannot be: the file is damaged, or was not made by 'terrace train'.", what));
}

template <class Numbers, class Possible>
void demand(const Numbers& numbers, const char* what, const Possible& possible) {
  if (!std::ranges::all_of(numbers, [&](double x) { return std::isfinite(x) && possible(x); })) refuse(what);
}

bool anything(double) { return true; }
bool positive(double x) { return x > 0; }
bool not_negative(double x) { return x >= 0; }
bool is_share(double x) { return x > 0 && x <= 1; }

void check(const Preprocessing& p) {
  demand(p.mean, "mean patterns", not_negative);
  demand(p.variance, "variances", not_negative);
  demand(p.condition_mean, "mean conditions", anything);
  demand(p.condition_scale, "scales of conditions", positive);
  demand(std::array{p.least_noise}, "least noise", positive);
  demand(std::array{p.unexplained}, "unexplained variance", not_negative);
}

void check(const Calibration& c) {
  demand(std::array{c.class_temperature, c.depth_temperature, c.step_count_temperature}, "temperatures", positive);
  demand(std::array{c.interval_share, c.half_interval_share}, "shares of intervals", is_share);
  demand(c.error_scale, "scales of errors", not_negative);
}

}  // namespace

void refuse_sizes(const Preprocessing& p, const NetworkShape& shape, const TensorFile& file) {
  const std::int64_t pixels = std::int64_t{p.grid.pixels} * p.grid.pixels, positions = p.positions();
  const bool whole = is(p.mean, positions, pixels) && is(p.basis, p.components(), pixels) &&
                     p.condition_mean.size() == 5 && p.condition_scale.size() == 5 && shape.positions == positions &&
                     shape.along == p.grid.along && shape.components == p.components() &&
                     shape.conditions == p.conditions() && fewest_weights(shape) <= numbers_in(file);
  if (!whole) throw FileError("the sizes in its record do not agree with its numbers");
}

void refuse_impossible_numbers(const Model& model, const TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors) demand(tensor.values, name.c_str(), anything);
  check(model.preprocessing);
  for (const auto& entry : model.calibration.entries) {
    demand(std::array{entry.electrons_per_pattern}, "doses of the calibration", not_negative);
    check(entry.calibration);
  }
  demand(std::array{model.cloud.unit, model.residual_limit}, "limits of what is known", positive);
}

}  // namespace terrace
