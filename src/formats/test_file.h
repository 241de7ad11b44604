// For the tests of this module: files in a folder of the running test, and scans made of numbers that tell their place.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/scan.h"

namespace terrace::testing_files {

/// Files of other programs, which are not part of the project: tests that want them are skipped where they are absent.
inline const std::filesystem::path samples = TERRACE_SOURCE_DIR "/../shared/samples";

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

enum class Order { little, big };

/// Appends a number as a file stores it.
template <class T>
void append(std::string& bytes, double value, Order order = Order::little) {
  const T number = static_cast<T>(value);
  char raw[sizeof(T)];
  std::memcpy(raw, &number, sizeof(T));
  if (order == Order::big) std::reverse(raw, raw + sizeof(T));
  bytes.append(raw, sizeof(T));
}

/// Writes a number over the bytes at `place`.
template <class T>
void put(std::string& bytes, std::size_t place, double value) {
  std::string number;
  append<T>(number, value);
  bytes.replace(place, sizeof(T), number);
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

inline std::vector<int> shape_of(const Scan& scan) {
  const auto& info = scan.info();
  return {info.scan_height, info.scan_width, info.detector_height, info.detector_width};
}

inline double total(const Scan& scan) {
  double sum = 0;
  for (int y = 0; y < scan.info().scan_height; ++y)
    for (int x = 0; x < scan.info().scan_width; ++x)
      for (const float number : read_pattern(scan, y, x)) sum += number;
  return sum;
}

inline float greatest(const Scan& scan) {
  float most = -INFINITY;
  for (int y = 0; y < scan.info().scan_height; ++y)
    for (int x = 0; x < scan.info().scan_width; ++x)
      for (const float number : read_pattern(scan, y, x)) most = std::max(most, number);
  return most;
}

/// Opens and reads every cut and every bent copy of a good file: each is refused in one line or read, and none does
/// harm.
inline void expect_damage_does_no_harm(const std::filesystem::path& good, std::size_t stride) {
  const auto bytes = read_bytes(good);
  const auto bad = good.parent_path() / ("bad" + good.extension().string());
  const auto try_it = [&](const std::string& damaged) {
    write_bytes(bad, damaged);
    try {
      const auto scan = open_scan(bad.string());
      read_pattern(*scan, 0, 0);
      read_pattern(*scan, scan->info().scan_height - 1, scan->info().scan_width - 1);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n")));
    }
  };
  for (std::size_t length = 1; length < bytes.size(); length += stride) try_it(bytes.substr(0, length));
  for (std::size_t at = 0; at < bytes.size(); at += stride)
    for (const int mask : {1, 0x80, 0xFF}) {
      auto bent = bytes;
      bent[at] = static_cast<char>(bent[at] ^ mask);
      try_it(bent);
    }
}

/// `action` throws E with one line of text that holds `says`.
template <class E, class Action>
void expect_error(const Action& action, const std::string& says) {
  using namespace testing;
  EXPECT_THAT(action, Throws<E>(Property(&E::what, AllOf(HasSubstr(says), Not(HasSubstr("\n"))))));
}

}  // namespace terrace::testing_files
