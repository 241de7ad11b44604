#include "dataset/detection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/counts.h"
#include "core/matrix_product.h"
#include "microscope/faulty_pixels.h"
#include "microscope/point_spread.h"

namespace terrace {
namespace {

double drawn(const std::vector<double>& range, Random& random) { return random.uniform(range.at(0), range.at(1)); }

/// The blur by `sigma` pixels along one axis as a matrix, which is symmetric. Blurring the unit matrix along both axes
/// multiplies two such matrices, so half of the variance goes to each.
Image blur_matrix(int pixels, double sigma) {
  Image matrix({pixels, pixels});
  for (int i = 0; i < pixels; ++i) matrix(i, i) = 1;
  PointSpread(sigma / std::sqrt(2)).blur(pixels, matrix);
  return matrix;
}

/// blurred[pattern] = blur · pattern · blur for square patterns one after the other.
void blur_all(const Image& blur, std::span<const float> patterns, std::vector<float>& blurred) {
  const auto pixels = static_cast<int>(blur.extent(0));
  const std::int64_t size = std::int64_t{pixels} * pixels, count = std::ssize(patterns) / size;
  std::vector<float> rows(patterns.size());
  blurred.resize(patterns.size());
  multiply_matrices(patterns.data(), blur.data(), static_cast<int>(count) * pixels, pixels, pixels, rows.data());
  for (std::int64_t i = 0; i < count; ++i)
    multiply_matrices(blur.data(), &rows[i * size], pixels, pixels, pixels, &blurred[i * size]);
}

void add_background(double share, double mrad_per_pixel, int pixels, std::span<float> patterns) {
  if (share <= 0) return;
  std::vector<float> smooth;
  blur_all(blur_matrix(pixels, background_mrad / mrad_per_pixel), patterns, smooth);
  for (std::size_t i = 0; i < patterns.size(); ++i)
    patterns[i] += static_cast<float>(share) * (smooth[i] - patterns[i]);
}

void spread(double sigma, int pixels, std::span<float> patterns) {
  if (sigma <= 0) return;
  std::vector<float> blurred;
  blur_all(blur_matrix(pixels, sigma), patterns, blurred);
  std::ranges::copy(blurred, patterns.begin());
}

std::int64_t pixels_of(const Sample& sample) { return sample.patterns.extent(2) * sample.patterns.extent(3); }

/// Over the covered positions, the others being zero.
std::vector<double> mean_pattern(const Sample& sample) {
  const auto pixels = pixels_of(sample), covered = std::ranges::count_if(sample.covered, [](auto one) { return one; });
  std::vector<double> mean(pixels);
  for (const float* pattern = sample.patterns.begin(); pattern != sample.patterns.end(); pattern += pixels)
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) mean[pixel] += pattern[pixel];
  for (auto& pixel : mean) pixel /= static_cast<double>(std::max<std::int64_t>(covered, 1));
  return mean;
}

void add_to_covered(std::int64_t pixel, double excess, Sample& sample) {
  const auto pixels = pixels_of(sample);
  for (std::int64_t position = 0; position < sample.covered.size(); ++position)
    if (sample.covered.data()[position])
      sample.patterns.data()[position * pixels + pixel] += static_cast<float>(excess);
}

void heat_pixels(double share, Sample& sample, Random& random) {
  if (share <= 0) return;
  const auto around = mean_pattern(sample);
  const double mean = std::accumulate(around.begin(), around.end(), 0.0) / static_cast<double>(around.size());
  for (std::int64_t pixel = 0; pixel < std::ssize(around); ++pixel) {
    if (random.uniform() >= share) continue;
    const double most = hottest_sound(around[pixel], mean) - around[pixel];
    add_to_covered(pixel, random.uniform(0, most) / camera_pixels, sample);
  }
}

/// The most that a pixel can hold, as a fraction of the beam.
float saturation(double brightest_over_saturation, const Sample& sample) {
  if (brightest_over_saturation <= 0) return std::numeric_limits<float>::max();
  return static_cast<float>(std::ranges::max(mean_pattern(sample)) / brightest_over_saturation);
}

void count_electrons(const Detection& detection, Sample& sample, Random& random) {
  if (detection.electrons_per_pattern <= 0) return;
  const auto events = static_cast<float>(detection.electrons_per_pattern / detection.overdispersion);
  for (auto& pixel : sample.patterns) pixel *= events;
  draw_counts({sample.patterns.data(), static_cast<std::size_t>(sample.patterns.size())}, random);
  for (auto& pixel : sample.patterns) pixel /= events;
  sample.conditions.electrons_per_pattern = detection.electrons_per_pattern * (1 + detection.gain_error_share);
}

void let_pixels_die(double share, Sample& sample, Random& random) {
  if (share <= 0) return;
  const auto pixels = pixels_of(sample);
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
    if (random.uniform() >= share) continue;
    for (auto i = pixel; i < sample.patterns.size(); i += pixels) sample.patterns.data()[i] = 0;
  }
}

}  // namespace

Detection draw_detection(const DetectionRanges& ranges, Random& random) {
  Detection detection;
  const double low = ranges.electrons_per_pattern.at(0), high = ranges.electrons_per_pattern.at(1);
  if (high > 0)
    detection.electrons_per_pattern = std::exp(random.uniform(std::log(std::max(low, 1.0)), std::log(high)));
  detection.background_share = drawn(ranges.background_share, random);
  detection.psf_pixels = drawn(ranges.psf_pixels, random);
  detection.overdispersion = drawn(ranges.overdispersion, random);
  detection.dead_pixel_share = ranges.dead_pixel_share * random.uniform();
  detection.hot_pixel_share = ranges.hot_pixel_share * random.uniform();
  detection.gain_error_share = random.uniform(-ranges.gain_error_share, ranges.gain_error_share);
  detection.brightest_over_saturation = drawn(ranges.brightest_over_saturation, random);
  return detection;
}

void spread_electrons(const Detection& detection, double mrad_per_pixel, int pixels, std::span<float> patterns) {
  add_background(detection.background_share, mrad_per_pixel, pixels, patterns);
  spread(detection.psf_pixels, pixels, patterns);
}

void detect(const Detection& detection, double mrad_per_pixel, Sample& sample, Random& random) {
  spread_electrons(detection, mrad_per_pixel, static_cast<int>(sample.patterns.extent(3)), sample.patterns.span());
  heat_pixels(detection.hot_pixel_share, sample, random);
  const float most = saturation(detection.brightest_over_saturation, sample);
  count_electrons(detection, sample, random);
  for (auto& pixel : sample.patterns) pixel = std::min(pixel, most);
  let_pixels_die(detection.dead_pixel_share, sample, random);
}

}  // namespace terrace
