#include "formats/scan_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/json_text.h"
#include "formats/scan_file_layout.h"

namespace terrace {
namespace {

/// The dtype that `info` asks for; electrons of a dose up to 30,000 cannot fill 16 bits.
ScanInfo with_dtype(ScanInfo info) {
  const bool counts = info.intensity_unit == "electrons" || info.intensity_unit == "counts";
  if (info.dtype.empty() && counts && info.electrons_per_pattern > 0)
    info.dtype = info.intensity_unit == "electrons" && info.electrons_per_pattern <= 30000 ? "uint16" : "uint32";
  if (info.dtype.empty()) info.dtype = "float32";
  if (info.dtype != "float32" && info.dtype != "uint16" && info.dtype != "uint32")
    throw InputError(fmt::format("A scan cannot be stored as '{}'. Use float32, uint16 or uint32.", info.dtype));
  if (std::min({info.scan_height, info.scan_width, info.detector_height, info.detector_width}) < 1)
    throw InputError(fmt::format("A scan of {} x {} patterns of {} x {} pixels cannot be stored.", info.scan_height,
                                 info.scan_width, info.detector_height, info.detector_width));
  return info;
}

Extents extents_of(const ScanInfo& info) {
  return {info.scan_height, info.scan_width, info.detector_height, info.detector_width};
}

double file_bytes(const ScanInfo& info) {
  double bytes = info.dtype == "float32" ? 4 : 1;  // counts shrink to well under a byte a pixel
  for (const auto extent : extents_of(info)) bytes *= static_cast<double>(extent);
  return bytes + 1e6;
}

/// Chunks of about a megabyte along the fast axis, which share out a row evenly. Counts are packed; fractions, which
/// hardly shrink, are not, but lie in chunks as well, because HyperSpy opens only such data lazily.
Hdf5Layout layout_of(const ScanInfo& info) {
  const bool counts = info.dtype != "float32";
  const double pattern_bytes = (counts ? 2.0 : 4.0) * info.detector_height * info.detector_width;
  const auto most = std::clamp<std::int64_t>(std::llround(1e6 / pattern_bytes), 1, info.scan_width);
  const auto chunks = (info.scan_width + most - 1) / most;
  const auto patterns = (info.scan_width + chunks - 1) / chunks;
  return {.chunk = {1, patterns, info.detector_height, info.detector_width}, .gzip = counts ? 4 : 0};
}

Hdf5Dataset make_data(Hdf5File& file, const ScanInfo& info) {
  if (info.dtype == "uint16")
    return file.make_dataset<std::uint16_t>(scan_data_path, extents_of(info), layout_of(info));
  if (info.dtype == "uint32")
    return file.make_dataset<std::uint32_t>(scan_data_path, extents_of(info), layout_of(info));
  return file.make_dataset<float>(scan_data_path, extents_of(info), layout_of(info));
}

/// Rounds to whole counts. Throws InputError where one does not fit.
std::vector<std::uint32_t> whole_counts(std::span<const float> numbers, const std::string& dtype) {
  const double most =
      dtype == "uint16" ? std::numeric_limits<std::uint16_t>::max() : std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> counts(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double rounded = std::nearbyint(static_cast<double>(numbers[i]));
    if (!(rounded >= 0 && rounded <= most))
      throw InputError(
          fmt::format("A pixel holds {}, which cannot be stored as {}. Use uint32 or float32?", numbers[i], dtype));
    counts[i] = static_cast<std::uint32_t>(rounded);
  }
  return counts;
}

}  // namespace

ScanWriter::ScanWriter(const std::filesystem::path& path, const ScanInfo& info, const nlohmann::ordered_json& settings)
    : place_(path),
      file_((require_disk_space(path, file_bytes(with_dtype(info))), Hdf5File::create(place_.partial()))),
      data_(make_data(file_, with_dtype(info))),
      info_(with_dtype(info)) {
  write_emd_view(file_, info_, to_text(settings));
  write_hyperspy_view(file_, info_);
  write_nexus_view(file_, info_);
}

void ScanWriter::write(int row, int column, std::span<const float> pattern) {
  write_block({row, column, 0, 0}, {1, 1, info_.detector_height, info_.detector_width}, pattern);
}

void ScanWriter::write_row(int row, std::span<const float> patterns) {
  write_block({row, 0, 0, 0}, {1, info_.scan_width, info_.detector_height, info_.detector_width}, patterns);
}

void ScanWriter::write_block(const Extents& start, const Extents& counts, std::span<const float> numbers) {
  if (info_.dtype == "float32") return data_.write<float>(start, counts, numbers);
  const auto whole = whole_counts(numbers, info_.dtype);
  data_.write<std::uint32_t>(start, counts, whole);
}

void ScanWriter::close() {
  data_ = {};
  file_.close();
  place_.commit();
}

void write_scan(const std::filesystem::path& path, const Scan& scan, const Progress& progress) {
  auto info = scan.info();
  if (info.dtype != "uint16" && info.dtype != "uint32") info.dtype = info.dtype == "uint8" ? "uint16" : "float32";
  ScanWriter writer(path, info, info.provenance);
  Image pattern({info.detector_height, info.detector_width});
  for (int row = 0; row < info.scan_height; ++row) {
    for (int column = 0; column < info.scan_width; ++column) {
      scan.read(row, column, pattern.span());
      writer.write(row, column, pattern.span());
    }
    if (progress) progress("writing", row + 1, info.scan_height);
  }
  writer.close();
}

}  // namespace terrace
