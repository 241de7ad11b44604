#include "formats/scan_file_layout.h"

#include <fmt/format.h>

#include <cmath>

#include "core/constants.h"
#include "core/json_text.h"
#include "core/random.h"
#include "formats/scan_overrides.h"

namespace terrace {
namespace {

constexpr const char* datacube = "/datacube_root/datacube";
constexpr const char* signal = "/Experiments/datacube";

ScanAxis scan_axis(const char* name, int count, double step, double start) {
  return step > 0 ? ScanAxis{name, "Å", count, step, start} : ScanAxis{name, "px", count, 1, 0};
}

ScanAxis detector_axis(const char* name, int count, double mrad, double centre, double energy_kev) {
  ScanAxis axis{name, "px", count, 1, 0};
  if (mrad > 0 && energy_kev > 0) {
    axis.unit = "1/Å";
    axis.scale = mrad / 1000 / wavelength(energy_kev);
  } else if (mrad > 0) {
    axis.unit = "mrad";
    axis.scale = mrad;
  }
  if (centre >= 0) axis.offset = -centre * axis.scale;
  return axis;
}

/// EMD's spelling; py4DSTEM takes only these for the detector.
std::string emd_unit(const std::string& unit) {
  return unit == "Å" ? "A" : unit == "1/Å" ? "A^-1" : unit == "px" ? "pixels" : unit;
}

/// A version-4 identifier made from the content, so that equal work gives equal bytes.
std::string uuid_of(const std::string& content) {
  const auto high = stable_hash(content.data(), content.size(), 1),
             low = stable_hash(content.data(), content.size(), 2);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

/// A group of EMD metadata, whose items carry their type.
struct Metadata {
  Hdf5File& file;
  std::string group;

  void put(const std::string& name, double value) const { put(name, value, "number"); }
  void put(const std::string& name, const std::string& value) const { put(name, value, "string"); }
  void put(const std::string& name, bool value) const { put(name, value, "bool"); }
  template <class T>
  void put(const std::string& name, const T& value, const char* type) const {
    file.write(group + "/" + name, value);
    file.write_attribute(group + "/" + name, "type", type);
  }
};

Metadata make_metadata(Hdf5File& file, const std::string& name, const char* python_class) {
  const auto group = "/datacube_root/metadatabundle/" + name;
  file.make_group(group);
  file.write_attribute(group, "emd_group_type", "metadata");
  file.write_attribute(group, "python_class", python_class);
  return {file, group};
}

/// py4DSTEM has one pixel size for both axes: where they differ, the one that keeps the pixel's area.
void put_pixel_size(const Metadata& metadata, const std::string& letter, const ScanAxis& y, const ScanAxis& x) {
  metadata.put(letter + "_pixel_size", y.scale == x.scale ? x.scale : std::sqrt(y.scale * x.scale));
  metadata.put(letter + "_pixel_units", emd_unit(x.unit));
}

void write_calibration(Hdf5File& file, const ScanInfo& info, const std::array<ScanAxis, 4>& axes) {
  // No _root_treepath and no _target_paths: with them py4DSTEM 0.14.18 shifts the axes by the centre twice.
  const auto calibration = make_metadata(file, "calibration", "Calibration");
  put_pixel_size(calibration, "R", axes[0], axes[1]);
  put_pixel_size(calibration, "Q", axes[2], axes[3]);
  calibration.put("QR_flip", false);
  calibration.put("QR_rotation_degrees", 0.0);
  if (info.semiangle_mrad > 0) calibration.put("probe_convergence_semiangle_mrad", info.semiangle_mrad);
  if (info.centre_row < 0 || info.centre_column < 0) return;
  calibration.put("qx0_mean", info.centre_row);  // py4DSTEM calls our rows x
  calibration.put("qy0_mean", info.centre_column);
}

void write_microscope(Hdf5File& file, const ScanInfo& info, const std::string& settings) {
  const auto microscope = make_metadata(file, "microscope", "Metadata");
  const std::pair<const char*, double> known[] = {{"energy_kev", info.energy_kev},
                                                  {"semiangle_mrad", info.semiangle_mrad},
                                                  {"thickness_nm", info.thickness_nm},
                                                  {"electrons_per_pattern", info.electrons_per_pattern}};
  for (const auto& [name, value] : known)
    if (value > 0) microscope.put(name, value);
  microscope.put("intensity_unit", info.intensity_unit);
  microscope.put("title", info.title);
  microscope.put("settings", settings);
}

void write_emd_array(Hdf5File& file, const ScanInfo& info, const std::array<ScanAxis, 4>& axes) {
  file.write_attribute(datacube, "emd_group_type", "array");
  file.write_attribute(datacube, "python_class", "DataCube");
  file.write_attribute(scan_data_path, "units", info.intensity_unit);
  const char* names[] = {"Rx", "Ry", "Qx", "Qy"};  // py4DSTEM calls the slow axis x
  for (int i = 0; i < 4; ++i) {
    const auto path = fmt::format("{}/dim{}", datacube, i);
    file.write(path, std::vector<double>{axes[i].offset, axes[i].offset + axes[i].scale});
    file.write_attribute(path, "name", names[i]);
    file.write_attribute(path, "units", emd_unit(axes[i].unit));
  }
}

}  // namespace

std::array<ScanAxis, 4> scan_axes(const ScanInfo& info) {
  return {scan_axis("y", info.scan_height, info.step_y_angstrom, info.start_y_angstrom),
          scan_axis("x", info.scan_width, info.step_x_angstrom, info.start_x_angstrom),
          detector_axis("ky", info.detector_height, info.mrad_per_pixel_y, info.centre_row, info.energy_kev),
          detector_axis("kx", info.detector_width, info.mrad_per_pixel_x, info.centre_column, info.energy_kev)};
}

void write_emd_view(Hdf5File& file, const ScanInfo& info, const std::string& settings) {
  const auto axes = scan_axes(info);
  file.write_attribute("/", "emd_group_type", "file");
  file.write_attribute("/", "version_major", std::int64_t{1});
  file.write_attribute("/", "version_minor", std::int64_t{0});
  file.write_attribute("/", "UUID", uuid_of(settings + to_text(sidecar_of(info))));
  file.write_attribute("/", "authoring_program", "terrace " TERRACE_VERSION);
  file.write_attribute("/", "authoring_user", "");
  file.write_attribute("/datacube_root", "emd_group_type", "root");
  file.write_attribute("/datacube_root", "python_class", "Root");
  file.make_group("/datacube_root/metadatabundle");
  file.write_attribute("/datacube_root/metadatabundle", "emd_group_type", "metadatabundle");
  write_emd_array(file, info, axes);
  write_calibration(file, info, axes);
  write_microscope(file, info, settings);
}

void write_hyperspy_view(Hdf5File& file, const ScanInfo& info) {
  const std::string group = signal;
  file.write_attribute("/", "file_format", "HyperSpy");
  file.write_attribute("/", "file_format_version", "3.1");
  file.link(group + "/data", scan_data_path);
  file.write_attribute(group, "package", "hyperspy");
  file.write_attribute(group, "package_version", "1.7.3");

  const auto axes = scan_axes(info);
  for (int i = 0; i < 4; ++i) {
    const auto axis = fmt::format("{}/axis-{}", group, i);
    file.make_group(axis);
    file.write_attribute(axis, "_type", "UniformDataAxis");
    file.write_attribute(axis, "name", axes[i].name);
    file.write_attribute(axis, "units", axes[i].unit);
    file.write_attribute(axis, "scale", axes[i].scale);
    file.write_attribute(axis, "offset", axes[i].offset);
    file.write_attribute(axis, "size", axes[i].count);
    file.write_attribute(axis, "navigate", i < 2);
    file.write_attribute(axis, "is_binned", false);
  }
  for (const auto* name : {"metadata/General", "metadata/Signal", "metadata/Acquisition_instrument/TEM",
                           "original_metadata", "learning_results", "attributes"})
    file.make_group(group + "/" + name);
  file.write_attribute(group + "/metadata/General", "title", info.title);
  file.write_attribute(group + "/metadata/Signal", "signal_type", "electron_diffraction");
  const auto microscope = group + "/metadata/Acquisition_instrument/TEM";
  file.write_attribute(microscope, "acquisition_mode", "STEM");
  if (info.energy_kev > 0) file.write_attribute(microscope, "beam_energy", info.energy_kev);
  if (info.semiangle_mrad > 0) file.write_attribute(microscope, "convergence_angle", info.semiangle_mrad);
}

void write_nexus_view(Hdf5File& file, const ScanInfo& info) {
  file.make_group("/entry/data");
  file.write_attribute("/", "default", "entry");
  file.write_attribute("/entry", "NX_class", "NXentry");
  file.write_attribute("/entry", "default", "data");
  file.write_attribute("/entry/data", "NX_class", "NXdata");
  file.write_attribute("/entry/data", "signal", "data");
  file.write_attribute("/entry/data", "axes", std::vector<std::string>{"y", "x", "ky", "kx"});
  file.link("/entry/data/data", scan_data_path);
  for (const auto& axis : scan_axes(info)) {
    std::vector<double> coordinates(axis.count);
    for (std::int64_t i = 0; i < axis.count; ++i) coordinates[i] = axis.offset + i * axis.scale;
    const auto path = "/entry/data/" + axis.name;
    file.write(path, coordinates);
    file.write_attribute(path, "units", axis.unit);
    file.write_attribute(path, "long_name", fmt::format("{} ({})", axis.name, axis.unit));
  }
}

}  // namespace terrace
