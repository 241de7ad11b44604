#include "registration/highest_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

/// Fewer readings at the highest value, or of fewer pixels, are taken for chance or a faulty pixel.
constexpr long long fewest_readings = 20;
constexpr int fewest_pixels = 3;
/// So many times the readings at the next lower value. In counts the next lower value is the more frequent one.
constexpr long long piled_up = 4;

}  // namespace

HighestValues::HighestValues(std::size_t pixels, const std::vector<int>& left_out)
    : left_out_(pixels, 0), at_highest_(pixels, 0) {
  for (const int pixel : left_out) left_out_[pixel] = 1;
}

void HighestValues::note(float value, std::size_t pixel) {
  if (value > highest_) {
    next_ = highest_, next_count_ = count_;
    highest_ = value, count_ = 0, pixels_at_highest_ = 0;
    std::ranges::fill(at_highest_, 0);
  } else if (value < highest_) {
    if (value > next_) next_ = value, next_count_ = 0;
    ++next_count_;
    return;
  }
  ++count_;
  if (!std::exchange(at_highest_[pixel], 1)) ++pixels_at_highest_;
}

void HighestValues::add(std::span<const float> pattern) {
  for (std::size_t pixel = 0; pixel < pattern.size(); ++pixel) {
    const float value = pattern[pixel];
    if (left_out_[pixel] || !std::isfinite(value)) continue;
    ++readings_;
    if (value > 0 && value >= next_) note(value, pixel);
  }
}

bool HighestValues::saturated() const {
  return count_ >= fewest_readings && pixels_at_highest_ >= fewest_pixels && count_ > piled_up * next_count_;
}

double HighestValues::share() const { return readings_ > 0 ? static_cast<double>(count_) / readings_ : 0; }

std::string saturation_text(const HighestValues& values) {
  return fmt::format(
      "the camera was full: {:.2g} % of all readings stand at its highest value, {:g}, far more than just below it. "
      "What "
      "lies beyond is lost and no structure explains it; a shorter exposure or a smaller dose keeps it",
      100 * values.share(), values.highest());
}

}  // namespace terrace
