#include "formats/blockfile.h"

#include "formats/file_bytes.h"
#include "formats/frames.h"

namespace terrace {

bool is_blockfile(std::string_view start) { return start.starts_with("IMGBLO"); }

std::unique_ptr<Scan> open_blockfile(const std::filesystem::path& path, const ScanOverrides& overrides) {
  const MappedFile file(path);
  const FileBytes header(file.bytes(), path.string());
  const auto patterns = header.little<std::uint32_t>(12);
  const auto side = header.little<std::uint16_t>(20);
  const auto columns = header.little<std::uint16_t>(24), rows = header.little<std::uint16_t>(26);
  const double step_x_nm = header.little<double>(30), step_y_nm = header.little<double>(38);
  const double voltage = header.little<std::uint32_t>(46);
  const double pixels_per_100_cm = header.little<std::uint16_t>(50);
  const double camera_length_mm = header.little<std::uint32_t>(52) / 10.0;

  ScanInfo info;
  info.format = "ASTAR block file";
  info.intensity_unit = "counts";
  if (step_x_nm > 0 && step_y_nm > 0) {
    info.step_x_angstrom = 10 * step_x_nm;
    info.step_y_angstrom = 10 * step_y_nm;
  }
  info.energy_kev = voltage / 1000;
  if (pixels_per_100_cm > 0 && camera_length_mm > 0) {
    const double pixel_mm = 1000 / pixels_per_100_cm;
    info.mrad_per_pixel_y = info.mrad_per_pixel_x = 1000 * pixel_mm / camera_length_mm;
    info.guesses.push_back(
        fmt::format("the angle of a pixel follows from its {:.4g} mm and the camera length of {:.4g} mm", pixel_mm,
                    camera_length_mm));
  }
  constexpr std::int64_t mark = 6;  // AA 55 and the frame's number, before each frame
  const auto layout = plain_frames({'u', 1}, side, side, mark, path.string());
  return open_frames({frame_file(path, std::int64_t{patterns} + mark, layout)}, layout, std::move(info),
                     {rows, columns}, overrides);
}

}  // namespace terrace
