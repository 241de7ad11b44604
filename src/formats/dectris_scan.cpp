// Dectris cameras (Arina, Quadro, ELA): X_master.h5 tells of the detector and links to X_data_000001.h5 and so on,
// where the frames lie in a row. The microscope's side file X.h5, where there is one, knows the scan.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "core/error.h"
#include "formats/hdf5_scan.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

const std::string detector = "/entry/instrument/detector";
const std::string specific = detector + "/detectorSpecific";

/// Frames `first` and on of the scan: a dataset of one file.
struct Part {
  fs::path file;
  std::string path;
  std::int64_t first = 0;
};

bool names_frames(const std::string& name) { return name.starts_with("data_"); }

/// The end of NAME behind its last underscore but one: "data_000001.h5".
std::string data_suffix(const std::string& name) {
  const auto at = name.rfind("data_");
  return at == std::string::npos ? name : name.substr(at);
}

/// X of X_master.h5, in its folder.
fs::path stem_of(const fs::path& master) {
  auto stem = master.stem().string();
  if (stem.ends_with("_master")) stem.resize(stem.size() - std::string("_master").size());
  return master.parent_path() / stem;
}

/// Where a link's file is: as written, beside the master, or renamed together with it; nothing where it is nowhere.
std::optional<fs::path> find_linked(const fs::path& master, const std::string& link) {
  const auto folder = master.parent_path();
  const auto name = fs::path(link).filename().string();
  std::error_code error;
  for (const auto& place : {folder / name, folder / link, fs::path(stem_of(master).string() + "_" + data_suffix(name))})
    if (fs::is_regular_file(place, error)) return place;
  return std::nullopt;
}

[[noreturn]] void refuse_missing(const Hdf5File& master, const std::vector<std::string>& missing, std::size_t all) {
  std::string names;
  for (std::size_t i = 0; i < std::min<std::size_t>(missing.size(), 5); ++i)
    names += fmt::format("{}'{}'", i == 0 ? "" : ", ", missing[i]);
  if (missing.size() > 5) names += fmt::format(" and {} more", missing.size() - 5);
  throw FileError(fmt::format("'{}' lacks {} of its {} data files: {}. Copy them into the same folder?",
                              master.path().string(), missing.size(), all, names));
}

/// Where the frames are, in order. What is not linked lies in the master itself.
std::vector<Part> find_parts(const Hdf5File& master) {
  std::vector<Part> parts;
  std::vector<std::string> missing;
  std::size_t all = 0;
  for (const auto& name : master.children("/entry/data")) {
    if (!names_frames(name)) continue;
    ++all;
    const auto path = "/entry/data/" + name;
    const auto link = master.external_link(path);
    const auto place = link ? find_linked(master.path(), link->file) : master.path();
    if (!place) {
      missing.push_back(fs::path(link->file).filename().string());
      continue;
    }
    parts.push_back({*place, link ? link->path : path});
  }
  if (!missing.empty()) refuse_missing(master, missing, all);
  return parts;
}

/// Height and width of the scan for frames in a row; 0 where the files do not say.
struct Positions {
  std::int64_t height = 0, width = 0;
  std::string source;
};

/// A count in a file, which may hold anything; 0 where it is none.
std::int64_t count_from(double number) { return number >= 1 && number <= 1e9 ? static_cast<std::int64_t>(number) : 0; }

double number_or_zero(const Hdf5File& file, const std::string& path) { return number_at(file, path).value_or(0); }

/// One data file is open at a time: there may be thousands, each with chunks to keep.
class DectrisScan : public Scan {
 public:
  DectrisScan(const Hdf5File& master, const ScanOverrides& overrides) : parts_(find_parts(master)) {
    const auto name = master.path().string();
    if (!overrides.axes.empty())
      throw InputError(fmt::format("'{}' has its frames in a row: 'axes' says nothing here. Give scan_shape?", name));
    for (std::size_t i = 0; i < parts_.size(); ++i) count_frames(i);
    take_shape(info_, {frames_, frame_[0], frame_[1]}, axis_order("", 3), name);
    info_.guesses.clear();
    info_.format = "Dectris";
    info_.title = stem_of(master.path()).filename().string();
    info_.intensity_unit = "counts";
    take_detector(master);
    take_side_file(stem_of(master.path()).string() + ".h5");
    if (overrides.scan_shape.empty()) settle_shape(master);
  }

  void read(int row, int column, std::span<float> pattern) const override {
    const auto frame = std::int64_t{row} * info_.scan_width + column;
    const auto after = std::upper_bound(parts_.begin(), parts_.end(), frame,
                                        [](std::int64_t wanted, const Part& part) { return wanted < part.first; });
    const auto part = static_cast<std::size_t>(after - parts_.begin()) - 1;
    {
      const std::lock_guard lock(mutex_);
      open(part).read<float>({frame - parts_[part].first, 0, 0}, {1, frame_[0], frame_[1]}, pattern);
    }
    const auto masked = static_cast<float>(masked_count());
    std::replace_if(
        pattern.begin(), pattern.end(), [masked](float count) { return count >= masked; }, 0.0f);
  }

 private:
  const Hdf5Dataset& open(std::size_t part) const {
    if (part == open_part_) return data_;
    open_part_ = parts_.size();
    data_ = {};
    file_.emplace(Hdf5File::open(parts_[part].file));
    data_ = file_->dataset(parts_[part].path);
    open_part_ = part;
    return data_;
  }

  void count_frames(std::size_t part) {
    const auto& data = open(part);
    const auto& extents = data.extents();
    if (part == 0 && extents.size() == 3) {
      frame_ = {extents[1], extents[2]};
      info_.dtype = data.type();
    }
    if (extents.size() != 3 || Extents{extents[1], extents[2]} != frame_ || data.type() != info_.dtype ||
        (data.type() != "uint8" && data.type() != "uint16" && data.type() != "uint32"))
      throw FileError(fmt::format("'{}' holds {} of shape {}, not frames of 8, 16 or 32 bit counts like the others.",
                                  parts_[part].file.string(), data.type(), shape_text(extents)));
    data.refuse_unknown_filters();
    data.refuse_empty_promise();
    parts_[part].first = frames_;
    frames_ += extents[0];
  }

  /// 2^bits − 1: what the camera writes for a pixel that is masked or overflew.
  std::uint32_t masked_count() const {
    return info_.dtype == "uint8" ? 0xffu : info_.dtype == "uint16" ? 0xffffu : 0xffffffffu;
  }

  void take_detector(const Hdf5File& master) {
    info_.energy_kev = number_or_zero(master, specific + "/photon_energy") / 1000;
    const double column = number_or_zero(master, detector + "/beam_center_x"),
                 row = number_or_zero(master, detector + "/beam_center_y");
    if (row > 0 && column > 0) {  // 0 is what stands there when nobody set it
      info_.centre_row = row;
      info_.centre_column = column;
    }
    info_.guesses.push_back(
        fmt::format("pixels at {}, masked or overflown, read as 0{}", masked_count(), mask_text(master)));
  }

  std::string mask_text(const Hdf5File& master) const {
    const auto path = specific + "/pixel_mask";
    if (!master.is_dataset(path)) return "";
    const auto mask = master.dataset(path);
    if (mask.extents() != frame_ || !mask.can_be_read()) return "";
    std::vector<float> flags(static_cast<std::size_t>(frame_[0] * frame_[1]));
    mask.read<float>({0, 0}, mask.extents(), flags);
    const auto masked = flags.size() - std::count(flags.begin(), flags.end(), 0.0f);
    return fmt::format("; the camera's mask names {}", masked);
  }

  /// What the microscope wrote: attributes of "STEM Metadata".
  void take_side_file(const fs::path& path) {
    if (!Hdf5File::is_hdf5(path)) return;
    const auto side = Hdf5File::open(path);
    const auto number = [&](const char* name) { return number_attribute(side, "/STEM Metadata", name).value_or(0); };
    shape_ = {count_from(number("NumPixelsY")), count_from(number("NumPixelsX")), path.filename().string()};
    info_.step_y_angstrom = info_.step_x_angstrom = 10 * std::max(number("Pixel Size"), 0.0);  // nm
    if (number("High Tension") > 0) info_.energy_kev = number("High Tension") / 1000;
    if (info_.step_x_angstrom > 0 && side.has_attribute("/STEM Metadata", "IsPixelSizeCalibrated") &&
        number("IsPixelSizeCalibrated") == 0)
      info_.guesses.push_back(fmt::format("'{}' says that its scan step is not calibrated", shape_.source));
  }

  /// From the side file, or else from lines that were triggered one by one, or else square.
  void settle_shape(const Hdf5File& master) {
    if (fits(shape_)) return take(shape_);
    if (shape_.width > 0)
      info_.guesses.push_back(fmt::format("'{}' says {} x {} positions, but there are {} frames", shape_.source,
                                          shape_.height, shape_.width, frames_));
    const Positions lines = {count_from(number_or_zero(master, specific + "/ntrigger")),
                             count_from(number_or_zero(master, specific + "/nimages")), ""};
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(frames_))));
    if (lines.height > 1 && lines.width > 1 && lines.height * lines.width == frames_) {
      info_.guesses.push_back("scan shape: one line a trigger, as the camera counted");
      take(lines);
    } else if (side * side == frames_) {
      info_.guesses.push_back(fmt::format("no file says the scan's shape: {} frames taken as a square", frames_));
      take({side, side, ""});
    } else {
      throw FileError(
          fmt::format("'{}' holds {} frames in a row, and no file says the scan's shape. Give it (--scan-shape Y,X)?",
                      master.path().string(), frames_));
    }
  }

  /// Some frames more than positions may follow the scan: the camera waits for more triggers.
  bool fits(const Positions& shape) const {
    return shape.height > 0 && shape.width > 0 && shape.height <= frames_ && shape.width <= frames_ / shape.height;
  }

  void take(const Positions& shape) {
    info_.scan_height = static_cast<int>(shape.height);
    info_.scan_width = static_cast<int>(shape.width);
    if (const auto more = frames_ - shape.height * shape.width; more > 0)
      info_.guesses.push_back(fmt::format("the last {} frames are left out", more));
  }

  std::vector<Part> parts_;
  std::int64_t frames_ = 0;
  Extents frame_;  ///< height and width of a frame
  Positions shape_;
  mutable std::mutex mutex_;
  mutable std::size_t open_part_ = std::numeric_limits<std::size_t>::max();
  mutable std::optional<Hdf5File> file_;
  mutable Hdf5Dataset data_;
};

}  // namespace

bool is_dectris(const Hdf5File& file) {
  if (!file.has(detector) || !file.has("/entry/data") || file.is_dataset("/entry/data")) return false;
  const auto names = file.children("/entry/data");
  return std::any_of(names.begin(), names.end(), names_frames);
}

std::unique_ptr<Scan> open_dectris(Hdf5File file, const ScanOverrides& overrides) {
  return std::make_unique<DectrisScan>(file, overrides);
}

}  // namespace terrace
