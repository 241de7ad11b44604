// Patterns reach the standard grid unchanged where they may, averaged where they should, and nowhere else.
#include "registration/standard_grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "registration/test_scans.h"

namespace terrace {
namespace {

constexpr double cell = 3.905;

/// A scan with the grid's own pixels, 8 positions a cell, interface at x = 16 steps, A columns at y = 2 steps.
MemoryScan aligned_scan(int height = 16, int width = 33) {
  ToyCamera camera{
      .height = 32, .width = 32, .mrad_per_pixel_y = 2.5, .mrad_per_pixel_x = 2.5, .row = 16, .column = 16};
  ToyCrystal crystal;
  crystal.boundary = 2 * cell;
  crystal.column = cell / 4;
  crystal.film_cell = cell;
  auto scan = toy_scan(crystal, camera, height, width, cell / 8);
  return scan;
}

/// The registration of aligned_scan, exact.
RegistrationOptions known_place() {
  RegistrationOptions options;
  options.centre_row = options.centre_column = 16;
  options.interface_angstrom = 2 * cell;
  options.column_angstrom = cell / 4;
  options.film_side = "high";
  options.interface_normal = "x";
  return options;
}

Registration exact_registration(const MemoryScan& scan, const RegistrationOptions& options) {
  auto r = register_scan(scan, options);
  r.cell_across_angstrom.value = r.cell_along_angstrom.value = cell;
  return r;
}

double sum(std::span<const float> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::span<const float> pattern_at(const Sample& sample, int row, int column) {
  const auto area = sample.patterns.extent(2) * sample.patterns.extent(3);
  return sample.patterns.span().subspan((row * sample.patterns.extent(1) + column) * area, area);
}

TEST(StandardGridSampling, a_scan_on_the_grid_is_handed_on_unchanged) {
  // One cell along the interface: nothing to average.
  const auto scan = aligned_scan(8);
  const StandardGrid grid;
  const auto sample = to_standard_grid(scan, exact_registration(scan, known_place()), grid);
  EXPECT_EQ(covered_share(sample), 1);
  for (int row = 0; row < grid.along; ++row)
    for (int column = 0; column < grid.across; ++column) {
      const auto got = pattern_at(sample, row, column);
      const int y = (2 + 4 * row) % 8, x = 16 + 2 * (column - 8);
      for (std::size_t p = 0; p < got.size(); ++p)
        ASSERT_NEAR(got[p], scan.patterns.data()[(y * 33 + x) * 1024 + p], 1e-8) << row << ' ' << column << ' ' << p;
    }
}

/// Σ weight · offset and Σ weight of what a standard pattern was interpolated from.
struct SeenMean {
  double along = 0, across = 0, weight = 0;
};
SeenMean mean_of(const std::vector<SeenPlace>& places) {
  SeenMean mean;
  for (const auto& place : places) {
    mean.along += place.weight * place.along_cells;
    mean.across += place.weight * place.across_cells;
    mean.weight += place.weight;
  }
  return mean;
}

/// To the rounding of what is said, 0.005 Å of half an Å.
bool is_whole(double steps) { return std::abs(steps - std::round(steps)) < 1e-2; }

/// Linear interpolation keeps the mean place, and all that enters was a stop of the scan.
TEST(StandardGridSampling, says_which_scan_positions_a_pattern_is_the_mean_of) {
  const auto scan = aligned_scan(16);
  for (const std::string film : {"high", "low"}) {
    auto options = known_place();
    options.interface_angstrom = 2 * cell + 0.3 * cell / 8;  // between the scan's positions
    options.column_angstrom = cell / 4 + 0.4 * cell / 8;
    options.film_side = film;
    const StandardGrid grid;
    const auto sample = to_standard_grid(scan, exact_registration(scan, options), grid);
    for (int row = 0; row < grid.along; ++row)
      for (int column = 4; column < 12; ++column) {
        const auto& places = sample.seen_from[row * grid.across + column];
        EXPECT_EQ(places.size(), 4u);  // the same in both cells
        const auto mean = mean_of(places);
        EXPECT_NEAR(mean.weight, 1, 1e-9);
        EXPECT_NEAR(mean.along, 0, 1e-3);
        EXPECT_NEAR(mean.across, 0, 1e-3);
        for (const auto& place : places) {
          const double across = (grid.offset_x(column) + place.across_cells) * (film == "low" ? -1 : 1);
          EXPECT_TRUE(is_whole(0.3 + 8 * across)) << film << ' ' << across;
          EXPECT_TRUE(is_whole(0.4 + 8 * (grid.offset_y(row) + place.along_cells))) << place.along_cells;
        }
      }
  }
}

/// Loses the pattern of row 2, column 16, where a standard position lies.
void lose_one(MemoryScan& scan) { std::ranges::fill(scan.pattern(2, 16), 0.0f); }

TEST(StandardGridSampling, a_lost_pattern_is_left_out_of_the_mean_over_cells) {
  auto scan = aligned_scan(16);
  for (float& value : scan.pattern(10, 16)) value *= 0.9f;  // a cell further, told from the lost one
  scan.info().intensity_unit = "";                          // of the beam: the patterns' mean
  const auto whole = exact_registration(scan, known_place());
  EXPECT_TRUE(whole.lost_patterns.empty());
  lose_one(scan);
  const auto r = exact_registration(scan, known_place());
  EXPECT_EQ(r.lost_patterns, (std::vector<int>{2 * 33 + 16}));
  EXPECT_TRUE(std::ranges::any_of(r.reasons, [](const auto& one) { return one.starts_with("1 of 528 patterns"); }));
  EXPECT_NEAR(r.beam_intensity.value / whole.beam_intensity.value, 1, 5e-4);  // a zero among 528 would take 15e-4
  const auto sample = to_standard_grid(scan, r, StandardGrid());
  EXPECT_EQ(covered_share(sample), 1);
  const auto got = pattern_at(sample, 0, 8);
  const auto there = scan.pattern(10, 16);
  for (std::size_t p = 0; p < got.size(); ++p) ASSERT_NEAR(got[p] * r.beam_intensity.value, there[p], 1e-8);
}

TEST(StandardGridSampling, a_position_whose_only_pattern_was_lost_is_not_covered) {
  auto scan = aligned_scan(8);
  lose_one(scan);
  const auto sample = to_standard_grid(scan, exact_registration(scan, known_place()), StandardGrid());
  EXPECT_EQ(sample.covered(0, 8), 0);
  EXPECT_EQ(covered_share(sample), 31.0 / 32);
}

TEST(StandardGridSampling, a_scan_that_is_dark_over_a_third_of_its_positions_has_lost_none) {
  auto scan = aligned_scan(16);
  for (int row = 0; row < 6; ++row)
    for (int column = 0; column < 33; ++column) std::ranges::fill(scan.pattern(row, column), 0.0f);
  EXPECT_TRUE(exact_registration(scan, known_place()).lost_patterns.empty());
}

TEST(StandardGridSampling, a_grid_scaled_to_the_aperture_is_one_of_that_scale) {
  const auto scan = aligned_scan(16);
  const auto r = exact_registration(scan, known_place());
  StandardGrid scaled, plain;
  scaled.semiangle_pixels = 5;
  plain.mrad_per_pixel = r.semiangle_mrad.value / 5;
  const auto got = to_standard_grid(scan, r, scaled), wanted = to_standard_grid(scan, r, plain);
  ASSERT_GT(sum(pattern_at(wanted, 0, 5)), 0.1);
  for (std::int64_t i = 0; i < wanted.patterns.size(); ++i)
    ASSERT_EQ(got.patterns.data()[i], wanted.patterns.data()[i]);
}

TEST(StandardGridSampling, equivalent_positions_are_averaged) {
  auto scan = aligned_scan(16);
  // The second cell is twice as bright: the mean is 1.5 times the first.
  const auto first = to_standard_grid(scan, exact_registration(scan, known_place()), {});
  for (int y = 8; y < 16; ++y)
    for (int x = 0; x < 33; ++x)
      for (float& value : scan.pattern(y, x)) value *= 2;
  const auto both = to_standard_grid(scan, exact_registration(scan, known_place()), {});
  EXPECT_NEAR(sum(pattern_at(both, 0, 5)) / sum(pattern_at(first, 0, 5)), 1.5, 1e-5);
}

TEST(StandardGridSampling, positions_outside_the_scan_are_uncovered_and_empty) {
  const auto scan = aligned_scan(8, 21);  // ends half a cell beyond the interface
  const auto sample = to_standard_grid(scan, exact_registration(scan, known_place()), {});
  for (int column = 0; column < 16; ++column) {
    const bool inside = 16 + 2 * (column - 8) <= 20;
    EXPECT_EQ(sample.covered(0, column), inside) << column;
    EXPECT_EQ(sum(pattern_at(sample, 0, column)) > 0, inside) << column;
  }
}

TEST(StandardGridSampling, rows_between_scan_positions_are_interpolated) {
  const auto scan = aligned_scan(16);
  auto r = exact_registration(scan, known_place());
  r.interface_angstrom.value += 0.25 * cell / 8;
  const auto sample = to_standard_grid(scan, r, {});
  const auto got = pattern_at(sample, 0, 3);
  const float* left = scan.patterns.data() + (2 * 33 + 6) * 1024;
  for (std::size_t p = 0; p < got.size(); ++p) {
    // Rows 2 and 10 are equal by the crystal's period.
    ASSERT_NEAR(got[p], 0.75 * left[p] + 0.25 * left[1024 + p], 1e-7);
  }
}

void expect_alike(const Sample& a, const Sample& b, double tolerance) {
  ASSERT_EQ(a.patterns.size(), b.patterns.size());
  double difference = 0, total = 0;
  for (std::int64_t i = 0; i < a.patterns.size(); ++i) {
    difference += std::abs(a.patterns.data()[i] - b.patterns.data()[i]);
    total += a.patterns.data()[i];
  }
  EXPECT_LT(difference, tolerance * total);
}

TEST(StandardGridSampling, the_same_crystal_scanned_from_any_side_gives_the_same_sample) {
  const auto scan = toy_scan({}, {}, 24, 80, 0.4);
  const StandardGrid grid;
  const auto straight = to_standard_grid(scan, register_scan(scan, {}), grid);
  const auto back = mirrored(scan), turned = transposed(scan);
  // The centre and the phases are measured anew; 0.05 pixels and 0.01 Å move a few parts in a thousand.
  expect_alike(straight, to_standard_grid(back, register_scan(back, {}), grid), 0.01);
  expect_alike(straight, to_standard_grid(turned, register_scan(turned, {}), grid), 0.01);
}

TEST(StandardGridSampling, a_turned_and_sheared_scan_gives_the_sample_of_the_straight_one) {
  // Patterns that look alike from all sides: only the places are turned.
  const ToyCamera round{.row = 20, .column = 20, .lopsided = 0};
  const auto straight = toy_scan({}, round, 24, 80, 0.4);
  const auto wanted = to_standard_grid(straight, register_scan(straight, {}), {});
  for (const double turn : {-10.0, 4.0}) {
    const auto scan = toy_scan({}, round, 40, 80, 0.4, {CrystalAxes::from_degrees(turn, 1), 1.02});
    const auto turned = to_standard_grid(scan, register_scan(scan, {}), {});
    // Interpolation over other fractions of a step, and 8 × 8 points for a turned pixel: 2 %.
    expect_alike(wanted, turned, 0.03);
    const auto other = transposed(scan);
    expect_alike(turned, to_standard_grid(other, register_scan(other, {}), {}), 0.005);
  }
}

TEST(StandardGridSampling, a_mirrored_detector_is_mirrored_back) {
  const auto scan = aligned_scan(8);
  MemoryScan mirror(scan.info());
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 33; ++x)
      for (int row = 1; row < 32; ++row)
        for (int column = 1; column < 32; ++column)
          mirror.patterns(y, x, 32 - row, column) = scan.patterns(y, x, row, column) * (row < 16 ? 1.0f : 0.5f);
  MemoryScan plain(scan.info());
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 33; ++x)
      for (int row = 1; row < 32; ++row)
        for (int column = 1; column < 32; ++column)
          plain.patterns(y, x, row, column) = scan.patterns(y, x, row, column) * (row < 16 ? 1.0f : 0.5f);
  auto r = exact_registration(plain, known_place());
  for (const double angle : {0.0, 180.0}) {
    r.detector_rotation_deg.value = angle;
    r.detector_handedness = Handedness::same;
    const auto same = to_standard_grid(plain, r, {});
    r.detector_handedness = Handedness::mirrored;
    expect_alike(same, to_standard_grid(mirror, r, {}), 1e-3);
  }
}

TEST(StandardGridSampling, counts_become_fractions_of_the_beam_and_the_dose_counts_patterns_averaged) {
  auto scan = aligned_scan(16);
  const auto options = known_place();
  const auto fractions = to_standard_grid(scan, exact_registration(scan, options), {});
  add_shot_noise(scan, 1e5, 7);
  const auto counted = to_standard_grid(scan, exact_registration(scan, options), {});
  // 1e5 electrons twice: 0.2 %.
  EXPECT_NEAR(sum(pattern_at(counted, 1, 9)) / sum(pattern_at(fractions, 1, 9)), 1, 0.01);
  EXPECT_NEAR(counted.conditions.electrons_per_pattern, 2e5, 1);
}

/// An even distribution of half the width √3 σ has the standard deviation σ.
TEST(StandardGridSampling, a_measured_thickness_brings_its_error) {
  const auto scan = aligned_scan(8);
  auto r = exact_registration(scan, known_place());
  EXPECT_EQ(to_standard_grid(scan, r, {}).conditions.thickness_error_nm, 0);  // given
  r.thickness_nm = {12, 0.5, "measured"};
  EXPECT_NEAR(to_standard_grid(scan, r, {}).conditions.thickness_error_nm, 0.5 * std::sqrt(3), 1e-12);
}

TEST(StandardGridSampling, a_turned_detector_is_turned_back) {
  const auto scan = aligned_scan(8);
  // Turn every pattern by a quarter: what was at (row, column) goes to (column, 32 − row); the centre is (16, 16).
  MemoryScan turned(scan.info());
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 33; ++x)
      for (int row = 1; row < 32; ++row)
        for (int column = 1; column < 32; ++column)
          turned.patterns(y, x, column, 32 - row) = scan.patterns(y, x, row, column);
  auto options = known_place();
  const auto straight = to_standard_grid(scan, exact_registration(scan, options), {});
  // A pattern direction kx' = −ky, ky' = kx of the detector is (kx, ky) = (ky', −kx'): a turn by −90°.
  options.detector_rotation_deg = -90;
  const auto back = to_standard_grid(turned, exact_registration(turned, options), {});
  expect_alike(straight, back, 1e-3);
}

TEST(StandardGridSampling, an_unusable_registration_is_refused_with_what_is_missing) {
  const auto scan = aligned_scan(8);
  const auto refusal = [&](const Registration& r) -> std::string {
    try {
      to_standard_grid(scan, r, {});
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  // Without a scale nothing else can be found: what is missing first is named alone.
  EXPECT_EQ(refusal({}),
            "The scan could not be registered; unknown: the scale of the patterns (mrad_per_pixel), the "
            "semi-angle (semiangle_mrad). Give what you know of it.");
  auto r = exact_registration(scan, known_place());
  r.interface_angstrom = {};
  r.reasons = {"no interface in sight"};
  EXPECT_EQ(refusal(r),
            "The scan could not be registered; unknown: where the interface lies (interface_angstrom) (no "
            "interface in sight). Give what you know of it.");
  r.beam_intensity = {};
  EXPECT_EQ(r.missing(), "the scan could not be registered: its patterns hold no intensity");
}

}  // namespace
}  // namespace terrace
