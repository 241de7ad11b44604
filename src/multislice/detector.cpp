#include "multislice/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "microscope/tilt.h"

namespace terrace {
namespace {

/// Reciprocal pixels from −k to +k along one axis, in mrad.
PixelAxis reciprocal_axis(int count, double extent, double energy_kev) {
  return {count, 1e3 * wavelength(energy_kev) / extent, static_cast<double>(count / 2)};
}

/// Camera pixels along one axis, `centre` rad on the middle of pixel pixels/2, or `offset` pixels from it.
PixelAxis camera_axis(const Camera& camera, double centre, double offset) {
  return {camera.pixels, camera.mrad_per_pixel, camera.pixels / 2 + offset - centre * 1e3 / camera.mrad_per_pixel};
}

/// The frequency numbers inside the band limit that give something to any camera pixel.
NumberRange seen_by(const AreaWeights& weights, int count, double limit) {
  NumberRange seen;
  for (int pixel = 0; pixel < weights.output_count(); ++pixel) {
    if (weights.weights(pixel).empty()) continue;
    const int first = weights.first(pixel) - count / 2;
    seen = seen.with({first, first + static_cast<int>(weights.weights(pixel).size()) - 1});
  }
  const int last = static_cast<int>(std::floor(limit + 1e-9));
  return {std::max(seen.first, -last), std::min(seen.last, last)};
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void
add_scaled(const float* __restrict from, float factor, std::int64_t count, float* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] += factor * from[i];
}

}  // namespace

NumberRange NumberRange::with(const NumberRange& other) const {
  if (count() == 0) return other;
  if (other.count() == 0) return *this;
  return {std::min(first, other.first), std::max(last, other.last)};
}

Detector::Shares Detector::shares_of(const AreaWeights& weights, int nyquist_index, NumberRange range) {
  Shares shares(range.count());
  for (int pixel = 0; pixel < weights.output_count(); ++pixel)
    for (int j = 0; j < std::ssize(weights.weights(pixel)); ++j) {
      const int number = weights.first(pixel) + j - nyquist_index;
      if (range.holds(number)) shares[number - range.first].push_back({pixel, weights.weights(pixel)[j]});
    }
  return shares;
}

Detector::Detector(const Grid& window, const Microscope& microscope, const Camera& camera)
    : window_(window), pixels_(camera.pixels), half_width_mrad_((camera.pixels / 2 + 0.5) * camera.mrad_per_pixel) {
  const Angle centre = camera_centre(microscope);
  const double limit = window.band_limit();
  const AreaWeights rows(reciprocal_axis(window.height, window.extent_y, microscope.energy_kev),
                         camera_axis(camera, centre.y, camera.centre_y_pixels));
  const AreaWeights columns(reciprocal_axis(window.width, window.extent_x, microscope.energy_kev),
                            camera_axis(camera, centre.x, camera.centre_x_pixels));
  numbers_y_ = seen_by(rows, window.height, limit * window.extent_y);
  numbers_x_ = seen_by(columns, window.width, limit * window.extent_x);
  rows_ = shares_of(rows, window.height / 2, numbers_y_);
  columns_ = shares_of(columns, window.width / 2, numbers_x_);
  reach_mrad_ = std::max(0.0, 1e3 * (wavelength(microscope.energy_kev) * limit - std::hypot(centre.y, centre.x)));
}

std::string Detector::warning() const {
  if (half_width_mrad_ <= reach_mrad_) return "";
  return fmt::format(
      "The camera reaches {:.1f} mrad, but the grid of {} x {} pixels carries waves to {:.1f} mrad around its middle: "
      "pixels beyond hold nothing. Use more pixels, or a smaller camera?",
      half_width_mrad_, window_.height, window_.width, reach_mrad_);
}

void Detector::add_line(int number_y, const float* intensities, int patterns, std::span<float> frame,
                        std::vector<float>& line) const {
  if (!numbers_y_.holds(number_y)) return;
  const std::int64_t line_size = std::int64_t{pixels_} * patterns;
  line.assign(static_cast<std::size_t>(line_size), 0.0f);
  for (const auto& shares : columns_) {
    for (const auto& [pixel, share] : shares)
      add_scaled(intensities, share, patterns, line.data() + std::int64_t{pixel} * patterns);
    intensities += patterns;
  }
  for (const auto& [pixel, share] : rows_[number_y - numbers_y_.first])
    add_scaled(line.data(), share, line_size, frame.data() + pixel * line_size);
}

}  // namespace terrace
