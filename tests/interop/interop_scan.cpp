// The terrace side of the interop test: writes a small scan as check.py expects it, and tells what it finds in files
// that other programs wrote.
//   interop_scan write FOLDER       counts.h5, fractions.h5, image.tif, scan.npy
//   interop_scan read FILE          one line of JSON
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "formats/image_file.h"
#include "formats/npy.h"
#include "formats/scan_file.h"
#include "formats/scan_overrides.h"

namespace terrace {
namespace {

/// 3 × 5 patterns of 8 × 12: nothing is square, so that no exchange of axes passes.
ScanInfo interop_info() {
  ScanInfo info;
  info.scan_height = 3;
  info.scan_width = 5;
  info.detector_height = 8;
  info.detector_width = 12;
  info.step_y_angstrom = info.step_x_angstrom = 0.97625;
  info.start_y_angstrom = 1.5;
  info.start_x_angstrom = -7.81;
  info.mrad_per_pixel_y = info.mrad_per_pixel_x = 1.25;
  info.centre_row = 4;
  info.centre_column = 6;
  info.energy_kev = 200;
  info.semiangle_mrad = 20;
  info.thickness_nm = 19.525;
  info.title = "terrace interop";
  return info;
}

/// The digits of a number are its place: y, x, ky, kx.
std::vector<float> interop_pattern(const ScanInfo& info, int y, int x) {
  std::vector<float> pattern;
  for (int ky = 0; ky < info.detector_height; ++ky)
    for (int kx = 0; kx < info.detector_width; ++kx)
      pattern.push_back(static_cast<float>(10000 * y + 1000 * x + 100 * ky + kx));
  return pattern;
}

void write_scan_file(const std::filesystem::path& path, const std::string& unit, double electrons) {
  auto info = interop_info();
  info.intensity_unit = unit;
  info.electrons_per_pattern = electrons;
  ScanWriter writer(path, info, {{"microscope", {{"energy_kev", 200}}}, {"note", "Å"}});
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x) writer.write(y, x, interop_pattern(info, y, x));
  writer.close();
}

void write_all(const std::filesystem::path& folder) {
  write_scan_file(folder / "fractions.h5", "fraction", 0);
  write_scan_file(folder / "counts.h5", "electrons", 20000);
  const auto info = interop_info();
  NpyWriter npy(folder / "scan.npy", {info.scan_height, info.scan_width, info.detector_height, info.detector_width});
  std::vector<Image> images;
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x) {
      const auto pattern = interop_pattern(info, y, x);
      npy.append(pattern);
      images.emplace_back(std::array<std::int64_t, 2>{info.detector_height, info.detector_width});
      std::copy(pattern.begin(), pattern.end(), images.back().begin());
    }
  npy.close();
  write_tiff(folder / "image.tif", images, {0.25, 0.125, "nm"});
}

void tell(const std::string& path) {
  const auto scan = open_scan(path);
  const auto& info = scan->info();
  bool in_place = true;
  std::vector<float> pattern(static_cast<std::size_t>(info.detector_height) * info.detector_width);
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x) {
      scan->read(y, x, pattern);
      in_place = in_place && pattern == interop_pattern(info, y, x);
    }
  auto json = sidecar_of(info);
  json["format"] = info.format;
  json["dtype"] = info.dtype;
  json["shape"] = {info.scan_height, info.scan_width, info.detector_height, info.detector_width};
  json["every_number_in_place"] = in_place;
  json["k_per_pixel"] = info.k_per_pixel_x;
  std::puts(json.dump().c_str());
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) try {
  if (count != 3) return 2;
  if (std::strcmp(arguments[1], "write") == 0)
    terrace::write_all(arguments[2]);
  else
    terrace::tell(arguments[2]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
