#include "formats/zarr_metadata.h"

#include <fmt/format.h>

#include "core/error.h"
#include "formats/units.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

void calibrate(ScanInfo& info, int axis, const AxisCalibration& calibration) {
  (axis < 2 ? calibrate_scan_axis : calibrate_detector_axis)(info, axis % 2 == 0 ? 'y' : 'x', calibration);
}

/// What abTEM before 1.0.10 writes: a list of the scan's axes, and the sampling of [kx, ky] in 1/Å.
Json of_old_abtem(const Json& old, std::size_t rank) {
  Json metadata = json_at(old, "metadata").is_object() ? old["metadata"] : Json::object();
  metadata["axes"] = Json::object();
  std::size_t axis = 0;
  for (const auto& scan_axis : json_at(old, "ensemble_axes_metadata"))
    if (axis < rank) metadata["axes"][fmt::format("axis_{}", axis++)] = scan_axis;
  const auto sampling = json_at(old, "sampling");
  for (std::size_t i = 0; i < 2 && axis < rank; ++i, ++axis) {
    auto& detector_axis = metadata["axes"][fmt::format("axis_{}", axis)];
    detector_axis = {{"label", i == 0 ? "kx" : "ky"}, {"units", "1/Å"}, {"fftshift", json_at(old, "fftshift")}};
    if (sampling.is_array() && sampling.size() == 2) detector_axis["sampling"] = sampling[i];
  }
  return metadata;
}

}  // namespace

Json abtem_metadata(const Json& root, const fs::path& array, std::size_t rank) {
  const auto name = array.filename().string();
  const auto attributes = json_at(root, "attributes");
  if (!name.starts_with("array") || !attributes.is_object()) return nullptr;
  const auto number = name.substr(5);
  if (const auto found = attributes.find("metadata" + number); found != attributes.end()) return *found;
  const auto old = attributes.find("kwargs" + number);
  return old != attributes.end() && old->is_object() ? of_old_abtem(*old, rank) : Json();
}

std::string abtem_axes(const Json& metadata, std::size_t rank) {
  std::string axes;
  for (std::size_t axis = 0; axis < rank; ++axis)
    axes += json_text(metadata, fmt::format("axes/axis_{}/label", axis)) + " ";
  for (const auto* name : {"x ", "y ", "kx ", "ky "})
    if ((" " + axes).find(" " + std::string(name)) == std::string::npos) return "";
  return axes;
}

void take_abtem(const Json& metadata, const AxisOrder& order, ScanInfo& info) {
  for (int axis = 0; axis < 4; ++axis) {
    if (order[axis] < 0) continue;
    const auto place = fmt::format("axes/axis_{}/", order[axis]);
    AxisCalibration calibration = {json_number(metadata, place + "sampling"), json_number(metadata, place + "offset"),
                                   json_text(metadata, place + "units")};
    const int pixels = axis == 2 ? info.detector_height : info.detector_width;
    // The beam is on pixel n / 2 where nothing else is said.
    if (axis >= 2 && json_at(metadata, place + "offset").is_null())
      calibration.offset = -calibration.scale * (pixels / 2);
    calibrate(info, axis, calibration);
    if (json_at(metadata, place + "fftshift") == false)
      info.guesses.push_back("the beam is said to lie in the pattern's corner (fftshift = false): left as stored");
  }
  for (const auto* place : {"", "metadata/", "kwargs/metadata/"}) {  // versions differ
    if (const double ev = json_number(metadata, std::string(place) + "energy"); ev > 0) info.energy_kev = ev / 1000;
    if (const double mrad = json_number(metadata, std::string(place) + "semiangle_cutoff"); mrad > 0)
      info.semiangle_mrad = mrad;
  }
  info.intensity_unit = "fraction";
  settle_angles(info);
}

bool is_hyperspy_signal(const fs::path& array) {
  std::error_code error;
  return array.filename() == "data" && fs::is_directory(array.parent_path() / "axis-0", error);
}

void take_hyperspy(const fs::path& array, const AxisOrder& order, ScanInfo& info) {
  const auto signal = array.parent_path();
  for (int axis = 0; axis < 4; ++axis) {
    if (order[axis] < 0) continue;
    const auto said = json_at(zarr_metadata(signal / fmt::format("axis-{}", order[axis])), "attributes");
    if (axis >= 2 && json_at(said, "navigate") == true)
      throw FileError(fmt::format("'{}' has spectra at its positions, not patterns.", array.string()));
    calibrate(info, axis, {json_number(said, "scale"), json_number(said, "offset"), json_text(said, "units")});
  }
  const auto microscope = json_at(zarr_metadata(signal / "metadata/Acquisition_instrument/TEM"), "attributes");
  info.energy_kev = json_number(microscope, "beam_energy");
  info.semiangle_mrad = json_number(microscope, "convergence_angle");
  const auto title = json_text(json_at(zarr_metadata(signal / "metadata/General"), "attributes"), "title");
  if (!title.empty()) info.title = title;
  settle_angles(info);
}

}  // namespace terrace
