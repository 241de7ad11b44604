// What the .xml beside an EMPAD file says, of the versions 0.51 to 1.2.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace terrace {

/// A scan of `width` × `height` positions as some entry of the file claims.
struct EmpadShape {
  std::int64_t height = 0, width = 0;
  std::string source;
};

/// Numbers that the file lacks are 0.
struct EmpadXml {
  std::string name, software, raw_file;
  std::vector<EmpadShape> shapes;  ///< the most trustworthy first
  double voltage = 0;
  std::vector<double> full_field_m;  ///< one number a scan axis, or one for the longer axis of the scan
  double scan_size = 0;              ///< part of the full field, as the acquisition was set
  double k_per_pixel_nm = 0;         ///< 1/nm
  double pixel_angle_rad = 0;
  double camera_length_m = 0, exposure = 0, scan_rotation = 0;
};

bool is_empad_xml(std::string_view start);
EmpadXml read_empad_xml(const std::filesystem::path& path);
/// From "scan_x32_y64.raw"; a width of 0 where the name says nothing.
EmpadShape shape_in_name(const std::string& name);

}  // namespace terrace
