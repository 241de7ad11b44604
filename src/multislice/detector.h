// Shares out the intensities of plane waves over the pixels of a Camera, before any noise: the end of the hot path.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/area_weights.h"
#include "core/grid.h"
#include "microscope/camera.h"
#include "microscope/microscope.h"

namespace terrace {

/// Frequency numbers first … last along one axis; none where last < first.
struct NumberRange {
  int first = 0, last = -1;

  int count() const { return last < first ? 0 : last - first + 1; }
  bool holds(int number) const { return number >= first && number <= last; }
  /// The smallest range that holds both.
  NumberRange with(const NumberRange& other) const;
};

/// Adds intensities of plane waves, by area, to the square pixels of a camera. Each reciprocal pixel is a rectangle of
/// λ/extent_y × λ/extent_x rad around its angle λk and gives every camera pixel its overlapping share, so that no
/// intensity inside the camera is lost or made. The camera's middle pixel looks along `camera_centre` (tilt.h): it
/// follows the specimen tilt. Where the camera is turned, the rectangles' middles are (two shears, first along x, then
/// along y, of each line and column as a whole; Paeth, Graphics Interface (1986) 77), not their sides. Point spread and
/// noise come after: CameraReadout (microscope).
///
/// Many patterns are shared out side by side: a line of intensities is [number_x][pattern], a frame of camera pixels
/// [ky][kx][pattern].
class Detector {
 public:
  Detector(const Grid& window, const Microscope& microscope, const Camera& camera);

  /// The frequency numbers that the camera sees, none outside the grid's band limit.
  NumberRange numbers_y() const { return numbers_y_; }
  NumberRange numbers_x() const { return numbers_x_; }

  /// frame += the plane waves with frequency number `number_y` along y; `intensities` starts at numbers_x().first.
  /// Incoherent sums are made of the intensities before. `line` is scratch, resized as needed.
  void add_line(int number_y, const float* intensities, int patterns, std::span<float> frame,
                std::vector<float>& line) const;

  int pixels() const { return pixels_; }
  const Grid& grid() const { return window_; }

  /// The largest angle in mrad, from the camera's middle, up to which every direction lies inside the grid's band
  /// limit.
  double reach_mrad() const { return reach_mrad_; }
  /// A sentence to print where the camera's sides reach beyond `reach_mrad` (its pixels there hold nothing, as
  /// computed: no error, since large cameras are common), else empty. Corners are not counted.
  std::string warning() const;

 private:
  /// A reciprocal pixel's share of a camera pixel.
  struct Share {
    int pixel = 0;
    float share = 0;
  };
  using Shares = std::vector<std::vector<Share>>;  // of each frequency number of a range
  static Shares shares_of(const AreaWeights& weights, int nyquist_index, NumberRange range);
  void add_to_columns(const float* intensities, const Shares& columns, int patterns, std::span<float> line) const;

  Grid window_;
  int pixels_;
  double half_width_mrad_, reach_mrad_;
  NumberRange numbers_y_, numbers_x_;
  std::vector<Shares> columns_;  // of each line of plane waves, or one for all
  std::vector<Shares> rows_;     // of each column of the camera, or one for all
};

}  // namespace terrace
