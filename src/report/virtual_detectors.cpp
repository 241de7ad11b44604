#include "report/virtual_detectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace terrace {
namespace {

constexpr double inner_share = 0.5, dark_field_share = 1.1;
enum Region : std::uint8_t { inner, outer, gap, dark };

/// Mean of both directions; 0 where the file does not say.
double mrad_per_pixel(const ScanInfo& info) { return 0.5 * (info.mrad_per_pixel_y + info.mrad_per_pixel_x); }

std::string angle_text(double radii, double radius_pixels, double mrad) {
  return mrad > 0 ? fmt::format("{:.3g} mrad", radii * radius_pixels * mrad)
                  : fmt::format("{:.3g} pixels", radii * radius_pixels);
}

/// Centre and radius of the pixels above half the largest number.
BrightDisc disc_of(const Array<double, 2>& mean) {
  const double threshold = 0.5 * *std::max_element(mean.begin(), mean.end());
  double count = 0, rows = 0, columns = 0;
  for (int row = 0; row < mean.extent(0); ++row)
    for (int column = 0; column < mean.extent(1); ++column)
      if (mean(row, column) > threshold) count += 1, rows += row, columns += column;
  if (count == 0) return {0.5 * mean.extent(0), 0.5 * mean.extent(1), 0.25 * mean.extent(0), true};
  return {rows / count, columns / count, std::sqrt(count / 3.14159265358979), true};
}

}  // namespace

BrightDisc bright_disc(const ScanInfo& info, const Array<double, 2>& mean_pattern) {
  BrightDisc disc = disc_of(mean_pattern);
  const bool centre_known = info.centre_row >= 0 && info.centre_column >= 0;
  const bool radius_known = info.semiangle_mrad > 0 && mrad_per_pixel(info) > 0;
  if (centre_known) disc.row = info.centre_row, disc.column = info.centre_column;
  if (radius_known) disc.radius = info.semiangle_mrad / mrad_per_pixel(info);
  disc.estimated = !(centre_known && radius_known);
  return disc;
}

VirtualDetectors::VirtualDetectors(const ScanInfo& info, const BrightDisc& disc) : unit_(info.intensity_unit) {
  const double mrad = mrad_per_pixel(info);
  const double per_pixel_y = mrad > 0 ? info.mrad_per_pixel_y : 1, per_pixel_x = mrad > 0 ? info.mrad_per_pixel_x : 1;
  shift_unit_ = mrad > 0 ? "mrad" : "pixels";
  for (int row = 0; row < info.detector_height; ++row)
    for (int column = 0; column < info.detector_width; ++column) {
      const double y = row - disc.row, x = column - disc.column, radii = std::hypot(y, x) / disc.radius;
      region_.push_back(radii <= inner_share ? inner : radii <= 1 ? outer : radii < dark_field_share ? gap : dark);
      has_dark_field_ = has_dark_field_ || region_.back() == dark;
      offset_y_.push_back(static_cast<float>(y * per_pixel_y));
      offset_x_.push_back(static_cast<float>(x * per_pixel_x));
    }
  const auto half = angle_text(inner_share, disc.radius, mrad), edge = angle_text(1, disc.radius, mrad);
  meanings_ = {"up to " + half, half + " to " + edge, "beyond " + angle_text(dark_field_share, disc.radius, mrad)};
}

std::vector<Map> VirtualDetectors::maps(int rows, int columns) const {
  const auto kind = Map::Kind::intensity;
  std::vector<Map> maps = {{"BF", "bright field, " + meanings_[0], unit_, kind, {}},
                           {"ABF", "annular bright field, " + meanings_[1], unit_, kind, {}}};
  if (has_dark_field_) maps.push_back({"ADF", "annular dark field, " + meanings_[2], unit_, kind, {}});
  maps.push_back({"COM x", "centre of mass along x", shift_unit_, Map::Kind::signed_shift, {}});
  maps.push_back({"COM y", "centre of mass along y", shift_unit_, Map::Kind::signed_shift, {}});
  for (auto& map : maps) map.image = Image({rows, columns});
  return maps;
}

void VirtualDetectors::measure(std::span<const float> pattern, int row, int column, std::vector<Map>& maps) const {
  std::array<double, 4> sums{};
  double total = 0, moment_y = 0, moment_x = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    sums[region_[i]] += pattern[i];
    total += pattern[i];
    moment_y += pattern[i] * offset_y_[i];
    moment_x += pattern[i] * offset_x_[i];
  }
  const double inverse = total > 0 ? 1 / total : 0;
  const double values[] = {sums[inner], sums[outer], sums[dark], moment_x * inverse, moment_y * inverse};
  int map = 0;
  for (int value = 0; value < 5; ++value)
    if (value != 2 || has_dark_field_) maps[map++].image(row, column) = static_cast<float>(values[value]);
}

}  // namespace terrace
