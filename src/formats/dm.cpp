#include "formats/dm.h"

#include <fmt/format.h>

#include <optional>

#include "core/error.h"
#include "formats/dm_tags.h"
#include "formats/mapped_scan.h"
#include "formats/units.h"

namespace terrace {
namespace {

std::optional<NumberType> type_of(double data_type, bool little_endian) {
  const auto type = [&](char kind, int bytes) { return NumberType{kind, bytes, !little_endian}; };
  switch (data_type > 0 && data_type < 100 ? static_cast<int>(data_type) : 0) {
    case 1:
      return type('i', 2);
    case 2:
      return type('f', 4);
    case 6:
    case 14:  // true and false
      return type('u', 1);
    case 7:
      return type('i', 4);
    case 9:
      return type('i', 1);
    case 10:
      return type('u', 2);
    case 11:
      return type('u', 4);
    case 12:
      return type('f', 8);
    case 39:
      return type('i', 8);
    case 40:
      return type('u', 8);
    default:
      return std::nullopt;  // complex numbers, colours
  }
}

/// One of the file's images whose numbers can be read.
struct DmImage {
  const DmTag* tags;
  NumberType type;
  Extents fastest_first;
  std::int64_t offset, bytes;
};

std::optional<DmImage> image_of(const DmTag& tags, bool little_endian) {
  const auto* data = tags.find("ImageData.Data");
  const auto* dimensions = tags.find("ImageData.Dimensions");
  const auto type = type_of(tags.number_at("ImageData.DataType"), little_endian);
  if (!data || !dimensions || !type || data->bytes == 0) return std::nullopt;
  DmImage image{&tags, *type, {}, data->offset, data->bytes};
  for (const auto& dimension : dimensions->children)
    image.fastest_first.push_back(
        dimension.number >= 1 && dimension.number < 1e9 ? static_cast<std::int64_t>(dimension.number) : 0);
  return image;
}

/// The largest image of four axes, else of three, else of two.
std::optional<DmImage> best_image(const DmFile& dm) {
  std::optional<DmImage> best;
  const auto* list = dm.root.find("ImageList");
  if (!list) return best;
  for (const auto& entry : list->children) {
    const auto image = image_of(entry, dm.little_endian);
    if (!image || image->fastest_first.size() < 2 || image->fastest_first.size() > 4) continue;
    const auto rank = [](const DmImage& one) { return std::pair(one.fastest_first.size(), one.bytes); };
    if (!best || rank(*image) > rank(*best)) best = image;
  }
  return best;
}

AxisCalibration calibration_of(const DmImage& image, int axis_fastest_first) {
  const auto* axis = image.tags->find("ImageData.Calibrations.Dimension." + std::to_string(axis_fastest_first));
  if (!axis) return {};
  const double scale = axis->number_at("Scale");
  return {scale, -axis->number_at("Origin") * scale, axis->text_at("Units")};
}

bool is_length(const AxisCalibration& axis) { return angstrom_in(axis.unit) > 0; }
bool is_detector(const AxisCalibration& axis) { return inverse_angstrom_in(axis.unit) > 0 || mrad_in(axis.unit) > 0; }

constexpr const char *patterns_in_turn = "y x ky kx", *scan_images_in_turn = "ky kx y x";

/// The order of four axes by the units of their calibrations; empty where these leave it open.
std::string axes_by_units(const DmImage& image) {
  const auto fastest = calibration_of(image, 0), slowest = calibration_of(image, 3);
  if (is_length(fastest) && is_detector(slowest)) return scan_images_in_turn;
  if (is_detector(fastest) && is_length(slowest)) return patterns_in_turn;
  return {};
}

/// Four axes as they stand in the file, slowest first.
std::string axes_of(const DmImage& image, std::vector<std::string>& guesses) {
  const auto by_units = axes_by_units(image);
  if (const auto* swapped = image.tags->find("ImageTags.Meta Data.Data Order Swapped")) {
    const std::string axes = swapped->number == 1 || swapped->text == "1" ? patterns_in_turn : scan_images_in_turn;
    if (!by_units.empty() && by_units != axes)
      guesses.push_back(
          fmt::format("axes are {} as 'Data Order Swapped' says; their units say {} (--axes)", axes, by_units));
    return axes;
  }
  if (!by_units.empty()) return by_units;
  guesses.push_back(
      "the file does not say the order of its axes: taken as older files store them, ky kx y x. Give "
      "--axes \"y x ky kx\" if the patterns look wrong");
  return scan_images_in_turn;
}

void calibrate(const DmImage& image, const AxisOrder& order, ScanInfo& info) {
  const auto calibration = [&](int axis) {
    const int rank = static_cast<int>(image.fastest_first.size());
    return order[axis] < 0 ? AxisCalibration{} : calibration_of(image, rank - 1 - order[axis]);
  };
  calibrate_scan_axis(info, 'y', calibration(0));
  calibrate_scan_axis(info, 'x', calibration(1));
  calibrate_detector_axis(info, 'y', calibration(2));
  calibrate_detector_axis(info, 'x', calibration(3));
  info.energy_kev = image.tags->number_at("ImageTags.Microscope Info.Voltage") / 1000;
}

std::string intensity_unit(const DmTag& tags) {
  const bool as_stored = tags.number_at("ImageData.Calibrations.Brightness.Scale", 1) == 1 &&
                         tags.number_at("ImageData.Calibrations.Brightness.Origin") == 0;
  return as_stored && tags.text_at("ImageData.Calibrations.Brightness.Units").starts_with("e") ? "electrons" : "counts";
}

void describe(const DmTag& tags, ScanInfo& info) {
  info.title = tags.text_at("Name");
  info.intensity_unit = intensity_unit(tags);
  for (const auto* name : {"Voltage", "Indicated Magnification", "STEM Camera Length", "Cs(mm)", "Operation Mode",
                           "Illumination Mode", "Microscope"})
    if (const auto* tag = tags.find(std::string("ImageTags.Microscope Info.") + name)) {
      if (!tag->text.empty())
        info.provenance[name] = tag->text;
      else if (tag->number == tag->number)
        info.provenance[name] = tag->number;
    }
}

}  // namespace

std::unique_ptr<Scan> open_dm(const std::filesystem::path& path, const ScanOverrides& overrides) {
  MappedFile file(path);
  const auto name = path.string();
  const auto dm = read_dm_tags(FileBytes(file.bytes(), name));
  const auto image = best_image(dm);
  if (!image)
    throw FileError(
        fmt::format("'{}' holds no image of two to four axes of whole or real numbers. Is it the file with "
                    "the patterns?",
                    name));
  if (image->tags->text_at("ImageTags.Meta Data.Format") == "Spectrum image" && image->fastest_first.size() == 3)
    throw FileError(fmt::format("'{}' holds a spectrum image, no patterns. Is it the right file?", name));
  const Extents extents(image->fastest_first.rbegin(), image->fastest_first.rend());
  const int rank = static_cast<int>(extents.size());
  ScanInfo info;
  info.format = "Gatan DigitalMicrograph";
  const auto axes = !overrides.axes.empty() ? overrides.axes : rank == 4 ? axes_of(*image, info.guesses) : "";
  const auto order = axis_order(axes, rank);
  take_shape(info, extents, order, name);
  info.dtype = name_of(image->type);
  require_array(name, image->offset + image->bytes, image->offset, image->type, extents,
                fmt::format("its tags say shape {} of {}", shape_text(extents), info.dtype));
  describe(*image->tags, info);
  if (info.title.empty()) info.title = path.stem().string();
  calibrate(*image, order, info);
  const auto layout = array_layout(image->type, image->offset, extents, order);
  const bool scattered = layout.pattern.column_bytes > image->type.bytes && rank == 4;
  if (scattered)
    info.guesses.push_back("a pattern lies scattered over the whole file: reading is fastest in the order of the scan");
  return std::make_unique<MappedScan>(std::move(file), std::move(info), layout);
}

}  // namespace terrace
