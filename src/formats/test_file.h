// For the tests of this module: files in a folder of the running test, and scans made of numbers that tell their place.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/scan.h"

namespace terrace::testing_files {

/// A path in the running test's own folder where nothing stands yet.
inline std::filesystem::path fresh(const std::string& name) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const auto folder =
      std::filesystem::path(testing::TempDir()) / (std::string(test->test_suite_name()) + "." + test->name());
  std::filesystem::create_directories(folder);
  std::filesystem::remove(folder / name);
  return folder / name;
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// 2 × 3 patterns of 4 × 6, all calibration known.
inline ScanInfo small_scan() {
  ScanInfo info;
  info.scan_height = 2;
  info.scan_width = 3;
  info.detector_height = 4;
  info.detector_width = 6;
  info.step_y_angstrom = 1.9525;
  info.step_x_angstrom = 0.97625;
  info.start_y_angstrom = 3.5;
  info.start_x_angstrom = -7.81;
  info.mrad_per_pixel_y = info.mrad_per_pixel_x = 1.25;
  info.centre_row = 2;
  info.centre_column = 3;
  info.energy_kev = 200;
  info.semiangle_mrad = 20;
  info.thickness_nm = 19.5;
  info.intensity_unit = "fraction";
  info.title = "a test";
  return info;
}

/// The number at scan (y, x), detector (ky, kx): its digits are the place, so that any exchange of axes shows.
inline float number_at(int y, int x, int ky, int kx) { return static_cast<float>(1000 * y + 100 * x + 10 * ky + kx); }

inline std::vector<float> pattern_at(const ScanInfo& info, int y, int x) {
  std::vector<float> pattern;
  for (int ky = 0; ky < info.detector_height; ++ky)
    for (int kx = 0; kx < info.detector_width; ++kx) pattern.push_back(number_at(y, x, ky, kx));
  return pattern;
}

inline std::vector<float> read_pattern(const Scan& scan, int y, int x) {
  std::vector<float> pattern(static_cast<std::size_t>(scan.info().detector_height) * scan.info().detector_width);
  scan.read(y, x, pattern);
  return pattern;
}

/// Every pattern of the scan is that of its place.
inline void expect_every_number_in_place(const Scan& scan) {
  for (int y = 0; y < scan.info().scan_height; ++y)
    for (int x = 0; x < scan.info().scan_width; ++x)
      EXPECT_EQ(read_pattern(scan, y, x), pattern_at(scan.info(), y, x)) << "at " << y << ", " << x;
}

inline double total(const Scan& scan) {
  double sum = 0;
  for (int y = 0; y < scan.info().scan_height; ++y)
    for (int x = 0; x < scan.info().scan_width; ++x)
      for (const float number : read_pattern(scan, y, x)) sum += number;
  return sum;
}

/// `action` throws E with one line of text that holds `says`.
template <class E, class Action>
void expect_error(const Action& action, const std::string& says) {
  using namespace testing;
  EXPECT_THAT(action, Throws<E>(Property(&E::what, AllOf(HasSubstr(says), Not(HasSubstr("\n"))))));
}

}  // namespace terrace::testing_files
