// Small made-up scans for the tests: cheap patterns in which class, depth and widths can be seen, without any physics.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/constants.h"
#include "core/random.h"
#include "dataset/sample.h"

namespace terrace::synthetic {

inline StandardGrid small_grid() {
  return {.across = 4, .along = 2, .half_span_cells = 2, .pixels = 8, .mrad_per_pixel = 10};
}

inline Labels labels_of(InterfaceClass interface_class, double depth_cells, Random& random) {
  Labels labels;
  labels.interface_class = interface_class;
  labels.film_cell_angstrom = 3.75;
  const bool step = interface_class == InterfaceClass::rough || interface_class == InterfaceClass::both;
  if (step) {
    labels.step_count = 1;
    labels.step_depth_cells = depth_cells;
    labels.step_depth_nm = 0.3905 * depth_cells;
    labels.step_height_cells = random.uniform() < 0.5 ? -1 : 1;
  }
  if (interface_class == InterfaceClass::diffuse || interface_class == InterfaceClass::both)
    labels.sigma_a_cells = random.uniform(0.5, 2), labels.sigma_b_cells = random.uniform(0.3, 1);
  return labels;
}

/// One pixel's fraction of the beam. Class, depth, direction and widths each turn a wave of their own over the pattern.
inline float pixel(const Labels& labels, int position, int y, int x) {
  const double ky = 2 * pi * y / 8.0, kx = 2 * pi * x / 8.0;
  double wave = 1 + 0.2 * std::cos(kx + 0.3 * position);
  wave += 0.15 * static_cast<int>(labels.interface_class) * std::cos(2 * kx) * std::cos(ky);
  if (labels.step_count) {
    wave += 0.3 * std::sin(kx + 0.3 * labels.step_depth_cells) * std::cos(ky);
    wave += 0.1 * labels.step_height_cells * std::cos(3 * kx);
  }
  wave += 0.1 * labels.sigma_a_cells * std::cos(2 * ky) + 0.1 * labels.sigma_b_cells * std::sin(2 * kx);
  return static_cast<float>(std::max(0.05, wave) / 80);
}

inline Sample sample_of(const Labels& labels) {
  const auto grid = small_grid();
  Sample sample;
  sample.patterns = Array<float, 4>({grid.along, grid.across, grid.pixels, grid.pixels});
  sample.covered = Array<std::uint8_t, 2>({grid.along, grid.across});
  std::fill(sample.covered.begin(), sample.covered.end(), std::uint8_t{1});
  sample.labels = labels;
  sample.labels.thickness_nm = sample.conditions.thickness_nm = 12 * 0.3905;
  const int pixels = grid.pixels * grid.pixels;
  for (int position = 0; position < grid.positions(); ++position)
    for (int i = 0; i < pixels; ++i)
      sample.patterns.data()[position * pixels + i] = pixel(labels, position, i / grid.pixels, i % grid.pixels);
  return sample;
}

/// `count` samples of all classes with depths of 1 … 11 cells; of ten samples six train, two calibrate, two test. Rough
/// and diffuse neighbours share a pair.
inline std::vector<Sample> samples(int count, std::uint64_t seed = 1) {
  std::vector<Sample> list;
  for (int i = 0; i < count; ++i) {
    Random random(seed, {static_cast<std::uint64_t>(i)});
    const auto interface_class = static_cast<InterfaceClass>(i % 4);
    Sample sample = sample_of(labels_of(interface_class, 1 + static_cast<double>(random.below(11)), random));
    const bool twin = interface_class == InterfaceClass::rough || interface_class == InterfaceClass::diffuse;
    const int family = i / 4;
    sample.origin = {.index = i,
                     .family = family,
                     .structure = i,
                     .pair = twin ? family : -1,
                     .split = family % 5 < 3    ? "train"
                              : family % 5 == 3 ? "calibration"
                                                : "test",
                     .mixing = "virtual_crystal"};
    list.push_back(std::move(sample));
  }
  return list;
}

}  // namespace terrace::synthetic
