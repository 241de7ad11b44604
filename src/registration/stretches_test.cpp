// Stretches share out a scan without gap or overlap, and each answers for its own places alone.
#include "registration/stretches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "registration/simulated_scans.h"
#include "registration/standard_grid.h"
#include "registration/test_scans.h"

namespace terrace {
namespace {

constexpr double cell = 3.905;

/// Eight positions a cell, the interface in the middle, `cells` cells along it; counts how often patterns are read.
class CountingScan : public MemoryScan {
 public:
  explicit CountingScan(int cells) : MemoryScan(toy_scan(crystal(), camera(), 8 * cells, 33, cell / 8)) {}
  void read(int row, int column, std::span<float> pattern) const override {
    ++reads;
    MemoryScan::read(row, column, pattern);
  }
  mutable int reads = 0;

 private:
  static ToyCrystal crystal() {
    return {.boundary = 2 * cell, .column = cell / 4, .substrate_cell = cell, .film_cell = cell};
  }
  static ToyCamera camera() {
    return {.height = 32, .width = 32, .mrad_per_pixel_y = 2.5, .mrad_per_pixel_x = 2.5, .row = 16, .column = 16};
  }
};

Registration known_registration() {
  Registration r;
  const auto given = [](double value) { return Estimate{value, -1, "given"}; };
  r.centre_row = r.centre_column = given(16);
  r.mrad_per_pixel_y = r.mrad_per_pixel_x = given(2.5);
  r.semiangle_mrad = given(20);
  r.step_y_angstrom = r.step_x_angstrom = given(cell / 8);
  r.cell_along_angstrom = r.cell_across_angstrom = given(cell);
  r.interface_angstrom = given(2 * cell);
  r.column_angstrom = given(cell / 4);
  r.film_side = "high";
  r.beam_intensity = given(1);
  return r;
}

void brighten(MemoryScan& scan, int first_row, int last_row, float factor) {
  for (int y = first_row; y <= last_row; ++y)
    for (int x = 0; x < scan.info().scan_width; ++x)
      for (float& value : scan.pattern(y, x)) value *= factor;
}

/// Σ|a − b| / Σ a.
double difference(const Sample& a, const Sample& b) {
  double apart = 0, total = 0;
  for (std::int64_t i = 0; i < a.patterns.size(); ++i) {
    apart += std::abs(a.patterns.data()[i] - b.patterns.data()[i]);
    total += a.patterns.data()[i];
  }
  return apart / total;
}

TEST(Stretches, lie_side_by_side_from_end_to_end_and_none_is_too_short) {
  ScanInfo info;
  info.scan_width = 33;
  for (const int rows : {8, 30, 77, 200})
    for (const double cells : {1.0, 2.5, 7.0}) {
      info.scan_height = rows;
      const auto stretches = stretches_of(info, known_registration(), cells);
      EXPECT_DOUBLE_EQ(stretches.front().from_angstrom, -0.5 * cell / 8);
      EXPECT_NEAR(stretches.back().to_angstrom, (rows - 0.5) * cell / 8, 1e-9);
      for (std::size_t i = 1; i < stretches.size(); ++i)
        EXPECT_EQ(stretches[i].from_angstrom, stretches[i - 1].to_angstrom);
      const double length = stretches[0].to_angstrom - stretches[0].from_angstrom;
      EXPECT_TRUE(stretches.size() == 1 || length >= cells * cell - 1e-4) << length;
      EXPECT_LT(length, 2 * std::max(cells, rows / 8.0 / 2) * cell + 1e-4);
    }
}

TEST(Stretches, shorter_than_a_cell_are_refused) {
  ScanInfo info;
  info.scan_height = 80;
  EXPECT_THROW(stretches_of(info, known_registration(), 0.5), InputError);
  EXPECT_THROW(stretches_of(info, known_registration(), std::nan("")), InputError);
}

TEST(Stretches, of_equal_length_average_to_the_whole) {
  CountingScan scan(6);
  const auto r = known_registration();
  brighten(scan, 8, 15, 1.5f);
  const auto whole = to_standard_grid(scan, r, {});
  const auto parts = to_standard_grids(scan, r, {}, stretches_of(scan.info(), r, 2));
  ASSERT_EQ(parts.size(), 3u);
  for (std::int64_t i = 0; i < whole.patterns.size(); ++i) {
    double mean = 0;
    for (const auto& part : parts) mean += part.patterns.data()[i] / 3.0;
    ASSERT_NEAR(mean, whole.patterns.data()[i], 1e-6 * (1e-3 + mean));
  }
}

TEST(Stretches, a_change_in_one_is_seen_in_its_sample_alone) {
  CountingScan plain(5), changed(5);
  brighten(changed, 16, 23, 2);
  const auto r = known_registration();
  const auto stretches = stretches_of(plain.info(), r, 1);
  const auto before = to_standard_grids(plain, r, {}, stretches), after = to_standard_grids(changed, r, {}, stretches);
  for (std::size_t i = 0; i < stretches.size(); ++i)
    EXPECT_NEAR(difference(before[i], after[i]), i == 2 ? 1 : 0, 1e-6) << i;
}

TEST(Stretches, each_pattern_is_read_once_however_many_they_are) {
  CountingScan scan(8);
  const auto r = known_registration();
  to_standard_grid(scan, r, {});
  const int for_the_whole = scan.reads;
  scan.reads = 0;
  to_standard_grids(scan, r, {}, stretches_of(scan.info(), r, 1));
  EXPECT_EQ(scan.reads, for_the_whole);
}

TEST(Stretches, run_along_x_where_the_normal_is_y) {
  CountingScan scan(4);
  brighten(scan, 0, 15, 1.5f);
  const auto straight = known_registration();
  auto turned = straight;
  turned.interface_normal = "y";
  const auto other = transposed(scan);
  const auto a = to_standard_grids(scan, straight, {}, stretches_of(scan.info(), straight, 2));
  const auto b = to_standard_grids(other, turned, {}, stretches_of(other.info(), turned, 2));
  ASSERT_EQ(a.size(), 2u);
  for (int i = 0; i < 2; ++i) EXPECT_LT(difference(a[i], b[i]), 1e-5) << i;
  EXPECT_GT(difference(a[0], a[1]), 0.3);
}

TEST(Stretches, are_chosen_as_short_as_the_dose_allows) {
  CountingScan scan(20);
  const auto r = known_registration();
  scan.info().intensity_unit = "electrons";
  scan.info().electrons_per_pattern = 1500;
  // On the grid's own positions each cell gives one pattern to a standard position.
  EXPECT_NEAR(electrons_per_standard_pattern(scan.info(), r, {}), 20 * 1500, 1);
  EXPECT_EQ(choose_stretch_cells(scan.info(), r, {}, 10000).cells, 7);
  scan.info().electrons_per_pattern = 1e6;
  EXPECT_EQ(choose_stretch_cells(scan.info(), r, {}, 10000).cells, 1);
  scan.info().electrons_per_pattern = 1;
  EXPECT_EQ(choose_stretch_cells(scan.info(), r, {}, 10000).cells, 20);
}

TEST(Stretches, take_electrons_that_the_camera_caught_for_a_dose_that_nobody_told) {
  CountingScan scan(20);
  auto r = known_registration();
  r.beam_intensity = {1500, -1, "measured"};
  scan.info().intensity_unit = "electrons";
  EXPECT_NEAR(electrons_per_standard_pattern(scan.info(), r, {}), 20 * 1500, 1);
  EXPECT_NEAR(to_standard_grid(scan, r, {}).conditions.electrons_per_pattern, 20 * 1500, 1);
  // What an electron adds to a camera's counts is not known.
  scan.info().intensity_unit = "counts";
  EXPECT_EQ(electrons_per_standard_pattern(scan.info(), r, {}), 0);
}

TEST(Stretches, without_a_dose_are_one_cell_of_noise_free_patterns_or_an_eighth_of_others) {
  CountingScan scan(20);
  const auto r = known_registration();
  EXPECT_EQ(choose_stretch_cells(scan.info(), r, {}, 10000).cells, 1);
  scan.info().intensity_unit = "counts";
  EXPECT_EQ(choose_stretch_cells(scan.info(), r, {}, 10000).cells, 3);
}

/// Two cells of interface along rows, at each of three thicknesses, the crystal tilted along y.
std::vector<MemoryScan> lamellae(double tilt_mrad) {
  Microscope microscope;
  microscope.specimen_tilt_y_mrad = tilt_mrad;
  return simulate(small_interface(42), {38, 40, 42}, {.rows = 8}, microscope);
}

Registration registration_of(const MemoryScan& scan) {
  RegistrationOptions options;
  options.interface_angstrom = simulated_plane;
  options.column_angstrom = simulated_column;
  options.interface_normal = "x";
  options.film_side = "high";
  return register_scan(scan, options);
}

TEST(Stretches, of_a_wedge_that_bends_show_their_own_thickness_and_tilt) {
  // 38 cells thick and tilted by −0.5 mrad up to row 4, the last that the first stretch reads; 42 and +0.5 from there.
  std::vector<MemoryScan> known;
  for (const double tilt : {-0.5, 0.5})
    for (auto& scan : lamellae(tilt)) known.push_back(std::move(scan));
  MemoryScan wedge = known[0];
  for (int y = 5; y < 8; ++y)
    for (int x = 0; x < wedge.info().scan_width; ++x)
      std::ranges::copy(known[5].pattern(y, x), wedge.pattern(y, x).begin());
  add_shot_noise(wedge, 1e4, 5);
  const auto r = registration_of(known[0]);
  auto counted = r;
  counted.beam_intensity.value = 1e4;
  const auto stretches = stretches_of(wedge.info(), r, 1);
  const auto parts = to_standard_grids(wedge, counted, {}, stretches);
  ASSERT_EQ(parts.size(), 2u);
  std::vector<std::vector<double>> apart(2);
  for (const auto& scan : known) {
    const auto own = to_standard_grids(scan, r, {}, stretches);
    for (int i = 0; i < 2; ++i) apart[i].push_back(difference(own[i], parts[i]));
  }
  EXPECT_EQ(std::ranges::min_element(apart[0]) - apart[0].begin(), 0);
  EXPECT_EQ(std::ranges::min_element(apart[1]) - apart[1].begin(), 5);
}

}  // namespace
}  // namespace terrace
