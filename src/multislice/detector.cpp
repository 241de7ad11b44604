#include "multislice/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "microscope/tilt.h"

namespace terrace {
namespace {

/// Reciprocal pixels from −k to +k along one axis, in mrad · `scale`.
PixelAxis reciprocal_axis(int count, double extent, double energy_kev, double scale) {
  return {count, scale * 1e3 * wavelength(energy_kev) / extent, static_cast<double>(count / 2)};
}

/// Camera pixels along one axis, `centre_mrad` on the middle of pixel pixels/2, or `offset` pixels from it.
PixelAxis camera_axis(const Camera& camera, double centre_mrad, double offset) {
  return {camera.pixels, camera.mrad_per_pixel, camera.pixels / 2 + offset - centre_mrad / camera.mrad_per_pixel};
}

/// A camera's turn by θ as two shears, exact for every direction (x, y) from the beam: x′ = x cos θ + y sin θ at each
/// y, then y′ = y / cos θ − x′ tan θ at each x′.
class TurnedCamera {
 public:
  TurnedCamera(const Grid& window, const Microscope& microscope, const Camera& camera)
      : window_(window), energy_kev_(microscope.energy_kev), camera_(camera), turn_(camera.rotation_deg * pi / 180) {
    const Angle centre = camera_centre(microscope);
    centre_x_ = 1e3 * centre.x;
    centre_y_ = 1e3 * centre.y;
  }

  /// Along x, of the plane waves of line `row` of the shifted window.
  AreaWeights along_x(int row) const {
    const auto lines = reciprocal_axis(window_.height, window_.extent_y, energy_kev_, 1);
    const double off = lines.middle(row) - centre_y_;
    return {reciprocal_axis(window_.width, window_.extent_x, energy_kev_, std::cos(turn_)),
            camera_axis(camera_, centre_x_ * std::cos(turn_) - off * std::sin(turn_), camera_.centre_x_pixels)};
  }

  /// Along y, of what has come to column `pixel` of the camera.
  AreaWeights along_y(int pixel) const {
    const double off = (pixel - camera_.pixels / 2 - camera_.centre_x_pixels) * camera_.mrad_per_pixel;
    return {reciprocal_axis(window_.height, window_.extent_y, energy_kev_, 1 / std::cos(turn_)),
            camera_axis(camera_, centre_y_ / std::cos(turn_) + off * std::tan(turn_), camera_.centre_y_pixels)};
  }

 private:
  const Grid& window_;
  double energy_kev_;
  const Camera& camera_;
  double turn_;                         // rad
  double centre_x_ = 0, centre_y_ = 0;  // mrad
};

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
    : window_(window),
      pixels_(camera.pixels),
      half_width_mrad_(
          (camera.pixels / 2 + 0.5 + std::max(std::abs(camera.centre_x_pixels), std::abs(camera.centre_y_pixels))) *
          camera.mrad_per_pixel) {
  const Angle centre = camera_centre(microscope);
  const double limit = window.band_limit();
  reach_mrad_ = std::max(0.0, 1e3 * (wavelength(microscope.energy_kev) * limit - std::hypot(centre.y, centre.x)));
  const TurnedCamera turned(window, microscope, camera);
  const bool is_turned = camera.rotation_deg != 0;
  std::vector<AreaWeights> rows, columns;
  for (int pixel = 0; pixel < (is_turned ? camera.pixels : 1); ++pixel) {
    rows.push_back(turned.along_y(pixel));
    numbers_y_ = numbers_y_.with(seen_by(rows.back(), window.height, limit * window.extent_y));
  }
  for (int line = 0; line < (is_turned ? numbers_y_.count() : 1); ++line) {
    columns.push_back(turned.along_x(numbers_y_.first + line + window.height / 2));
    numbers_x_ = numbers_x_.with(seen_by(columns.back(), window.width, limit * window.extent_x));
  }
  for (const auto& weights : rows) rows_.push_back(shares_of(weights, window.height / 2, numbers_y_));
  for (const auto& weights : columns) columns_.push_back(shares_of(weights, window.width / 2, numbers_x_));
}

std::string Detector::warning() const {
  if (half_width_mrad_ <= reach_mrad_) return "";
  return fmt::format(
      "The camera reaches {:.1f} mrad, but the grid of {} x {} pixels carries waves to {:.1f} mrad around its middle: "
      "pixels beyond hold nothing. Use more pixels, or a smaller camera?",
      half_width_mrad_, window_.height, window_.width, reach_mrad_);
}

void Detector::add_to_columns(const float* intensities, const Shares& columns, int patterns,
                              std::span<float> line) const {
  for (const auto& shares : columns) {
    for (const auto& [pixel, share] : shares)
      add_scaled(intensities, share, patterns, line.data() + std::int64_t{pixel} * patterns);
    intensities += patterns;
  }
}

void Detector::add_line(int number_y, const float* intensities, int patterns, std::span<float> frame,
                        std::vector<float>& line) const {
  if (!numbers_y_.holds(number_y)) return;
  const int number = number_y - numbers_y_.first;
  const std::int64_t line_size = std::int64_t{pixels_} * patterns;
  line.assign(static_cast<std::size_t>(line_size), 0.0f);
  add_to_columns(intensities, columns_[std::ssize(columns_) > 1 ? number : 0], patterns, line);
  const std::int64_t block = line_size / std::ssize(rows_);  // camera columns that share their rows
  for (std::int64_t i = 0; i < std::ssize(rows_); ++i)
    for (const auto& [pixel, share] : rows_[i][number])
      add_scaled(line.data() + i * block, share, block, frame.data() + pixel * line_size + i * block);
}

}  // namespace terrace
