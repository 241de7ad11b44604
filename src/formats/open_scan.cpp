// From a path to the reader that knows the file: by what it holds, not by its name.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "core/error.h"
#include "formats/blockfile.h"
#include "formats/dm.h"
#include "formats/dm_tags.h"
#include "formats/empad.h"
#include "formats/hdf5_scan.h"
#include "formats/merlin.h"
#include "formats/mrc.h"
#include "formats/npy.h"
#include "formats/raw.h"
#include "formats/text_of_file.h"
#include "formats/trial.h"
#include "formats/tvips.h"
#include "formats/zarr_scan.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

constexpr const char* known_formats =
    "HDF5 (terrace, py4DSTEM/EMD, HyperSpy .hspy, Dectris _master.h5, Prismatic, any dataset of four axes), NumPy "
    ".npy, "
    "folders of Zarr, Merlin .mib, Gatan .dm4 and .dm3, EMPAD .raw with .xml, .blo, .tvips, .mrc";

/// A format: whether a file that begins with `start` is of it, and how to open one.
struct ScanFormat {
  bool (*recognises)(const fs::path& path, std::string_view start);
  std::unique_ptr<Scan> (*open)(const fs::path& path, const ScanOverrides& overrides);
};

/// The only list of kinds of HDF5 file; the first that recognises the file opens it, the last knows all.
constexpr Hdf5Kind hdf5_kinds[] = {
    {is_emd, open_emd},
    {is_hyperspy, open_hyperspy},
    {is_velox, refuse_velox},
    {is_prismatic, open_prismatic},
    {is_dectris, open_dectris},
    {is_old_emd, open_old_emd},
    {[](const Hdf5File&) { return true; }, open_plain_hdf5},
};

std::unique_ptr<Scan> open_hdf5_as_it_is(const fs::path& path, const ScanOverrides& overrides) {
  auto file = Hdf5File::open(path);
  const auto kind = std::find_if(std::begin(hdf5_kinds), std::end(hdf5_kinds),
                                 [&](const Hdf5Kind& candidate) { return candidate.recognises(file); });
  return adjusted(kind->open(std::move(file), overrides), overrides);
}

/// Opens the file and reads its first and last pattern, as a damaged file will not let one do.
void try_hdf5(const fs::path& path, const ScanOverrides& overrides) {
  const auto scan = open_hdf5_as_it_is(path, overrides);
  const auto& info = scan->info();
  std::vector<float> pattern(static_cast<std::size_t>(info.detector_height) * info.detector_width);
  scan->read(0, 0, pattern);
  scan->read(info.scan_height - 1, info.scan_width - 1, pattern);
}

std::unique_ptr<Scan> open_hdf5(const fs::path& path, const ScanOverrides& overrides) {
  constexpr int patience_seconds = 10;
  if (!survives([&] { try_hdf5(path, overrides); }, patience_seconds))
    throw FileError(fmt::format("'{}' is damaged: the HDF5 library cannot follow it. Copy it again?", path.string()));
  return open_hdf5_as_it_is(path, overrides);
}

/// A sidecar's centre is that of the pattern as the sidecar turns it. Hands it on as that of the pattern as stored, so
/// that it turns with the pattern where the user turns it further.
void take_centre(ScanOverrides& sidecar, ScanInfo& info) {
  ScanOverrides centre;
  centre.centre = std::exchange(sidecar.centre, {});
  if (centre.centre.empty()) return;
  apply(centre, info);
  if (sidecar.flip_detector_y == "yes") info.centre_row = info.detector_height - 1 - info.centre_row;
  if (sidecar.flip_detector_x == "yes") info.centre_column = info.detector_width - 1 - info.centre_column;
}

/// The file beside NAME.npy that says what NumPy cannot.
std::unique_ptr<Scan> open_npy_with_sidecar(const fs::path& path, const ScanOverrides& overrides) {
  const auto sidecar = fs::path(path).replace_extension(".json");
  if (!fs::exists(sidecar)) return adjusted(open_npy(path, overrides), overrides);
  auto beside = read_sidecar(sidecar);
  auto scan = open_npy(path, merged(overrides, beside));
  take_centre(beside, scan->info());
  scan->info().format = "NumPy with sidecar";
  return adjusted(std::move(scan), merged(overrides, beside));
}

/// A reader's patterns as the user wants them.
template <auto open>
std::unique_ptr<Scan> open_adjusted(const fs::path& path, const ScanOverrides& overrides) {
  return adjusted(open(path, overrides), overrides);
}

/// The raw dumps of a K2 camera: blocks in eight .bin files, and the .gtg beside them.
bool is_k2_dump(const fs::path& path, std::string_view start) {
  constexpr std::string_view block_mark("\xFF\xFF\x00\x55", 4);
  return has_ending(path, ".gtg") || (has_ending(path, ".bin") && start.starts_with(block_mark));
}

std::unique_ptr<Scan> refuse_k2_dump(const fs::path& path, const ScanOverrides&) {
  throw FileError(
      fmt::format("'{}' is part of a K2 camera's raw dump, which terrace does not read. Open the .gtg file in "
                  "DigitalMicrograph (GMS) and save as .dm4.",
                  path.string()));
}

/// The only list of formats; the first that recognises the file opens it.
constexpr ScanFormat formats[] = {
    {[](const fs::path& path, std::string_view) { return Hdf5File::is_hdf5(path); }, open_hdf5},
    {[](const fs::path&, std::string_view start) { return is_npy(start); }, open_npy_with_sidecar},
    {[](const fs::path&, std::string_view start) { return is_merlin(start); }, open_adjusted<open_merlin>},
    {is_k2_dump, refuse_k2_dump},
    {[](const fs::path&, std::string_view start) { return is_dm(start); }, open_adjusted<open_dm>},
    {is_empad, open_adjusted<open_empad>},
    {[](const fs::path&, std::string_view start) { return is_blockfile(start); }, open_adjusted<open_blockfile>},
    {is_tvips, open_adjusted<open_tvips>},
    {is_mrc, open_adjusted<open_mrc>},
};

std::string start_of(const fs::path& path) {
  std::error_code error;
  const auto name = path.string();
  if (!fs::exists(path, error)) throw FileError(fmt::format("'{}' does not exist. Is the path right?", name));
  if (fs::is_directory(path, error))
    throw FileError(fmt::format("'{}' is a folder. Give the file in it: terrace reads {}.", name, known_formats));
  if (!fs::is_regular_file(path, error)) throw FileError(fmt::format("'{}' is no plain file.", name));
  std::ifstream file(path, std::ios::binary);
  std::string start(512, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open()) throw FileError(fmt::format("'{}' cannot be opened. May you read it?", name));
  if (start.empty()) throw FileError(fmt::format("'{}' is empty. Was the copy cut short?", name));
  return start;
}

}  // namespace

std::unique_ptr<Scan> open_scan(const std::string& path, const ScanOverrides& overrides) {
  if (is_zarr(path)) return adjusted(open_zarr(path, overrides), overrides);
  const auto start = start_of(path);
  // What the user describes as raw is raw, whatever it begins with.
  if (is_described_as_raw(overrides)) return open_adjusted<open_raw>(path, overrides);
  for (const auto& format : formats)
    if (format.recognises(path, start)) return format.open(path, overrides);
  throw FileError(fmt::format(
      "'{}' does not begin like a file that terrace reads, whatever its name: {}. Export it from the "
      "microscope's software, py4DSTEM or HyperSpy to one of these, or describe it with --detector-shape and "
      "--dtype?",
      path, known_formats));
}

std::unique_ptr<Scan> open_scan(const std::string& path) { return open_scan(path, {}); }

}  // namespace terrace
