// Whether a camera saturates: readings that pile up at the highest value.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace terrace {

/// Counts how often patterns read their highest value and the next lower one. Counts of electrons thin out upwards; a
/// camera that is full puts everything beyond at one value, the same in all pixels unless each was corrected for its
/// own gain.
class HighestValues {
 public:
  /// Pixels of `left_out` (indices) are not looked at, nor is what is no finite number.
  HighestValues(std::size_t pixels, const std::vector<int>& left_out);

  void add(std::span<const float> pattern);

  /// Many readings of several pixels at a positive highest value, and several times as many as at the next lower one.
  bool saturated() const;
  double highest() const { return highest_; }
  double share() const;  ///< of the readings, at the highest value

 private:
  void note(float value, int pixel);

  /// Fewer pixels are taken for faulty ones.
  static constexpr int fewest_pixels = 3;

  std::vector<char> left_out_;
  std::int64_t pixels_looked_at_;
  float highest_ = 0, next_ = 0;
  std::int64_t count_ = 0, next_count_ = 0, readings_ = 0;
  std::array<int, fewest_pixels> at_highest_{};  ///< the first ones that read it
  int pixels_at_highest_ = 0;                    ///< so many of them
};

/// A note for the user.
std::string saturation_text(const HighestValues& values);

}  // namespace terrace
