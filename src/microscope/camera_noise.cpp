#include "microscope/camera_noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"

namespace terrace {
namespace {

// First key of the streams, so that noise and faults never share one.
constexpr std::uint64_t noise_stream = 1, fault_stream = 2;

const Camera& checked(const Camera& camera) {
  if (camera.hot_pixel_share > 0 && (camera.saturation_counts == 0 || camera.electrons_per_pattern == 0))
    throw InputError(
        fmt::format("hot_pixel_share = {}, but hot pixels read the saturation value and saturation_counts = {}, "
                    "electrons_per_pattern "
                    "= {}. Set both above 0, or hot_pixel_share to 0?",
                    camera.hot_pixel_share, camera.saturation_counts, camera.electrons_per_pattern));
  return camera;
}

}  // namespace

void draw_electrons(const Camera& camera, const PatternName& name, std::span<float> pattern) {
  if (camera.electrons_per_pattern == 0) return;
  Random random(static_cast<std::uint64_t>(camera.seed),
                {noise_stream, static_cast<std::uint64_t>(name.row), static_cast<std::uint64_t>(name.column),
                 static_cast<std::uint64_t>(name.depth)});
  for (float& pixel : pattern) pixel = static_cast<float>(random.poisson(pixel * camera.electrons_per_pattern));
}

void convert_to_counts(const Camera& camera, std::span<float> pattern) {
  if (camera.electrons_per_pattern == 0) return;
  const double limit = camera.saturation_counts > 0 ? camera.saturation_counts : HUGE_VAL;
  for (float& pixel : pattern)
    pixel = static_cast<float>(std::min(limit, std::round(pixel * camera.counts_per_electron)));
}

PixelFaults::PixelFaults(const Camera& camera) : hot_value_(static_cast<float>(camera.saturation_counts)) {
  Random random(static_cast<std::uint64_t>(camera.seed), {fault_stream});
  const std::int64_t count = std::int64_t{camera.pixels} * camera.pixels;
  for (std::int64_t pixel = 0; pixel < count; ++pixel) {
    const double draw = random.uniform();
    if (draw < camera.dead_pixel_share)
      dead_.push_back(pixel);
    else if (draw < camera.dead_pixel_share + camera.hot_pixel_share)
      hot_.push_back(pixel);
  }
}

void PixelFaults::apply(std::span<float> pattern) const {
  for (const auto pixel : dead_) pattern[pixel] = 0;
  for (const auto pixel : hot_) pattern[pixel] = hot_value_;
}

CameraReadout::CameraReadout(const Camera& camera)
    : camera_(checked(camera)), spread_(camera.psf_pixels), faults_(camera) {}

void CameraReadout::finish(const PatternName& name, std::span<float> pattern) const {
  spread_.blur(camera_.pixels, pattern);
  draw_electrons(camera_, name, pattern);
  convert_to_counts(camera_, pattern);
  faults_.apply(pattern);
}

}  // namespace terrace
