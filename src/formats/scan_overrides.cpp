#include "formats/scan_overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>

#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"
#include "formats/units.h"

namespace terrace {
namespace {

constexpr std::string_view says_no_shape = "the file does not say the scan's shape";

/// A JSON value as the settings readers take it. A list of words becomes one text, so that axes may be written either
/// way.
Config to_config(const nlohmann::ordered_json& json, const std::string& place) {
  Config config;
  config.place = place;
  if (json.is_object()) {
    Config::Table table;
    for (const auto& [key, value] : json.items()) table[key] = to_config(value, place);
    config.value = std::move(table);
  } else if (json.is_array() && !json.empty() && json[0].is_string()) {
    std::string words;
    for (const auto& word : json) words.append(word.is_string() ? word.get<std::string>() : "?").push_back(' ');
    config.value = words;
  } else if (json.is_array()) {
    Config::List list;
    for (const auto& value : json) list.push_back(to_config(value, place));
    config.value = std::move(list);
  } else if (json.is_number()) {
    config.value = json.get<double>();
  } else if (json.is_boolean()) {
    config.value = std::string(json.get<bool>() ? "yes" : "no");  // the only truth values here are yes|no choices
  } else if (json.is_string()) {
    config.value = json.get<std::string>();
  } else {
    throw FileError(fmt::format("'{}' holds an empty value. Leave the key out?", place));
  }
  return config;
}

/// A pair [y, x], or one number for both.
std::pair<double, double> pair_of(const std::vector<double>& numbers, const std::string& name) {
  if (numbers.size() == 1) return {numbers[0], numbers[0]};
  if (numbers.size() == 2) return {numbers[0], numbers[1]};
  throw InputError(fmt::format("'{}' has {} numbers; it wants one, or two as [y, x].", name, numbers.size()));
}

/// A scan seen in another shape, or turned over.
class AdjustedScan : public Scan {
 public:
  AdjustedScan(std::unique_ptr<Scan> scan, const ScanOverrides& overrides)
      : scan_(std::move(scan)),
        flip_scan_(overrides.flip_scan_y == "yes"),
        flip_y_(overrides.flip_detector_y == "yes"),
        flip_x_(overrides.flip_detector_x == "yes") {
    info_ = scan_->info();
    if (!overrides.scan_shape.empty()) reshape(overrides.scan_shape);
    if (flip_y_ && info_.centre_row >= 0) info_.centre_row = info_.detector_height - 1 - info_.centre_row;
    if (flip_x_ && info_.centre_column >= 0) info_.centre_column = info_.detector_width - 1 - info_.centre_column;
  }

  void read(int row, int column, std::span<float> pattern) const override {
    if (flip_scan_) row = info_.scan_height - 1 - row;
    const auto position = std::int64_t{row} * info_.scan_width + column;
    const int width = scan_->info().scan_width;
    scan_->read(static_cast<int>(position / width), static_cast<int>(position % width), pattern);
    const auto columns = info_.detector_width;
    if (flip_x_)
      for (auto begin = pattern.begin(); begin != pattern.end(); begin += columns) std::reverse(begin, begin + columns);
    if (flip_y_)
      for (int low = 0, high = info_.detector_height - 1; low < high; ++low, --high)
        std::swap_ranges(pattern.begin() + std::int64_t{low} * columns,
                         pattern.begin() + std::int64_t{low + 1} * columns,
                         pattern.begin() + std::int64_t{high} * columns);
  }

 private:
  void reshape(const std::vector<int>& shape) {
    if (shape.size() != 2)
      throw InputError(fmt::format("'scan_shape' has {} numbers; it wants two as [y, x].", shape.size()));
    const auto held = std::int64_t{info_.scan_height} * info_.scan_width, asked = std::int64_t{shape[0]} * shape[1];
    if (asked > held)
      throw InputError(
          fmt::format("'scan_shape' [{}, {}] asks for {} patterns, but the file holds {}. Is the order [y, x]?",
                      shape[0], shape[1], asked, held));
    std::erase_if(info_.guesses, [](const std::string& guess) { return guess.starts_with(says_no_shape); });
    if (asked < held) info_.guesses.push_back(fmt::format("the last {} patterns are left out", held - asked));
    info_.scan_height = shape[0];
    info_.scan_width = shape[1];
  }

  std::unique_ptr<Scan> scan_;
  bool flip_scan_, flip_y_, flip_x_;
};

/// A part of a scan, or its counts as electrons.
class PartOfScan : public Scan {
 public:
  PartOfScan(std::unique_ptr<Scan> scan, const std::vector<int>& crop, double counts_per_electron)
      : scan_(std::move(scan)), electrons_per_count_(static_cast<float>(1 / counts_per_electron)) {
    info_ = scan_->info();
    if (!crop.empty()) take_part(crop);
    if (counts_per_electron != 1) info_.dtype = "float32";
  }

  void read(int row, int column, std::span<float> pattern) const override {
    scan_->read(first_row_ + row, first_column_ + column, pattern);
    if (electrons_per_count_ != 1)
      for (float& number : pattern) number *= electrons_per_count_;
  }

 private:
  void take_part(const std::vector<int>& crop) {
    if (crop.size() != 4)
      throw InputError(
          fmt::format("'crop' has {} numbers; it wants four as [first y, first x, height, width].", crop.size()));
    const int y = crop[0], x = crop[1], height = crop[2], width = crop[3];
    if (height < 1 || width < 1 || y > info_.scan_height - height || x > info_.scan_width - width)
      throw InputError(
          fmt::format("'crop' [{}, {}, {}, {}] leaves the scan of {} x {} positions. Is the order "
                      "[first y, first x, height, width]?",
                      y, x, height, width, info_.scan_height, info_.scan_width));
    first_row_ = y;
    first_column_ = x;
    info_.scan_height = height;
    info_.scan_width = width;
    info_.start_y_angstrom += y * info_.step_y_angstrom;
    info_.start_x_angstrom += x * info_.step_x_angstrom;
  }

  std::unique_ptr<Scan> scan_;
  float electrons_per_count_;
  int first_row_ = 0, first_column_ = 0;
};

}  // namespace

ScanOverrides merged(const ScanOverrides& first, const ScanOverrides& second) {
  ScanOverrides both = first;
  const ScanOverrides standard;
  for (const auto& field : fields(&first))
    std::visit(
        [&](auto member) {
          if (first.*member == standard.*member) both.*member = second.*member;
        },
        field.member);
  return both;
}

ScanOverrides read_sidecar(const std::filesystem::path& path) {
  const auto json = parse_json(read_text(path), path.string());
  if (!json.is_object()) throw FileError(fmt::format("'{}' is not a JSON object {{…}}.", path.string()));
  try {
    Config root;
    root.value = Config::Table{{"sidecar", to_config(json, path.string())}};
    return read_settings<ScanOverrides>(root, "sidecar");
  } catch (const InputError& error) {
    throw FileError(error.what());
  }
}

nlohmann::ordered_json sidecar_of(const ScanInfo& info) {
  nlohmann::ordered_json json;
  if (!info.title.empty()) json["title"] = info.title;
  json["axes"] = {"y", "x", "ky", "kx"};
  if (info.step_y_angstrom > 0 && info.step_x_angstrom > 0) {
    json["step_nm"] = {info.step_y_angstrom / 10, info.step_x_angstrom / 10};
    json["start_nm"] = {info.start_y_angstrom / 10, info.start_x_angstrom / 10};
  }
  if (info.mrad_per_pixel_y > 0 && info.mrad_per_pixel_x > 0)
    json["mrad_per_pixel"] = {info.mrad_per_pixel_y, info.mrad_per_pixel_x};
  if (info.centre_row >= 0 && info.centre_column >= 0) json["centre"] = {info.centre_row, info.centre_column};
  if (info.energy_kev > 0) json["energy_kev"] = info.energy_kev;
  if (info.semiangle_mrad > 0) json["semiangle_mrad"] = info.semiangle_mrad;
  if (info.thickness_nm > 0) json["thickness_nm"] = info.thickness_nm;
  json["intensity_unit"] = info.intensity_unit;
  if (info.electrons_per_pattern > 0) json["electrons_per_pattern"] = info.electrons_per_pattern;
  return json;
}

void apply(const ScanOverrides& overrides, ScanInfo& info) {
  const auto take_pair = [](const std::vector<double>& numbers, const char* name, double factor, double& y, double& x) {
    if (numbers.empty()) return;
    const auto [first, second] = pair_of(numbers, name);
    y = factor * first;
    x = factor * second;
  };
  take_pair(overrides.step_nm, "step_nm", 10, info.step_y_angstrom, info.step_x_angstrom);
  take_pair(overrides.start_nm, "start_nm", 10, info.start_y_angstrom, info.start_x_angstrom);
  take_pair(overrides.mrad_per_pixel, "mrad_per_pixel", 1, info.mrad_per_pixel_y, info.mrad_per_pixel_x);
  take_pair(overrides.centre, "centre", 1, info.centre_row, info.centre_column);
  if (overrides.energy_kev > 0) {
    if (overrides.mrad_per_pixel.empty()) forget_settled_angles(info);
    info.energy_kev = overrides.energy_kev;
  }
  if (overrides.semiangle_mrad > 0) info.semiangle_mrad = overrides.semiangle_mrad;
  if (overrides.thickness_nm > 0) info.thickness_nm = overrides.thickness_nm;
  if (!overrides.intensity_unit.empty()) info.intensity_unit = overrides.intensity_unit;
  if (overrides.counts_per_electron > 0) info.intensity_unit = "electrons";  // whatever they were before
  if (overrides.electrons_per_pattern > 0) info.electrons_per_pattern = overrides.electrons_per_pattern;
  if (!overrides.title.empty()) info.title = overrides.title;
  settle_angles(info);
}

std::unique_ptr<Scan> adjusted(std::unique_ptr<Scan> scan, const ScanOverrides& overrides) {
  if (!overrides.scan_shape.empty() || overrides.flip_scan_y == "yes" || overrides.flip_detector_y == "yes" ||
      overrides.flip_detector_x == "yes")
    scan = std::make_unique<AdjustedScan>(std::move(scan), overrides);
  apply(overrides, scan->info());  // a centre that the user gives is that of the pattern as flipped
  if (!overrides.crop.empty() || overrides.counts_per_electron > 0)
    scan = std::make_unique<PartOfScan>(std::move(scan), overrides.crop,
                                        overrides.counts_per_electron > 0 ? overrides.counts_per_electron : 1);
  return scan;
}

AxisOrder axis_order(const std::string& axes, int rank) {
  const AxisOrder usual = {rank - 4, rank - 3, rank - 2, rank - 1};
  const auto names = rank == 4   ? std::vector<std::string>{"y", "x", "ky", "kx"}
                     : rank == 3 ? std::vector<std::string>{"n", "ky", "kx"}
                                 : std::vector<std::string>{"ky", "kx"};
  AxisOrder order = {-1, -1, usual[2], usual[3]};
  if (rank >= 3) order[1] = usual[1];
  if (rank == 4) order[0] = usual[0];
  if (axes.empty()) return order;

  std::string spaced = axes;
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  std::istringstream stream(spaced);
  const std::vector<std::string> words(std::istream_iterator<std::string>(stream), {});
  for (std::size_t name = 0; name < names.size(); ++name) {
    const auto found = std::find(words.begin(), words.end(), names[name]);
    if (found == words.end() || words.size() != names.size())
      throw InputError(fmt::format(
          "axes '{}' do not fit the file's {} axes. Name {} in the file's order, slowest first.", axes, rank,
          rank == 4   ? "y, x, ky and kx"
          : rank == 3 ? "n, ky and kx"
                      : "ky and kx"));
    order[4 - names.size() + name] = static_cast<int>(found - words.begin());
  }
  return order;
}

void take_shape(ScanInfo& info, const Extents& extents, const AxisOrder& order, const std::string& name) {
  std::array<std::int64_t, 4> sizes;
  for (int axis = 0; axis < 4; ++axis) {
    sizes[axis] = order[axis] < 0 ? 1 : extents[order[axis]];
    if (sizes[axis] < 1 || sizes[axis] > 100'000'000)
      throw FileError(fmt::format("'{}' has shape {}, which is no scan. Is it damaged?", name, shape_text(extents)));
  }
  if (sizes[2] * sizes[3] > 1 << 26)
    throw FileError(fmt::format("'{}' would have patterns of {} x {} pixels. Give the order of its axes?", name,
                                sizes[2], sizes[3]));
  info.scan_height = static_cast<int>(sizes[0]);
  info.scan_width = static_cast<int>(sizes[1]);
  info.detector_height = static_cast<int>(sizes[2]);
  info.detector_width = static_cast<int>(sizes[3]);
  if (order[0] < 0 && sizes[1] > 1) info.guesses.push_back(shape_unknown(sizes[1]));
}

std::string shape_unknown(std::int64_t patterns) {
  const auto side = std::llround(std::sqrt(static_cast<double>(patterns)));
  return fmt::format("{}: its {} patterns are taken as one row. Give --scan-shape{}?", says_no_shape, patterns,
                     side * side == patterns && side > 1 ? fmt::format(" (a square is {},{})", side, side) : "");
}

void turn_pattern(std::span<const float> stored, int height, int width, std::span<float> pattern) {
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) pattern[y * width + x] = stored[x * height + y];
}

}  // namespace terrace
