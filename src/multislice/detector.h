// Turns exit waves into the patterns that a Camera would see, before any noise: the end of the hot path.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/area_weights.h"
#include "core/array.h"
#include "core/fft.h"
#include "core/grid.h"
#include "microscope/camera.h"
#include "microscope/microscope.h"

namespace terrace {

/// Adds intensities of exit waves, by area, to the square pixels of a camera. Each reciprocal pixel is a rectangle of
/// λ/extent_y × λ/extent_x rad around its angle λk and gives every camera pixel its overlapping share, so that no
/// intensity inside the camera is lost or made. A wave with Σ|ψ|² = 1 over the grid gives fractions of the beam. The
/// camera's middle pixel looks along `camera_centre` (tilt.h): it follows the specimen tilt. Point spread and noise
/// come after: CameraReadout (microscope).
class Detector {
 public:
  Detector(const Grid& grid, const Microscope& microscope, const Camera& camera);

  /// pattern += weight × the pattern of `wave`, a wave in real space on the grid (64-byte aligned), which is left
  /// transformed. `pattern` holds pixels × pixels, [ky][kx]. Incoherent sums are calls in turn, their weights summing
  /// to 1. Safe from several threads on different patterns.
  void add(std::span<Complex> wave, double weight, std::span<float> pattern) const;
  /// The same for a wave that is the unnormalised forward transform already, in FFT order.
  void add_transformed(std::span<const Complex> wave, double weight, std::span<float> pattern) const;

  int pixels() const { return pixels_; }
  const Grid& grid() const { return grid_; }

  /// The largest angle in mrad, from the camera's middle, up to which every direction lies inside the grid's band
  /// limit.
  double reach_mrad() const { return reach_mrad_; }
  /// A sentence to print where the camera's sides reach beyond `reach_mrad` (its pixels there hold nothing, as
  /// computed: no error, since large cameras are common), else empty. Corners are not counted.
  std::string warning() const;

 private:
  void bin_row(const Complex* row, std::span<float> line) const;

  Grid grid_;
  Fft2 fft_;
  int pixels_;
  double half_width_mrad_, reach_mrad_;
  AreaWeights columns_;  // reciprocal columns, −k to +k -> camera columns
  AreaWeights rows_;     // camera rows -> reciprocal rows, −k to +k, as shares of a camera pixel …
  double row_scale_;     // … and this makes them shares of a reciprocal pixel
  int first_column_ = 0, last_column_ = -1;  // those that reach the camera
};

}  // namespace terrace
