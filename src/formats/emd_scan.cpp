// EMD (emdatasets.com): version 1.0, the files of py4DSTEM and ours, and version 0.2, those of py4DSTEM before 0.14.
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/json_text.h"
#include "formats/hdf5_scan.h"

namespace terrace {
namespace {

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// The dataset of the first DataCube, or else of the first array of four axes.
std::string find_cube(const Hdf5File& file, const ScanOverrides& overrides) {
  std::vector<std::string> cubes, arrays;
  for (const auto& path : file.datasets()) {
    if (!path.ends_with("/data") || text_attribute(file, parent_of(path), "emd_group_type") != "array") continue;
    if (file.dataset(path).extents().size() != 4) continue;
    const bool is_cube = text_attribute(file, parent_of(path), "python_class") == "DataCube";
    (is_cube ? cubes : arrays).push_back(path);
  }
  cubes.insert(cubes.end(), arrays.begin(), arrays.end());
  if (cubes.empty())
    throw FileError(fmt::format("'{}' is an EMD file without a DataCube. Was only an image or a result saved in it?",
                                file.path().string()));
  return chosen_dataset(cubes, cubes[0], overrides, file);
}

/// The array's dataset `dimN`, counted from `first`, for each axis of the scan as `order` says.
void take_axes(const Hdf5File& file, const std::string& array, int first, const AxisOrder& order, ScanInfo& info) {
  for (int axis = 0; axis < 4; ++axis) {
    if (order[axis] < 0) continue;
    const auto calibration = axis_at(file, fmt::format("{}/dim{}", array, order[axis] + first));
    (axis < 2 ? calibrate_scan_axis : calibrate_detector_axis)(info, axis % 2 == 0 ? 'y' : 'x', calibration);
  }
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
  info.semiangle_mrad =
      number_at(file, calibration + "/probe_convergence_semiangle_mrad").value_or(info.semiangle_mrad);
  const double turn = number_at(file, calibration + "/QR_rotation_degrees").value_or(0);
  const bool flip = number_at(file, calibration + "/QR_flip").value_or(0) != 0;
  if (turn != 0 || flip)
    info.guesses.push_back(
        fmt::format("the file says that detector and scan are turned by {} degrees{}; left as stored", turn,
                    flip ? " and flipped" : ""));
}

/// Null where the text is no JSON: of a file whose patterns are whole it is no more than a note.
nlohmann::ordered_json settings_in(const std::string& text) {
  try {
    return parse_json(text, "settings");
  } catch (const FileError&) {
    return nullptr;
  }
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
  if (settings) info.provenance = settings_in(*settings);
}

/// Datasets of three or four axes in groups that say that they are EMD 0.2 data, the largest of most axes first.
std::vector<std::string> old_cubes(const Hdf5File& file) {
  std::vector<std::string> found;
  for (const auto& path : file.datasets())
    if (number_attribute(file, parent_of(path), "emd_group_type") == 1 && file.dataset(path).extents().size() >= 3 &&
        file.dataset(path).is_numeric())
      found.push_back(path);
  const auto order_of = [&](const std::string& path) {
    const auto data = file.dataset(path);
    return std::pair(data.extents().size(), data.bytes());
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const auto& one, const auto& two) { return order_of(one) > order_of(two); });
  return found;
}

/// What py4DSTEM kept before 0.13 as attributes: of `metadata_0/calibration`, `metadata_0/microscope`.
void take_old_metadata(const Hdf5File& file, const std::string& group, ScanInfo& info) {
  const auto axis = [&](const std::string& letter) -> AxisCalibration {
    const auto size = letter + "_pixel_size";
    return {number_attribute(file, group, size).value_or(0), 0,
            text_attribute(file, group, size + "_units")
                .value_or(text_attribute(file, group, letter + "_pixel_units").value_or(""))};
  };
  for (const char letter : {'y', 'x'}) {
    calibrate_scan_axis(info, letter, axis("R"));
    calibrate_detector_axis(info, letter, axis("Q"));
  }
  for (const auto* name : {"beam_energy", "accelerating_voltage"})
    if (const auto energy = number_attribute(file, group, name); energy && *energy > 0)
      info.energy_kev = *energy > 3000 ? *energy / 1000 : *energy;  // eV, or keV
  info.semiangle_mrad = number_attribute(file, group, "convergence_semiangle_mrad").value_or(info.semiangle_mrad);
}

}  // namespace

bool is_emd(const Hdf5File& file) {
  return text_attribute(file, "/", "emd_group_type") == "file" && number_attribute(file, "/", "version_major") == 1;
}

std::unique_ptr<Scan> open_emd(Hdf5File opened, const ScanOverrides& overrides) {
  const auto path = find_cube(opened, overrides);
  const auto root = path.substr(0, path.find('/', 1));
  auto scan = std::make_unique<Hdf5Scan>(std::move(opened), path, overrides);
  const auto& file = scan->file();
  auto& info = scan->info();
  const bool ours = text_attribute(file, "/", "authoring_program").value_or("").starts_with("terrace");
  info.format = ours ? "terrace HDF5" : "py4DSTEM (EMD 1.0)";

  take_axes(file, parent_of(path), 0, axis_order(overrides.axes, 4), info);
  const auto bundle = root + "/metadatabundle";
  if (!ours) take_calibration(file, bundle + "/calibration", info);
  take_centre_and_angle(file, bundle + "/calibration", info);
  take_microscope(file, bundle + "/microscope", info);
  settle_angles(info);
  return scan;
}

bool is_old_emd(const Hdf5File& file) { return !old_cubes(file).empty(); }

std::unique_ptr<Scan> open_old_emd(Hdf5File opened, const ScanOverrides& overrides) {
  const auto cubes = old_cubes(opened);
  const auto path = chosen_dataset(cubes, cubes[0], overrides, opened);
  const auto group = parent_of(path), top = path.substr(0, path.find('/', 1));
  const int rank = static_cast<int>(opened.dataset(path).extents().size());
  auto scan = std::make_unique<Hdf5Scan>(std::move(opened), path, overrides);
  const auto& file = scan->file();
  auto& info = scan->info();
  info.format = top == "/4DSTEM_experiment" ? "py4DSTEM before 0.14 (EMD 0.2)" : "EMD 0.2";
  take_axes(file, group, file.has(group + "/dim0") ? 0 : 1, axis_order(overrides.axes, rank), info);
  for (const auto* metadata : {"/metadata/", "/metadata/metadata_0/"})
    for (const auto* part : {"microscope", "calibration"}) take_old_metadata(file, top + metadata + part, info);
  for (const auto& number : file.datasets(top))
    if (number.ends_with("/Q_pixel_size")) {
      take_calibration(file, parent_of(number), info);
      take_centre_and_angle(file, parent_of(number), info);
    }
  if (cubes.size() > 1 && overrides.dataset.empty())
    info.guesses.push_back(fmt::format("the file holds {} sets of patterns; '{}' is taken", cubes.size(), path));
  settle_angles(info);
  return scan;
}

}  // namespace terrace
