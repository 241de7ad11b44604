// From the noise-free pattern on a camera's pixels to the numbers that the camera stores: the last step of a
// simulation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "microscope/camera.h"
#include "microscope/point_spread.h"

namespace terrace {

/// Which pattern of an experiment: the scan position, and how many slabs lie above the exit.
struct PatternName {
  int row = 0, column = 0, depth = 0;
};

/// Draws the electrons of one pattern: fractions of the beam × `electrons_per_pattern` → Poisson, independent of those
/// of every other pattern. Drawn from the camera's seed and the pattern's name, so that any thread or rank draws the
/// same. Does nothing where the dose is 0.
void draw_electrons(const Camera& camera, const PatternName& name, std::span<float> pattern);

/// Electrons → counts: gain, rounded to whole counts, cut at saturation. Does nothing where the dose is 0.
void convert_to_counts(const Camera& camera, std::span<float> pattern);

/// Dead and hot pixels, drawn once from the camera's seed, so that every pattern has the same ones.
class PixelFaults {
 public:
  explicit PixelFaults(const Camera& camera);
  /// Dead pixels read 0, hot ones the saturation value.
  void apply(std::span<float> pattern) const;
  const std::vector<std::int64_t>& dead() const { return dead_; }
  const std::vector<std::int64_t>& hot() const { return hot_; }

 private:
  float hot_value_;
  std::vector<std::int64_t> dead_, hot_;
};

/// All that a camera does to a pattern, in order: point spread, electrons, counts, faults. The point spread blurs the
/// expectation, so that neighbouring pixels stay independent (a shower of one electron over several pixels is not
/// modelled). With a dose of 0 the pattern stays a fraction of the beam, and only point spread and dead pixels act.
class CameraReadout {
 public:
  /// Throws InputError for hot pixels without a value to read.
  explicit CameraReadout(const Camera& camera);
  /// `pattern`: pixels × pixels fractions of the beam, changed in place. Thread-safe.
  void finish(const PatternName& name, std::span<float> pattern) const;

 private:
  Camera camera_;
  PointSpread spread_;
  PixelFaults faults_;
};

}  // namespace terrace
