// Prismatic's simulations (4DSTEM_simulation): patterns by exit plane, in the order x, y, kx, ky.
#include <fmt/format.h>

#include <cmath>

#include "core/error.h"
#include "formats/hdf5_scan.h"

namespace terrace {
namespace {

const std::string cubes = "/4DSTEM_simulation/data/datacubes";
const std::string parameters = "/4DSTEM_simulation/metadata/metadata_0/original/simulation_parameters";

double parameter(const Hdf5File& file, const std::string& name) {
  return number_attribute(file, parameters, name).value_or(0);
}

/// The patterns of every exit plane, from the entrance on.
std::vector<std::string> planes_of(const Hdf5File& file) {
  std::vector<std::string> planes;
  for (const auto& name : file.children(cubes))
    for (const auto* data : {"/datacube", "/data"})
      if (const auto path = cubes + "/" + name + data; name.starts_with("CBED_array") && file.is_dataset(path))
        planes.push_back(path);
  return planes;
}

void refuse_waves(const Hdf5File& file, const std::string& path) {
  if (file.dataset(path).type() == "compound")
    throw FileError(
        fmt::format("'{}:{}' holds complex waves, not intensities. Run Prismatic without saving the complex output?",
                    file.path().string(), path));
}

/// Å in one unit of the axes of length. Versions before 2 label them "[n_m]" and write Å; the probe step that was asked
/// for tells which it is.
double angstrom_in_axes(const Hdf5File& file, const AxisCalibration& x, ScanInfo& info) {
  const double label = angstrom_in(x.unit), step = parameter(file, "rx");
  if (label == 1 || x.unit.empty()) return 1;
  if (label > 0 && step > 0 && std::abs(label * x.scale / step - 1) < 0.02) return label;
  info.guesses.push_back(fmt::format(
      "the axes say '{}', but {}: taken as Å and 1/Å", x.unit,
      step > 0 ? fmt::format("the probe step asked for is {:.4g} Å", step) : "Prismatic writes Å under this label"));
  return 1;
}

/// Depth of the exit plane in nm; 0 where the file does not say.
double depth_nm(const Hdf5File& file, const std::vector<std::string>& planes, const std::string& path) {
  const auto group = path.substr(0, path.rfind('/'));
  if (const auto depth = number_attribute(file, group, "output_depth")) return *depth / 10;  // since version 2
  if (path != planes.back() || !file.has_attribute(parameters, "c") || !file.has_attribute(parameters, "t")) return 0;
  const auto cell = file.read_attribute<std::vector<double>>(parameters, "c"),
             tiles = file.read_attribute<std::vector<double>>(parameters, "t");
  return cell.size() == 3 && tiles.size() == 3 ? cell[2] * tiles[2] / 10 : 0;
}

void take_calibration(const Hdf5File& file, const std::string& group, const AxisOrder& order, ScanInfo& info) {
  const auto axis = [&](int which) { return axis_at(file, fmt::format("{}/dim{}", group, order[which] + 1)); };
  const double unit = angstrom_in_axes(file, axis(1), info);
  for (int which = 0; which < 4; ++which) {
    auto calibration = axis(which);
    const char letter = which % 2 == 0 ? 'y' : 'x';
    const double factor = which < 2 ? unit : 1 / unit;
    calibration.scale *= factor;
    calibration.offset *= factor;
    calibration.unit = which < 2 ? "A" : "A^-1";
    (which < 2 ? calibrate_scan_axis : calibrate_detector_axis)(info, letter, calibration);
  }
  // A scan of one line has one coordinate across, and thus no step there.
  if (!(info.step_y_angstrom > 0)) info.step_y_angstrom = parameter(file, "ry");
  if (!(info.step_x_angstrom > 0)) info.step_x_angstrom = parameter(file, "rx");
}

}  // namespace

bool is_prismatic(const Hdf5File& file) { return file.has(cubes) && !file.is_dataset(cubes); }

std::unique_ptr<Scan> open_prismatic(Hdf5File opened, const ScanOverrides& overrides) {
  const auto planes = planes_of(opened);
  if (planes.empty())
    throw FileError(fmt::format("'{}' is Prismatic's, but holds no patterns. Simulate again with '--save-4D-output 1'?",
                                opened.path().string()));
  const auto path = chosen_dataset(planes, planes.back(), overrides, opened);
  refuse_waves(opened, path);
  auto known = overrides;
  if (known.axes.empty()) known.axes = "x y kx ky";
  auto scan = std::make_unique<Hdf5Scan>(std::move(opened), path, known);
  const auto& file = scan->file();
  auto& info = scan->info();
  info.format = "Prismatic";
  info.intensity_unit = "fraction";
  info.energy_kev = parameter(file, "E");
  info.semiangle_mrad = parameter(file, "A");
  info.thickness_nm = depth_nm(file, planes, path);
  take_calibration(file, path.substr(0, path.rfind('/')), axis_order(known.axes, 4), info);
  if (planes.size() > 1 && overrides.dataset.empty())
    info.guesses.push_back(
        fmt::format("the file holds {} exit planes, {} to {}: the last is taken (--dataset takes another)",
                    planes.size(), planes.front(), planes.back()));
  for (const auto* name : {"E", "A", "df", "C3", "C5", "tx", "ty", "s", "F", "rx", "ry"})
    if (const auto value = number_attribute(file, parameters, name)) info.provenance["Prismatic"][name] = *value;
  settle_angles(info);
  return scan;
}

}  // namespace terrace
