// HyperSpy's files (.hspy): a signal with its axes under /Experiments.
#include <fmt/format.h>

#include "core/error.h"
#include "formats/hdf5_scan.h"

namespace terrace {
namespace {

/// The signal with most axes, the first of equals.
std::string find_signal(const Hdf5File& file) {
  std::string found;
  std::size_t most = 1;
  for (const auto& name : file.children("/Experiments")) {
    const auto path = "/Experiments/" + name;
    if (!file.is_dataset(path + "/data") || file.dataset(path + "/data").extents().size() <= most) continue;
    found = path;
    most = file.dataset(path + "/data").extents().size();
  }
  if (found.empty())
    throw FileError(fmt::format("'{}' is a HyperSpy file without images. Is it a spectrum?", file.path().string()));
  return found;
}

AxisCalibration axis_of(const Hdf5File& file, const std::string& signal, int axis) {
  const auto group = fmt::format("{}/axis-{}", signal, axis);
  return {number_attribute(file, group, "scale").value_or(0), number_attribute(file, group, "offset").value_or(0),
          text_attribute(file, group, "units").value_or("")};
}

/// A spectrum image has one signal axis, an image two: the last two must be those of the detector.
void refuse_spectra(const Hdf5File& file, const std::string& signal, int rank) {
  const auto group = fmt::format("{}/axis-{}", signal, rank - 2);
  if (number_attribute(file, group, "navigate").value_or(0) != 0)
    throw FileError(fmt::format("'{}:{}' has spectra at its positions, not patterns.", file.path().string(), signal));
}

void take_metadata(const Hdf5File& file, const std::string& metadata, ScanInfo& info) {
  const auto microscope = metadata + "/Acquisition_instrument/TEM";
  info.energy_kev = number_attribute(file, microscope, "beam_energy").value_or(0);
  info.semiangle_mrad = number_attribute(file, microscope, "convergence_angle").value_or(0);
  info.title = text_attribute(file, metadata + "/General", "title").value_or(info.title);
}

}  // namespace

bool is_hyperspy(const Hdf5File& file) {
  return text_attribute(file, "/", "file_format") == "HyperSpy" && file.has("/Experiments");
}

std::unique_ptr<Scan> open_hyperspy(Hdf5File opened, const ScanOverrides& overrides) {
  const auto signal = find_signal(opened);
  const int rank = static_cast<int>(opened.dataset(signal + "/data").extents().size());
  refuse_spectra(opened, signal, rank);
  auto scan = std::make_unique<Hdf5Scan>(std::move(opened), signal + "/data", overrides);
  const auto& file = scan->file();
  auto& info = scan->info();
  info.format = "HyperSpy";
  const auto order = axis_order(overrides.axes, rank);
  for (int axis = 0; axis < 4; ++axis) {
    if (order[axis] < 0) continue;
    const char letter = axis % 2 == 0 ? 'y' : 'x';
    if (axis < 2) {
      calibrate_scan_axis(info, letter, axis_of(file, signal, order[axis]));
    } else {
      calibrate_detector_axis(info, letter, axis_of(file, signal, order[axis]));
    }
  }
  take_metadata(file, signal + "/metadata", info);
  settle_angles(info);
  return scan;
}

}  // namespace terrace
