#include "registration/virtual_images.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/averages.h"
#include "microscope/faulty_pixels.h"
#include "registration/highest_values.h"

namespace terrace {

namespace {

void tell(const Progress& progress, std::string_view what, std::int64_t done, std::int64_t total) {
  if (progress) progress(what, done, total);
}

double radius_mrad(const Registration& r, int row, int column) {
  return std::hypot((row - r.centre_row.value) * r.mrad_per_pixel_y.value,
                    (column - r.centre_column.value) * r.mrad_per_pixel_x.value);
}

/// Pixels with their middle inside `limit` mrad.
std::vector<char> inside(const ScanInfo& info, const Registration& registration, double limit) {
  std::vector<char> mask;
  for (int row = 0; row < info.detector_height; ++row)
    for (int column = 0; column < info.detector_width; ++column)
      mask.push_back(radius_mrad(registration, row, column) <= limit);
  return mask;
}

double masked_sum(std::span<const float> pattern, const std::vector<char>& mask) {
  double sum = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) sum += mask[i] ? pattern[i] : 0.0f;
  return sum;
}

/// Sum and centre of mass in mrad of the pattern inside `mask`.
struct Moments {
  double sum = 0;
  Place centre;
};

Moments masked_moments(std::span<const float> pattern, const std::vector<char>& mask, const ScanInfo& info,
                       const Registration& r) {
  Moments moments;
  std::size_t i = 0;
  for (int row = 0; row < info.detector_height; ++row) {
    double line = 0, line_x = 0;
    for (int column = 0; column < info.detector_width; ++column, ++i) {
      const double value = mask[i] ? pattern[i] : 0.0f;
      line += value;
      line_x += value * column;
    }
    moments.sum += line;
    moments.centre.x += line_x;
    moments.centre.y += line * row;
  }
  if (!(moments.sum > 0)) return {moments.sum, {}};
  moments.centre.x = (moments.centre.x / moments.sum - r.centre_column.value) * r.mrad_per_pixel_x.value;
  moments.centre.y = (moments.centre.y / moments.sum - r.centre_row.value) * r.mrad_per_pixel_y.value;
  return moments;
}

double relative_spread(const Array<double, 2>& image) {
  const double mean = mean_of(image);
  double squares = 0;
  for (const double value : image) squares += (value - mean) * (value - mean);
  return mean != 0 ? std::sqrt(squares / image.size()) / std::abs(mean) : 0;
}

/// A pattern that holds a smaller share of the median one's electrons was lost on its way.
constexpr double least_share_of_median = 0.1;
/// More lost patterns than this share of all are the scan's own.
constexpr double most_lost = 0.2;

std::vector<int> lost_patterns(const Array<double, 2>& totals) {
  const double usual = median(std::vector<double>(totals.begin(), totals.end()));
  std::vector<int> lost;
  for (int i = 0; i < totals.size(); ++i)
    if (totals.data()[i] < least_share_of_median * usual) lost.push_back(i);
  if (static_cast<double>(lost.size()) > most_lost * static_cast<double>(totals.size())) lost.clear();
  return lost;
}

/// Replaces the values at `places` by their sound neighbours' mean.
void fill(Array<double, 2>& image, const std::vector<int>& places) {
  if (places.empty()) return;
  std::vector<float> sound(image.begin(), image.end());
  repair(sound, static_cast<int>(image.extent(0)), static_cast<int>(image.extent(1)), places);
  for (const int i : places) image.data()[i] = sound[i];
}

}  // namespace

Array<double, 2> mean_pattern(const Scan& scan, int most, const Progress& progress) {
  const auto& info = scan.info();
  const std::int64_t positions = std::int64_t{info.scan_height} * info.scan_width;
  const std::int64_t taken = std::min<std::int64_t>(positions, most);
  Array<double, 2> sum({info.detector_height, info.detector_width});
  std::vector<float> pattern(static_cast<std::size_t>(sum.size()));
  for (std::int64_t i = 0; i < taken; ++i) {
    // One position from each of `taken` equal parts, its place in the part by the golden ratio: an even step would
    // often fall on the same few columns again and again.
    const double place = std::fmod(0.6180339887498949 * static_cast<double>(i), 1.0);
    const auto position = static_cast<std::int64_t>((static_cast<double>(i) + place) * positions / taken);
    scan.read(static_cast<int>(position / info.scan_width), static_cast<int>(position % info.scan_width), pattern);
    repair(pattern, info.detector_height, info.detector_width, {});
    for (std::int64_t p = 0; p < sum.size(); ++p) sum.data()[p] += pattern[p];
    tell(progress, "mean pattern", i + 1, taken);
  }
  for (double& value : sum) value /= static_cast<double>(std::max<std::int64_t>(1, taken));
  return sum;
}

std::vector<int> repair_faulty_pixels(Array<double, 2>& mean_pattern) {
  auto faulty = find_faulty_pixels(mean_pattern);
  fill(mean_pattern, faulty);
  return faulty;
}

double detector_reach_mrad(const ScanInfo& info, const Registration& r) {
  const double y = std::min(r.centre_row.value, info.detector_height - 1 - r.centre_row.value) + 0.5;
  const double x = std::min(r.centre_column.value, info.detector_width - 1 - r.centre_column.value) + 0.5;
  return std::min(y * r.mrad_per_pixel_y.value, x * r.mrad_per_pixel_x.value);
}

double high_angle_limit_mrad(const ScanInfo& info, const Registration& r) {
  return std::min(detector_reach_mrad(info, r), 2 * r.semiangle_mrad.value);
}

std::vector<double> whole_cell_weights(int count, double step, double cell) {
  const double length = count * step, cells = std::floor(length / cell + 1e-6);
  if (cells < 1) return std::vector<double>(count, 1.0 / count);
  // The window's integral up to u from the scan's middle: a boxcar of width `wide`, or the mean of two such integrals'
  // antiderivative over one cell.
  const double wide = cells < 2 ? cell : (cells - 1) * cell;
  const auto boxcar = [&](double u) { return std::clamp(u / wide + 0.5, 0.0, 1.0); };
  const auto ramp = [&](double u) {
    const double t = std::clamp(u, -wide / 2, wide / 2) + wide / 2;
    return t * t / (2 * wide) + std::max(0.0, u - wide / 2);
  };
  const auto up_to = [&](double u) { return cells < 2 ? boxcar(u) : (ramp(u + cell / 2) - ramp(u - cell / 2)) / cell; };
  std::vector<double> weights;
  for (int i = 0; i < count; ++i) weights.push_back(up_to((i + 1) * step - length / 2) - up_to(i * step - length / 2));
  return weights;
}

HighAngleImage high_angle_image(const Scan& scan, const Registration& registration, double limit, double cell,
                                const Progress& progress) {
  const auto& info = scan.info();
  const auto within = inside(info, registration, limit);
  const auto disc = inside(info, registration, 1.1 * registration.semiangle_mrad.value);
  Array<double, 2> near({info.scan_height, info.scan_width}), far({info.scan_height, info.scan_width}), total = near;
  CentresOfMass centres{near, near};
  const auto weights_y = whole_cell_weights(info.scan_height, registration.step_y_angstrom.value, cell),
             weights_x = whole_cell_weights(info.scan_width, registration.step_x_angstrom.value, cell);
  Array<double, 2> whole_cells({info.detector_height, info.detector_width});
  std::vector<float> pattern(within.size());
  std::int64_t no_numbers = 0, alone = 0;
  double negative = 0;
  HighestValues highest(pattern.size(), registration.faulty_pixels);
  for (int row = 0; row < info.scan_height; ++row) {
    for (int column = 0; column < info.scan_width; ++column) {
      scan.read(row, column, pattern);
      highest.add(pattern);
      const auto repaired = repair(pattern, info.detector_height, info.detector_width, registration.faulty_pixels);
      no_numbers += repaired.no_numbers;
      alone += repaired.alone;
      for (const float value : pattern) total(row, column) += value, negative -= std::min(value, 0.0f);
      if (const double weight = weights_y[row] * weights_x[column]; weight > 0)
        for (std::size_t p = 0; p < pattern.size(); ++p) whole_cells.data()[p] += weight * pattern[p];
      const auto moments = masked_moments(pattern, within, info, registration);
      near(row, column) = moments.sum;
      centres.y(row, column) = moments.centre.y;
      centres.x(row, column) = moments.centre.x;
      far(row, column) = total(row, column) - masked_sum(pattern, disc);
    }
    tell(progress, "virtual images", row + 1, info.scan_height);
  }
  auto lost = lost_patterns(total);
  for (auto* image : {&near, &far, &total, &centres.y, &centres.x}) fill(*image, lost);
  HighAngleImage result{.image = std::move(near),
                        .centres = std::move(centres),
                        .whole_cells = std::move(whole_cells),
                        .mean_total = mean_of(total),
                        .no_numbers = no_numbers,
                        .alone = alone,
                        .lost = std::move(lost),
                        .saturation = {}};
  if (highest.saturated()) result.saturation = saturation_text(highest);
  const double positive = result.mean_total * static_cast<double>(total.size()) + negative;
  result.negative_share = positive > 0 ? negative / positive : 0;
  const double mean = mean_of(result.image);
  if (relative_spread(result.image) < 1e-4 && relative_spread(far) > 1e-4) {
    result.image = std::move(far);
    result.from_missing = false;
    for (double& value : result.image) value = result.mean_total > 0 ? value / result.mean_total : 0;
  } else {
    for (double& value : result.image) value = mean > 0 ? 1 - value / mean : 0;
  }
  return result;
}

}  // namespace terrace
