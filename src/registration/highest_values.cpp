#include "registration/highest_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "registration/estimate_text.h"

namespace terrace {
namespace {

/// Fewer readings at the highest value, in number or as a share, are taken for chance (X-rays, sparks).
constexpr std::int64_t fewest_readings = 20;
constexpr double least_share = 1e-6;
/// So many times the readings at the next lower value. In counts the next lower value is the more frequent one.
constexpr std::int64_t piled_up = 4;

}  // namespace

HighestValues::HighestValues(std::size_t pixels, const std::vector<int>& left_out) : left_out_(pixels, 0) {
  for (const int pixel : left_out) left_out_[pixel] = 1;
  pixels_looked_at_ = std::ranges::count(left_out_, 0);
}

void HighestValues::note(float value, int pixel) {
  if (value < highest_) {
    if (value > next_) next_ = value, next_count_ = 0;
    ++next_count_;
    return;
  }
  if (value > highest_) {
    next_ = highest_, next_count_ = count_;
    highest_ = value, count_ = 0, pixels_at_highest_ = 0;
  }
  ++count_;
  const auto end = at_highest_.begin() + pixels_at_highest_;
  if (pixels_at_highest_ < fewest_pixels && std::find(at_highest_.begin(), end, pixel) == end)
    at_highest_[pixels_at_highest_++] = pixel;
}

void HighestValues::add(std::span<const float> pattern) {
  readings_ += pixels_looked_at_;
  for (int pixel = 0; pixel < std::ssize(pattern); ++pixel)
    if (pattern[pixel] >= next_ && !left_out_[pixel] && std::isfinite(pattern[pixel])) note(pattern[pixel], pixel);
}

bool HighestValues::saturated() const {
  return highest_ > 0 && pixels_at_highest_ == fewest_pixels && count_ >= fewest_readings && share() >= least_share &&
         count_ > piled_up * next_count_;
}

double HighestValues::share() const { return readings_ > 0 ? static_cast<double>(count_) / readings_ : 0; }

std::string saturation_text(const HighestValues& values) {
  const int decimals = values.highest() == std::round(values.highest()) ? 0 : 4;
  return fmt::format(
      "the camera was full: {} % of all readings stand at its highest value, {}, far more than just below it. What "
      "lies "
      "beyond is lost, and no structure may explain what is left; a shorter exposure or a smaller dose keeps it",
      number_text(100 * values.share(), 3), fmt::format("{:.{}f}", values.highest(), decimals));
}

}  // namespace terrace
