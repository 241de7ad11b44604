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

/// Camera pixels along one axis, `centre` rad on the middle of pixel pixels/2.
PixelAxis camera_axis(const Camera& camera, double centre) {
  return {camera.pixels, camera.mrad_per_pixel, camera.pixels / 2 - centre * 1e3 / camera.mrad_per_pixel};
}

/// to[i] = |from[i]|².
void intensities(const Complex* from, std::int64_t count, float* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = from[i].real() * from[i].real() + from[i].imag() * from[i].imag();
}

}  // namespace

Detector::Detector(const Grid& grid, const Microscope& microscope, const Camera& camera)
    : grid_(grid),
      fft_(grid.height, grid.width),
      pixels_(camera.pixels),
      half_width_mrad_((camera.pixels / 2 + 0.5) * camera.mrad_per_pixel),
      columns_(reciprocal_axis(grid.width, grid.extent_x, microscope.energy_kev),
               camera_axis(camera, camera_centre(microscope).x)),
      rows_(camera_axis(camera, camera_centre(microscope).y),
            reciprocal_axis(grid.height, grid.extent_y, microscope.energy_kev)) {
  const double lambda = wavelength(microscope.energy_kev);
  const Angle centre = camera_centre(microscope);
  row_scale_ = camera.mrad_per_pixel * 1e-3 * grid.extent_y / lambda;
  reach_mrad_ = std::max(0.0, 1e3 * (lambda * grid.band_limit() - std::hypot(centre.y, centre.x)));
  first_column_ = grid.width;
  for (int pixel = 0; pixel < pixels_; ++pixel) {
    if (columns_.weights(pixel).empty()) continue;
    first_column_ = std::min(first_column_, columns_.first(pixel));
    last_column_ = std::max(last_column_, columns_.first(pixel) + static_cast<int>(columns_.weights(pixel).size()) - 1);
  }
}

std::string Detector::warning() const {
  if (half_width_mrad_ <= reach_mrad_) return "";
  return fmt::format(
      "The camera reaches {:.1f} mrad, but the grid of {} x {} pixels carries waves to {:.1f} mrad around its middle: "
      "pixels beyond hold nothing. Use more pixels, or a smaller camera?",
      half_width_mrad_, grid_.height, grid_.width, reach_mrad_);
}

/// line[camera column] = the intensity of one reciprocal row there.
void Detector::bin_row(const Complex* row, std::span<float> line) const {
  // The stretch of the row that the camera sees, brought from FFT order to −k … +k.
  thread_local std::vector<float> stretch;
  stretch.resize(static_cast<std::size_t>(grid_.width));
  const int middle = grid_.width / 2, negative_end = std::clamp(middle, first_column_, last_column_ + 1);
  intensities(row + first_column_ + grid_.width - middle, negative_end - first_column_, stretch.data() + first_column_);
  intensities(row + negative_end - middle, last_column_ + 1 - negative_end, stretch.data() + negative_end);
  for (int pixel = 0; pixel < pixels_; ++pixel) {
    const auto weights = columns_.weights(pixel);
    const float* from = stretch.data() + columns_.first(pixel);
    float sum = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) sum += weights[j] * from[j];
    line[pixel] = sum;
  }
}

void Detector::add_transformed(std::span<const Complex> wave, double weight, std::span<float> pattern) const {
  if (last_column_ < first_column_) return;
  thread_local std::vector<float> line;
  line.resize(static_cast<std::size_t>(pixels_));
  const double scale = weight * row_scale_ / static_cast<double>(grid_.pixels());
  for (int row = 0; row < grid_.height; ++row) {
    const auto shares = rows_.weights(row);
    if (shares.empty()) continue;
    const int fft_row = Grid::fft_index(row - grid_.height / 2, grid_.height);
    bin_row(wave.data() + std::int64_t{fft_row} * grid_.width, line);
    for (std::size_t j = 0; j < shares.size(); ++j) {
      const float share = static_cast<float>(scale * shares[j]);
      float* to = pattern.data() + std::int64_t{rows_.first(row) + static_cast<int>(j)} * pixels_;
      for (int pixel = 0; pixel < pixels_; ++pixel) to[pixel] += share * line[pixel];
    }
  }
}

void Detector::add(std::span<Complex> wave, double weight, std::span<float> pattern) const {
  fft_.forward(wave);
  add_transformed(wave, weight, pattern);
}

}  // namespace terrace
