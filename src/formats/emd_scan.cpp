// EMD 1.0 (emdatasets.com): the files of py4DSTEM, and ours.
#include <fmt/format.h>

#include "core/error.h"
#include "formats/hdf5_scan.h"
#include "formats/units.h"

namespace terrace {
namespace {

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// The dataset of the first DataCube, or else of the first array of four axes.
std::string find_cube(const Hdf5File& file) {
  std::string found;
  for (const auto& path : file.datasets()) {
    if (!path.ends_with("/data") || text_attribute(file, parent_of(path), "emd_group_type") != "array") continue;
    if (file.dataset(path).extents().size() != 4) continue;
    if (text_attribute(file, parent_of(path), "python_class") == "DataCube") return path;
    if (found.empty()) found = path;
  }
  if (found.empty())
    throw FileError(fmt::format("'{}' is an EMD file without a DataCube. Was only an image or a result saved in it?",
                                file.path().string()));
  return found;
}

/// The linear axis `dimN` beside the data: its first two coordinates.
AxisCalibration axis_of(const Hdf5File& file, const std::string& array, int axis) {
  const auto path = fmt::format("{}/dim{}", array, axis);
  if (!file.is_dataset(path) || file.dataset(path).extents().size() != 1 || file.dataset(path).extents()[0] < 2)
    return {};
  const auto coordinates = file.read<std::vector<double>>(path);
  return {coordinates[1] - coordinates[0], coordinates[0], text_attribute(file, path, "units").value_or("")};
}

/// py4DSTEM keeps one pixel size for both axes, in its calibration; it rules over the axes, which may be older.
void take_calibration(const Hdf5File& file, const std::string& calibration, ScanInfo& info) {
  const auto size = [&](const char* letter) -> AxisCalibration {
    return {number_at(file, calibration + "/" + letter + "_pixel_size").value_or(0), 0,
            text_at(file, calibration + "/" + letter + "_pixel_units").value_or("")};
  };
  for (const char axis : {'y', 'x'}) {
    calibrate_scan_axis(info, axis, size("R"));
    calibrate_detector_axis(info, axis, size("Q"));
  }
}

void take_centre_and_angle(const Hdf5File& file, const std::string& calibration, ScanInfo& info) {
  // py4DSTEM calls our rows x.
  info.centre_row = number_at(file, calibration + "/qx0_mean").value_or(info.centre_row);
  info.centre_column = number_at(file, calibration + "/qy0_mean").value_or(info.centre_column);
  info.semiangle_mrad = number_at(file, calibration + "/probe_convergence_semiangle_mrad").value_or(0);
  const double turn = number_at(file, calibration + "/QR_rotation_degrees").value_or(0);
  const bool flip = number_at(file, calibration + "/QR_flip").value_or(0) != 0;
  if (turn != 0 || flip)
    info.guesses.push_back(
        fmt::format("the file says that detector and scan are turned by {} degrees{}; left as stored", turn,
                    flip ? " and flipped" : ""));
}

/// What ScanWriter wrote beyond py4DSTEM's calibration.
void take_microscope(const Hdf5File& file, const std::string& microscope, ScanInfo& info) {
  info.energy_kev = number_at(file, microscope + "/energy_kev").value_or(0);
  info.semiangle_mrad = number_at(file, microscope + "/semiangle_mrad").value_or(info.semiangle_mrad);
  info.thickness_nm = number_at(file, microscope + "/thickness_nm").value_or(0);
  info.electrons_per_pattern = number_at(file, microscope + "/electrons_per_pattern").value_or(0);
  info.intensity_unit = text_at(file, microscope + "/intensity_unit").value_or(info.intensity_unit);
  info.title = text_at(file, microscope + "/title").value_or(info.title);
  const auto settings = text_at(file, microscope + "/settings");
  if (settings) info.provenance = nlohmann::ordered_json::parse(*settings, nullptr, false);
  if (info.provenance.is_discarded()) info.provenance = nullptr;
}

}  // namespace

bool is_emd(const Hdf5File& file) {
  return text_attribute(file, "/", "emd_group_type") == "file" && number_attribute(file, "/", "version_major") == 1;
}

std::unique_ptr<Scan> open_emd(Hdf5File opened, const ScanOverrides& overrides) {
  const auto path = find_cube(opened);
  const auto root = path.substr(0, path.find('/', 1));
  auto scan = std::make_unique<Hdf5Scan>(std::move(opened), path, overrides);
  const auto& file = scan->file();
  auto& info = scan->info();
  const bool ours = text_attribute(file, "/", "authoring_program").value_or("").starts_with("terrace");
  info.format = ours ? "terrace HDF5" : "py4DSTEM (EMD 1.0)";

  for (int axis = 0; axis < 4; ++axis) {
    const char letter = axis % 2 == 0 ? 'y' : 'x';
    auto calibration = axis_of(file, parent_of(path), axis);
    if (axis < 2) {
      calibrate_scan_axis(info, letter, calibration);
    } else {
      calibrate_detector_axis(info, letter, calibration);
    }
  }
  const auto bundle = root + "/metadatabundle";
  if (!ours) take_calibration(file, bundle + "/calibration", info);
  take_centre_and_angle(file, bundle + "/calibration", info);
  take_microscope(file, bundle + "/microscope", info);
  settle_angles(info);
  return scan;
}

}  // namespace terrace
