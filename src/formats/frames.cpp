#include "formats/frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

/// Frames in several files. A file is mapped for the moment of reading: there may be one for every frame.
class FilesScan : public Scan {
 public:
  FilesScan(const std::vector<FrameFile>& files, const FrameLayout& layout, ScanInfo info)
      : files_(files), layout_(layout) {
    info_ = std::move(info);
    std::int64_t count = 0;
    for (const auto& file : files_) ends_.push_back(count += file.frames);
  }

  void read(int row, int column, std::span<float> pattern) const override {
    const auto frame = std::int64_t{row} * info_.scan_width + column;
    const auto file = std::upper_bound(ends_.begin(), ends_.end(), frame) - ends_.begin();
    const auto& [path, first_byte, frames] = files_[file];
    const auto at = first_byte + (frame - (ends_[file] - frames)) * layout_.stride;
    const MappedFile mapped(path);
    if (at + layout_.frame_bytes > static_cast<std::int64_t>(mapped.bytes().size()))
      throw FileError(fmt::format("'{}' has become shorter since it was opened.", path.string()));
    layout_.read(mapped.bytes().data() + at, layout_.pattern, pattern.data());
  }

 private:
  std::vector<FrameFile> files_;
  std::vector<std::int64_t> ends_;  ///< frames up to and with each file
  FrameLayout layout_;
};

/// The shape that `frames` frames fill, and in words what had to be done for it.
ScanShape filled(std::int64_t frames, const ScanShape& wanted, std::vector<std::string>& notes) {
  if (wanted.width <= 0) {
    if (frames > 1) notes.push_back(shape_unknown(frames));
    return {1, frames};
  }
  if (wanted.width > frames) {
    notes.push_back(fmt::format("the file holds {} patterns, not one line of {}", frames, wanted.width));
    return {1, frames};
  }
  const auto lines = frames / wanted.width;
  if (wanted.height > lines)
    notes.push_back(fmt::format("the scan was interrupted: {} of its {} lines are whole and kept, of {} patterns",
                                lines, wanted.height, frames));
  const auto height = wanted.height > 0 ? std::min(wanted.height, lines) : lines;
  const auto left_out = frames - height * wanted.width;
  if (left_out > 0)
    notes.push_back(
        fmt::format("the last {} patterns are left out: the scan is {} x {}", left_out, height, wanted.width));
  return {height, wanted.width};
}

}  // namespace

FrameLayout plain_frames(const NumberType& type, std::int64_t height, std::int64_t width, std::int64_t gap,
                         const std::string& name) {
  constexpr std::int64_t most = 1 << 20;
  if (height < 1 || width < 1 || height > most || width > most || height * width > 1 << 26)
    throw FileError(fmt::format("'{}' would have patterns of {} x {} pixels. Is it damaged?", name, height, width));
  FrameLayout layout;
  layout.pattern = {type, static_cast<int>(height), static_cast<int>(width), width * type.bytes, type.bytes};
  layout.frame_bytes = height * width * type.bytes;
  layout.stride = layout.frame_bytes + gap;
  return layout;
}

FrameFile frame_file(const std::filesystem::path& path, std::int64_t first_byte, const FrameLayout& layout,
                     std::int64_t footer) {
  std::error_code error;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  const auto held = error ? -1 : size - first_byte - footer;
  if (held < layout.frame_bytes)
    throw FileError(
        fmt::format("'{}' holds {} bytes, not one whole pattern ({} bytes from byte {} on). Was the copy cut short?",
                    path.string(), error ? 0 : size, layout.frame_bytes, first_byte));
  return {path, first_byte, (held - layout.frame_bytes) / layout.stride + 1};
}

std::unique_ptr<Scan> open_frames(const std::vector<FrameFile>& files, const FrameLayout& layout, ScanInfo info,
                                  const ScanShape& shape, const ScanOverrides& overrides) {
  std::int64_t frames = 0;
  for (const auto& file : files) frames += file.frames;
  const auto [height, width] = filled(frames, overrides.scan_shape.empty() ? shape : ScanShape{}, info.guesses);
  take_shape(info, {height, width, layout.pattern.height, layout.pattern.width}, {0, 1, 2, 3}, files[0].path.string());
  if (info.dtype.empty()) info.dtype = name_of(layout.pattern.type);
  if (info.title.empty()) info.title = files[0].path.stem().string();
  if (files.size() > 1) return std::make_unique<FilesScan>(files, layout, std::move(info));
  const ScanLayout scan = {layout.pattern, files[0].first_byte, width * layout.stride, layout.stride, layout.read};
  return std::make_unique<MappedScan>(MappedFile(files[0].path), std::move(info), scan);
}

}  // namespace terrace
