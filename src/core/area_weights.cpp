#include "core/area_weights.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"

namespace terrace {

namespace {

struct Interval {
  double low, high;
};

void check(const PixelAxis& axis, const char* name) {
  if (axis.count < 1 || !std::isfinite(axis.pitch) || axis.pitch == 0 || !std::isfinite(axis.centre))
    throw InputError("The " + std::string(name) + " axis has " + std::to_string(axis.count) + " pixels of width " +
                     std::to_string(axis.pitch) + " around " + std::to_string(axis.centre) +
                     " (needed: at least one, a width other than 0, finite numbers). Is the calibration right?");
}

Interval edges(const PixelAxis& axis, int index) {
  const double middle = axis.middle(index), half = std::abs(axis.pitch) / 2;
  return {middle - half, middle + half};
}

double overlap(Interval a, Interval b) { return std::max(0.0, std::min(a.high, b.high) - std::max(a.low, b.low)); }

/// The range of input indices whose pixels can touch `interval`, clipped to the axis.
std::pair<int, int> touching(const PixelAxis& axis, Interval interval) {
  const double one = interval.low / axis.pitch + axis.centre, other = interval.high / axis.pitch + axis.centre;
  const auto clip = [&](double index) { return static_cast<int>(std::clamp(index, -1.0, axis.count + 0.0)); };
  return {std::max(0, clip(std::floor(std::min(one, other)))),
          std::min(axis.count - 1, clip(std::ceil(std::max(one, other))))};
}

}  // namespace

AreaWeights::AreaWeights(const PixelAxis& input, const PixelAxis& output) : input_count_(input.count) {
  check(input, "input");
  check(output, "output");
  rows_.resize(output.count);
  for (int index = 0; index < output.count; ++index) {
    const Interval pixel = edges(output, index);
    const auto [begin, last] = touching(input, pixel);
    Row& row = rows_[index];
    for (int from = begin; from <= last; ++from) {
      const double shared = overlap(edges(input, from), pixel);
      if (row.weights.empty() && shared == 0) continue;
      if (row.weights.empty()) row.first = from;
      row.weights.push_back(static_cast<float>(shared / std::abs(input.pitch)));
      row.covered += shared / std::abs(output.pitch);
    }
    while (!row.weights.empty() && row.weights.back() == 0) row.weights.pop_back();
  }
}

void rebin(const AreaWeights& rows, const AreaWeights& columns, std::span<const float> input, std::span<float> output,
           std::vector<float>& scratch) {
  const int width = columns.input_count(), out_width = columns.output_count();
  scratch.assign(static_cast<std::size_t>(width), 0);
  for (int row = 0; row < rows.output_count(); ++row) {
    // First down the columns into one line, a contiguous walk; then along it.
    std::fill(scratch.begin(), scratch.end(), 0.0f);
    const auto down = rows.weights(row);
    for (std::size_t j = 0; j < down.size(); ++j) {
      const float* line = input.data() + static_cast<std::size_t>(rows.first(row) + j) * width;
      for (int x = 0; x < width; ++x) scratch[x] += down[j] * line[x];
    }
    for (int column = 0; column < out_width; ++column) {
      const auto along = columns.weights(column);
      const float* from = scratch.data() + columns.first(column);
      float sum = 0;
      for (std::size_t j = 0; j < along.size(); ++j) sum += along[j] * from[j];
      output[static_cast<std::size_t>(row) * out_width + column] = sum;
    }
  }
}

}  // namespace terrace
