// The pixels of the real plane and of its reciprocal twin. The one place that knows FFT order and normalisation.
#pragma once

#include <cstdint>

namespace terrace {

/// `height` × `width` pixels over `extent_y` × `extent_x` Å, periodic. Real pixel (row, column) lies at
/// (row · pixel_y, column · pixel_x). The transform keeps FFT order: index i holds the frequency of `frequency_x(i)`,
/// in 1/Å without 2π, zero first, the negative ones in the upper half.
struct Grid {
  int height = 0, width = 0;
  double extent_y = 0, extent_x = 0;

  std::int64_t pixels() const { return std::int64_t{height} * width; }
  double pixel_y() const { return extent_y / height; }
  double pixel_x() const { return extent_x / width; }
  double frequency_y(int row) const { return signed_index(row, height) / extent_y; }
  double frequency_x(int column) const { return signed_index(column, width) / extent_x; }
  /// The radius in 1/Å of the circle that holds every frequency of both axes: half the sampling rate of the coarser
  /// one.
  double nyquist() const {
    const double y = 0.5 * height / extent_y, x = 0.5 * width / extent_x;
    return y < x ? y : x;
  }
  /// 2/3 of the Nyquist circle: products of two band-limited functions do not alias into it (Kirkland 2010, 6.8).
  double band_limit() const { return nyquist() * 2 / 3; }
  /// Inside that circle, its rim left out: a product of two frequencies on the rim would alias onto it, and whether
  /// rounding puts a frequency on the rim in or out must not depend on the window it is computed in.
  bool within_band_limit(double ky, double kx) const {
    const double limit = band_limit() * (1 - 1e-9);
    return ky * ky + kx * kx < limit * limit;
  }

  /// The frequency number of FFT index `index` out of `count`: 0, 1, … , −2, −1.
  static int signed_index(int index, int count) { return index < (count + 1) / 2 ? index : index - count; }
  /// The FFT index of frequency number `number`, which may be negative.
  static int fft_index(int number, int count) { return number < 0 ? number + count : number; }

  bool operator==(const Grid&) const = default;
};

/// The smallest n ≥ `least` of the form 2^a 3^b 5^c (a ≥ 1): sizes whose transforms are fast (50, 256, 384, 400 …).
int fast_transform_size(double least);

}  // namespace terrace
